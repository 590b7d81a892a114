/*
 * program-file PROGRAM SEED COUNT: damages a program file COUNT times in seeded ways, opens each, and runs what opens.
 * Built for this machine with AddressSanitizer, for others with UBSan in trap mode. Prints how many opened and ran.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>

#include "open-and-run.h"

#define MOST_RECORDS 512

static unsigned long current;

static void report(int signal) {
  char text[64];
  const int length = snprintf(text, sizeof text, "case %lu %s\n", current, signal == SIGALRM ? "hangs" : "crashes");
  if (write(STDERR_FILENO, text, (size_t)length) < 0) _exit(2);
  _exit(1);
}

/* The header, a plan, a tensor, or a step with its record: `words` words of 32 bits at an offset. */
static struct record {
  uint32_t at, words;
} records[MOST_RECORDS];
static uint32_t record_count;

static void add_record(uint32_t at, uint32_t bytes) {
  if (record_count < MOST_RECORDS) records[record_count++] = (struct record){at, bytes / 4};
}

static void find_records(const unsigned char *file) {
  const struct ed_file_header *header = (const void *)file;
  const uint32_t tensors = (uint32_t)header->input_count + header->output_count;
  add_record(12, sizeof *header - 12);
  for (uint32_t number = 0; number < header->plan_count; number++) {
    const struct ed_file_plan *plan = &ed_file_plans(header)[number];
    add_record((uint32_t)((const unsigned char *)plan - file), sizeof *plan);
    for (uint32_t i = 0; i < tensors; i++) add_record(plan->tensors + i * 64, sizeof(struct ed_file_tensor));
    for (uint32_t i = 0, at = plan->steps; i < plan->step_count; i++) {
      const struct ed_file_step *step = (const void *)(file + at);
      add_record(at, sizeof *step + step->record_bytes);
      at += ed_step_bytes(step);
    }
  }
}

static uint32_t word_at(const unsigned char *file, uint32_t at) {
  uint32_t value;
  memcpy(&value, file + at, 4);
  return value;
}

static uint32_t any_word(const unsigned char *file, struct record record) {
  return word_at(file, record.at + below(record.words) * 4);
}

/* What range checks go wrong at: limits, sizes, neighbours, and factors that carry a product over 2^30, 2^31 or 2^32. */
static uint32_t hostile(const unsigned char *file, struct record record, uint32_t old) {
  static const uint32_t values[] = {0,          1,          2,          3,          7,          64,         255,        256,
                                    0xffff,     0x10000,    0xffffff,   0x1000000,  0x3fffffff, 0x40000000, 0x7fffffff, 0x80000000,
                                    0x80000004, 0xfffffffe, 0xffffffff};
  const struct ed_file_header *header = (const void *)file;
  switch (below(8)) {
    case 0: return old + below(9) - 4;
    case 1: return old * (1 + below(16));
    case 2: return any_word(file, record) + below(3) - 1;
    case 3: return any_word(file, records[below(record_count)]);
    case 4: return (uint32_t)((UINT64_C(1) << (30 + below(3))) / (any_word(file, record) | 1)) + below(2);
    case 5: {
      const uint32_t sizes[] = {ed_file_plans(header)->arena_bytes, header->constants_bytes, header->strings_bytes, header->file_bytes};
      return (sizes[below(4)] >> below(2) * 2) - below(2) * 64 + below(9) - 4;
    }
    case 6: return old ^ 1u << below(32);
    default: return values[below(sizeof values / sizeof *values)];
  }
}

/* A larger arena lets larger shapes pass the checks. */
static void grow_arena(unsigned char *file) {
  struct ed_file_header *header = (void *)file;
  struct ed_file_plan *plan = (struct ed_file_plan *)(header + 1) + below(header->plan_count);
  const uint32_t bytes = plan->arena_bytes * (2 + below(6));
  if (bytes < MOST_ARENA) plan->arena_bytes = bytes;
}

/* Changes up to four words of one record. */
static void damage_record(unsigned char *file) {
  const struct record record = records[below(record_count)];
  for (uint32_t changes = 1 + below(4); changes > 0; changes--) {
    const uint32_t at = record.at + below(record.words) * 4, value = hostile(file, record, word_at(file, at));
    memcpy(file + at, &value, 4);
  }
}

/* Damages a copy of the file; returns its new size. */
static size_t damage(unsigned char *file, size_t size) {
  if (below(4) == 0) grow_arena(file);
  switch (below(16)) {
    case 0: return below((uint32_t)size);
    case 1: file[below((uint32_t)size)] ^= (unsigned char)(1u << below(8)); break;
    case 2: damage_record(file); /* fall through */
    default: damage_record(file);
  }
  return size;
}

int main(int argc, char **argv) {
  FILE *stream = argc == 4 ? fopen(argv[1], "rb") : NULL;
  if (!stream || fseek(stream, 0, SEEK_END) != 0) return 2;
  const size_t size = (size_t)ftell(stream);
  unsigned char *original = take(size);
  rewind(stream);
  if (fread(original, 1, size, stream) != size) return 2;
  fclose(stream);
  find_records(original);
  signal(SIGALRM, report);
#if !defined(__SANITIZE_ADDRESS__)
  static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT};
  for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) signal(crashes[i], report);
#endif
  const unsigned long count = strtoul(argv[3], NULL, 10);
  unsigned opened = 0, ran = 0;
  for (current = 0; current < count; current++) {
    state = (strtoul(argv[2], NULL, 10) + 1) * 1000003u + current + 1;
    for (int i = 0; i < 4; i++) below(2);
    unsigned char *copy = take(size);
    memcpy(copy, original, size);
    const size_t length = damage(copy, size);
    unsigned char *file = take(length);
    memcpy(file, copy, length);
    give_back(copy, size);
    alarm(LIMIT_SECONDS);
    open_and_run(file, length, &opened, &ran);
    alarm(0);
    give_back(file, length);
  }
  printf("%lu cases, %u opened, %u ran\n", count, opened, ran);
  give_back(original, size);
  return 0;
}
