#include "../include/edge_deploy.h"

const char *ed_status_text(enum ed_status status) {
  switch (status) {
    case ED_OK: return "No error.";
    case ED_NOT_A_PROGRAM: return "This is not a program file of edge-deploy; edge-deploy build makes one.";
    case ED_WRONG_ABI: return "The program file was written by another version of edge-deploy; compile the model again.";
    case ED_TRUNCATED: return "The program file is shorter or longer than its header says; copy it again.";
    case ED_CORRUPT: return "The program file is damaged: an offset, a size or a code is out of range; copy it again.";
    case ED_MISALIGNED: return "The program's bytes and the arena must be aligned to 64 bytes.";
    case ED_WRONG_MACHINE: return "The program was compiled for another architecture; compile it for this one.";
    case ED_CPU_FEATURE: return "The program needs instructions that this CPU does not have; compile it for a lower path.";
    case ED_ARENA_TOO_SMALL: return "The arena is smaller than ed_model_arena_size says.";
    case ED_BAD_ARGUMENT: return "An argument is NULL or out of range.";
  }
  return "Unknown status.";
}
