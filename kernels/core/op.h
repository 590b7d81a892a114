#ifndef ED_OP_H
#define ED_OP_H
/*
 * What a step sees. Every step of the ledger has one file in ops/ with two functions:
 *
 *   bool ed_check_<step>(struct ed_check *, const struct ed_<step>_record *)   once, at ed_model_open: every dimension
 *        and operand of the record is proven in range here, and scratch memory is asked for;
 *   void ed_run_<step>(const struct ed_context *, const struct ed_<step>_record *)   relies on it and cannot fail.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../include/edge_deploy.h"
#include "program.h"

struct ed_kernels;

struct ed_context {
  unsigned char *arena;
  const unsigned char *constants;
  unsigned char *scratch;      /* threads->count regions of scratch_bytes, 64-byte aligned */
  size_t scratch_bytes;
  const struct ed_kernels *kernels;
  const struct ed_threads *threads; /* more than one, or NULL: one */
};

struct ed_check {
  uint64_t arena_bytes, constant_bytes;
  uint64_t scratch_bytes;      /* the largest so far; raised with ed_need_scratch */
  const struct ed_kernels *kernels; /* of the program's path: their tiles tell how far packed weights reach */
};

static inline void *ed_write(const struct ed_context *context, ed_ref ref) { return context->arena + ref; }

static inline const void *ed_read(const struct ed_context *context, ed_ref ref) {
  if (ref == ED_REF_NONE) return NULL;
  return ref & ED_REF_CONSTANT ? context->constants + (ref & ~ED_REF_CONSTANT) : context->arena + ref;
}

/* Products of dimensions saturate instead of wrapping, so that a later range check fails. */
static inline uint64_t ed_product(uint64_t a, uint64_t b) {
  uint64_t result;
  return __builtin_mul_overflow(a, b, &result) ? UINT64_MAX : result;
}

static inline uint64_t ed_sum(uint64_t a, uint64_t b) {
  uint64_t result;
  return __builtin_add_overflow(a, b, &result) ? UINT64_MAX : result;
}

/* True when `bytes` bytes at ref lie inside the arena or the constants and ref is aligned (a power of two). */
static inline bool ed_can_read(const struct ed_check *check, ed_ref ref, uint64_t bytes, uint32_t alignment) {
  if (ref == ED_REF_NONE) return false;
  uint64_t limit = ref & ED_REF_CONSTANT ? check->constant_bytes : check->arena_bytes;
  uint64_t offset = ref & ~ED_REF_CONSTANT;
  return offset % alignment == 0 && offset <= limit && bytes <= limit - offset;
}

static inline bool ed_can_write(const struct ed_check *check, ed_ref ref, uint64_t bytes, uint32_t alignment) {
  return !(ref & ED_REF_CONSTANT) && ed_can_read(check, ref, bytes, alignment);
}

/* Kernels may load (never use) this many bytes past the last value of an image; programs leave that much room. */
#define ED_OVER_READ 64

static inline bool ed_can_read_floats(const struct ed_check *check, ed_ref ref, uint64_t count) {
  return ed_can_read(check, ref, ed_product(count, 4), 4);
}

static inline bool ed_can_write_floats(const struct ed_check *check, ed_ref ref, uint64_t count) {
  return ed_can_write(check, ref, ed_product(count, 4), 4);
}

static inline bool ed_absent_or_floats(const struct ed_check *check, ed_ref ref, uint64_t count) {
  return ref == ED_REF_NONE || ed_can_read_floats(check, ref, count);
}

static inline uint64_t ed_product3(uint64_t a, uint64_t b, uint64_t c) { return ed_product(ed_product(a, b), c); }

static inline uint64_t ed_product4(uint64_t a, uint64_t b, uint64_t c, uint64_t d) {
  return ed_product(ed_product3(a, b, c), d);
}

static inline void ed_need_scratch(struct ed_check *check, uint64_t bytes) {
  if (bytes > check->scratch_bytes) check->scratch_bytes = bytes;
}

static inline uint32_t ed_thread_count(const struct ed_context *context) { return context->threads ? context->threads->count : 1; }

/* Runs task(argument, i) for i in [0, count) on the session's threads, or here when there are none. Never nests. */
static inline void ed_parallel(const struct ed_context *context, uint32_t count, void (*task)(void *, uint32_t), void *argument) {
  if (context->threads && count > 1) {
    context->threads->run(context->threads->self, count, task, argument);
    return;
  }
  for (uint32_t i = 0; i < count; i++) task(argument, i);
}

#define ED_DECLARE(step, code)                                                              \
  bool ed_check_##step(struct ed_check *check, const struct ed_##step##_record *record);     \
  void ed_run_##step(const struct ed_context *context, const struct ed_##step##_record *record);
ED_STEPS(ED_DECLARE)
#undef ED_DECLARE

#endif
