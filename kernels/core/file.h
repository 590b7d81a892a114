#ifndef ED_FILE_H
#define ED_FILE_H
/* The program file's layout (specified in src/program/format.ts) as structs: little-endian, used in place. */
#include <stdint.h>

#include "program.h"

struct ed_file_header {
  char magic[8];
  uint32_t abi;
  uint8_t architecture, path;
  uint16_t plan_count;
  uint32_t file_bytes;
  uint16_t input_count, output_count;
  uint32_t strings, strings_bytes;
  uint32_t constants, constants_bytes;
};
_Static_assert(sizeof(struct ed_file_header) == 40, "header");

/* plan_count of them follow the header. */
struct ed_file_plan {
  uint32_t tensors;
  uint32_t steps, steps_bytes, step_count;
  uint32_t arena_bytes;
  uint32_t reserved;
};
_Static_assert(sizeof(struct ed_file_plan) == 24, "plan");

struct ed_file_tensor {
  uint32_t name, dtype, rank, shape[ED_MAX_RANK];
  ed_ref at;
  uint32_t bytes, reserved[3];
};
_Static_assert(sizeof(struct ed_file_tensor) == 64, "tensor");

struct ed_file_step {
  uint16_t code, record_bytes;
  uint32_t name, kilomacs, reserved;
};
_Static_assert(sizeof(struct ed_file_step) == 16, "step");

#define ED_FILE_ALIGNMENT 64u

/* What ed_model_open leaves in a model's private_: scratch bytes of one thread and arena bytes, the most of any plan. */
enum { ED_MODEL_SCRATCH, ED_MODEL_ARENA };

static inline const struct ed_file_plan *ed_file_plans(const struct ed_file_header *header) { return (const void *)(header + 1); }

/* Bytes of a step with its record, padded. */
static inline uint32_t ed_step_bytes(const struct ed_file_step *step) {
  return (uint32_t)(sizeof *step + step->record_bytes + 15u) / 16u * 16u;
}

enum { ED_ARCHITECTURE_ANY, ED_ARCHITECTURE_ARM, ED_ARCHITECTURE_AARCH64, ED_ARCHITECTURE_X86_64 };

#endif
