/*
 * program-file PROGRAM SEED COUNT: damages a program file COUNT times in seeded ways, opens each, and runs what opens.
 * Built with AddressSanitizer and UBSan, which end it at the first wild access; every buffer has its exact size, so that
 * one byte too far is seen. Prints how many opened and ran. A case that takes longer than LIMIT_SECONDS counts as a hang.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../kernels/core/file.h"
#include "../../kernels/core/op.h"

#define MOST_ARENA (64u << 20)
#define LIMIT_SECONDS 20

static uint64_t state;

/* xorshift64*: the next number below `limit`. */
static uint32_t below(uint32_t limit) {
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return (uint32_t)((state * 2685821657736338717u) >> 33) % limit;
}

static unsigned long current;

static void hang(int signal) {
  (void)signal;
  char text[64];
  const int length = snprintf(text, sizeof text, "case %lu hangs\n", current);
  if (write(STDERR_FILENO, text, (size_t)length) < 0) _exit(2);
  _exit(1);
}

/* Values at which range checks go wrong. */
static uint32_t interesting(uint32_t old) {
  static const uint32_t values[] = {0,          1,          2,          3,          7,          64,         255,        256,
                                    0xffff,     0x10000,    0xffffff,   0x1000000,  0x3fffffff, 0x40000000, 0x7fffffff, 0x80000000,
                                    0x80000004, 0xfffffffe, 0xffffffff};
  switch (below(4)) {
    case 0: return old + below(9) - 4;
    case 1: return old * (1 + below(16));
    default: return values[below(sizeof values / sizeof *values)];
  }
}

/* Changes one thing; mostly in front of the constants, where the structure is. Returns the new size. */
static size_t damage(unsigned char *bytes, size_t size, size_t structure) {
  const size_t range = below(10) == 0 ? size : structure;
  const uint32_t kind = below(100);
  if (kind < 2) return below((uint32_t)size);
  if (kind < 30) {
    bytes[below((uint32_t)range)] ^= (unsigned char)(1u << below(8));
    return size;
  }
  if (range < 8) return size;
  unsigned char *word = bytes + below((uint32_t)(range / 4)) * 4u;
  uint32_t value;
  memcpy(&value, word, 4);
  value = interesting(value);
  memcpy(word, &value, 4);
  return size;
}

static void *exactly(size_t size) {
  void *memory;
  if (posix_memalign(&memory, 64, size) != 0) exit(2);
  return memory;
}

/* Opens and, when the arena is small enough, runs once. The bytes right behind the arena must stay as they are. */
static void try_program(const unsigned char *bytes, size_t size, unsigned *opened, unsigned *ran) {
  struct ed_model model;
  if (ed_model_open(&model, bytes, size) != ED_OK) return;
  ++*opened;
  const size_t arena_size = ed_model_arena_size(&model, NULL);
  if (arena_size > MOST_ARENA) return;
  unsigned char *arena = exactly(arena_size);
  memset(arena, 0x3e, arena_size);
  struct ed_session session;
  if (ed_session_init(&session, &model, arena, arena_size, NULL) == ED_OK) {
    const unsigned char *fence = arena + ((const struct ed_file_header *)(const void *)bytes)->arena_bytes;
    ++*ran;
    for (uint32_t i = 0; i < model.output_count; i++) (void)strlen(ed_session_output(&session, i).name);
    if (ed_session_run(&session) != ED_OK) abort();
    for (size_t i = 0; i < ED_OVER_READ; i++)
      if (fence[i] != 0x3e) abort();
  }
  free(arena);
}

int main(int argc, char **argv) {
  FILE *file = argc == 4 ? fopen(argv[1], "rb") : NULL;
  if (!file || fseek(file, 0, SEEK_END) != 0) return 2;
  const size_t size = (size_t)ftell(file);
  unsigned char *original = exactly(size);
  rewind(file);
  if (fread(original, 1, size, file) != size) return 2;
  fclose(file);
  signal(SIGALRM, hang);
  const size_t structure = ((const struct ed_file_header *)(const void *)original)->constants;
  const unsigned long count = strtoul(argv[3], NULL, 10);
  unsigned opened = 0, ran = 0;
  for (current = 0; current < count; current++) {
    state = (strtoul(argv[2], NULL, 10) + 1) * 1000003u + current + 1;
    for (int i = 0; i < 4; i++) below(2);
    unsigned char *bytes = exactly(size);
    memcpy(bytes, original, size);
    size_t length = size;
    for (uint32_t changes = 1 + below(4); changes > 0 && length == size; changes--) length = damage(bytes, size, structure);
    if (length != size) {
      unsigned char *cut = exactly(length);
      memcpy(cut, bytes, length);
      free(bytes);
      bytes = cut;
    }
    alarm(LIMIT_SECONDS);
    try_program(bytes, length, &opened, &ran);
    alarm(0);
    free(bytes);
  }
  printf("%lu cases, %u opened, %u ran\n", count, opened, ran);
  free(original);
  return 0;
}
