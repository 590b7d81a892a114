/*
 * check [PATH]: the convolution kernels against plain loops, on every path this CPU can run or on the one named. Prints TAP;
 * after each path a comment with its tiles and its number of cases.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"

static int number, failures;

void ok(bool passed, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  printf("%sok %d - ", passed ? "" : "not ", ++number);
  vprintf(format, arguments);
  putchar('\n');
  va_end(arguments);
  failures += !passed;
}

static uint32_t state;

uint32_t next_random(void) {
  state = state * 1664525u + 1013904223u;
  return state >> 8;
}

int random_between(int low, int high) { return low + (int)(next_random() % (uint32_t)(high - low + 1)); }

float random_float(void) { return (float)next_random() / 8388608.0f - 1.0f; }

#define SLOT_BYTES (1u << 20)
#define FRONT 256u /* bytes before a block that are looked at */

static struct {
  unsigned char *end, *block;
} slots[SLOT_COUNT];

static void map_slots(void) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  for (int i = 0; i < SLOT_COUNT; i++) {
    unsigned char *memory = mmap(NULL, SLOT_BYTES + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED || mprotect(memory + SLOT_BYTES, page, PROT_NONE) != 0) exit(2);
    slots[i].end = memory + SLOT_BYTES;
  }
}

void *guarded(enum slot slot, size_t bytes) {
  if (bytes > SLOT_BYTES - FRONT) exit(2);
  slots[slot].block = slots[slot].end - bytes;
  memset(slots[slot].block - FRONT, 0xff, bytes + FRONT);
  return slots[slot].block;
}

bool intact(enum slot slot) { return untouched(slots[slot].block - FRONT, FRONT); }

bool untouched(const void *from, size_t bytes) {
  const unsigned char *byte = from;
  for (size_t i = 0; i < bytes; i++)
    if (byte[i] != 0xff) return false;
  return true;
}

bool near_to(double got, double want, double bound) { return fabs(got - want) <= bound; }

size_t put(uint64_t *at, size_t bytes) {
  const size_t offset = (size_t)*at;
  *at = (*at + bytes + 63) / 64 * 64;
  return offset;
}

size_t put_last(uint64_t *at, size_t bytes) {
  put(at, bytes);
  return (size_t)*at - bytes;
}

void open_stage(struct stage *stage, const struct path *path) {
  stage->arena = guarded(SLOT_Y, (size_t)stage->check.arena_bytes);
  stage->constants = guarded(SLOT_W, (size_t)stage->check.constant_bytes);
  stage->check.kernels = &path->kernels;
  stage->check.scratch_bytes = 0;
  stage->before = malloc((size_t)(stage->check.arena_bytes + stage->check.constant_bytes));
  if (!stage->before) exit(2);
}

static void run_backwards(void *self, uint32_t count, void (*task)(void *, uint32_t), void *argument) {
  (void)self;
  while (count-- > 0) task(argument, count);
}

void prepare(struct stage *stage, uint32_t threads) {
  static struct ed_threads backwards = {.run = run_backwards};
  backwards.count = threads;
  const size_t each = (size_t)(stage->check.scratch_bytes + 63) / 64 * 64;
  stage->context = (struct ed_context){.arena = stage->arena,
                                       .constants = stage->constants,
                                       .scratch = guarded(SLOT_SCRATCH, each * threads),
                                       .scratch_bytes = each,
                                       .kernels = stage->check.kernels,
                                       .threads = threads > 1 ? &backwards : NULL};
  memcpy(stage->before, stage->arena, (size_t)stage->check.arena_bytes);
  memcpy(stage->before + stage->check.arena_bytes, stage->constants, (size_t)stage->check.constant_bytes);
}

void allow(struct stage *stage, uint64_t offset, size_t bytes) { memcpy(stage->before + offset, stage->arena + offset, bytes); }

bool close_stage(struct stage *stage) {
  const size_t arena = (size_t)stage->check.arena_bytes, constants = (size_t)stage->check.constant_bytes;
  const bool clean = memcmp(stage->before, stage->arena, arena) == 0 && memcmp(stage->before + arena, stage->constants, constants) == 0;
  free(stage->before);
  return clean && intact(SLOT_Y) && intact(SLOT_W) && intact(SLOT_SCRATCH);
}

void drop_stage(struct stage *stage) { free(stage->before); }

struct ed_activate activation_of(unsigned number) {
  static const struct ed_activate list[] = {
      {ED_ACT_NONE, 0, 0, 0}, {ED_ACT_CLAMP, -0.5f, 0.75f, 0}, {ED_ACT_LEAKY_RELU, 0.125f, 0, 0}, {ED_ACT_HARD_SWISH, 3, 6, 6}};
  return list[number % 4];
}

double activate(struct ed_activate f, double v) {
  switch (f.code) {
    case ED_ACT_CLAMP: return fmin(fmax(v, f.a), f.b);
    case ED_ACT_LEAKY_RELU: return v > 0 ? v : f.a * v;
    case ED_ACT_HARD_SWISH: return v * fmin(fmax(v + f.a, 0), f.b) / f.c;
    default: return v;
  }
}

int main(int argc, char **argv) {
  static const char *const names[] = {"ref", "neon", "dotprod", "i8mm"};
  const char *only = argc > 1 ? argv[1] : NULL;
  bool found = false;
  map_slots();
  for (uint32_t index = 0; index < ED_PATH_COUNT; index++) {
    if (only ? strcmp(only, names[index]) != 0 : !(ed_cpu_paths() >> index & 1)) continue;
    struct path path = {.name = names[index], .index = index};
    const int first = number;
    found = true;
    state = 20;
    ed_kernels_init(&path.kernels, index);
    check_tiles(&path);
    check_vectors(&path);
    check_conv2d(&path);
    check_depthwise(&path);
    check_quantize(&path);
    const struct ed_gemm *f32 = &path.kernels.f32_gemm, *s8 = &path.kernels.s8_gemm;
    printf("# %s: f32 %u %u %u, s8 %u %u %u, %d cases\n", path.name, f32->mr, f32->nr, f32->kr, s8->mr, s8->nr, s8->kr, number - first);
  }
  if (!found) return 2;
  printf("1..%d\n", number);
  return failures > 0;
}
