#ifndef ED_VECTOR_H
#define ED_VECTOR_H
/*
 * Four floats at once in the compiler's own vector types: one source gives NEON on both ARMs and SSE on x86-64 (clang does
 * not vectorise float loops for armv7 by itself, because NEON there flushes subnormal numbers). Multiplying kernels have
 * hand-written paths; elementwise work is bound by memory and needs no more than this.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef float ed_f32x4 __attribute__((vector_size(16)));
typedef int32_t ed_i32x4 __attribute__((vector_size(16)));
typedef float ed_f32x4_at __attribute__((vector_size(16), aligned(4), may_alias)); /* in memory: any float address */

static inline ed_f32x4 ed_load4(const float *from) { return *(const ed_f32x4_at *)from; }

static inline void ed_store4(float *to, ed_f32x4 value) { *(ed_f32x4_at *)to = value; }

/* The first n < 4 lanes; the others are 0. */
static inline ed_f32x4 ed_load_tail(const float *from, size_t n) {
  float lanes[4] = {0};
  memcpy(lanes, from, n * sizeof *from);
  return ed_load4(lanes);
}

static inline void ed_store_tail(float *to, ed_f32x4 value, size_t n) {
  float lanes[4];
  ed_store4(lanes, value);
  memcpy(to, lanes, n * sizeof *to);
}

static inline ed_f32x4 ed_set4(float value) { return (ed_f32x4){value, value, value, value}; }

/* mask ? a : b; lanes of the mask, as comparisons give it, are all ones or all zeros. */
static inline ed_f32x4 ed_select4(ed_i32x4 mask, ed_f32x4 a, ed_f32x4 b) {
  return (ed_f32x4)(((ed_i32x4)a & mask) | ((ed_i32x4)b & ~mask));
}

/* A NaN in `value` stays. */
static inline ed_f32x4 ed_at_least4(ed_f32x4 value, ed_f32x4 low) { return ed_select4(value < low, low, value); }

static inline ed_f32x4 ed_at_most4(ed_f32x4 value, ed_f32x4 high) { return ed_select4(value > high, high, value); }

/* e^x within 2 units in the last place, subnormal results included; 0 below −104, infinity above 88.8. */
static inline ed_f32x4 ed_exp4(ed_f32x4 x) {
  const ed_f32x4 round = ed_set4(12582912.0f); /* 1.5 · 2^23: adding it leaves the integer in the low bits */
  x = ed_at_most4(ed_at_least4(x, ed_set4(-105.0f)), ed_set4(89.0f));
  ed_f32x4 shifted = x * 1.44269504f + round;
  ed_f32x4 n = shifted - round;
  ed_f32x4 r = x - n * 0.693359375f + n * 2.12194440e-4f; /* ln 2 in two parts */
  ed_f32x4 p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  /* 2^n in two halves, because 2^128 and 2^−150 are no floats themselves */
  ed_i32x4 exponent = (ed_i32x4)shifted - (ed_i32x4)round;
  ed_i32x4 half = exponent >> 1;
  return p * (ed_f32x4)((half + 127) << 23) * (ed_f32x4)((exponent - half + 127) << 23);
}

static inline ed_f32x4 ed_sigmoid4(ed_f32x4 x) { return 1.0f / (1.0f + ed_exp4(-x)); }

/* tanh within 3 units in the last place. */
static inline ed_f32x4 ed_tanh4(ed_f32x4 x) {
  ed_f32x4 square = x * x;
  ed_f32x4 p = square * -5.70498872745e-3f + 2.06390887954e-2f;
  p = p * square - 5.37397155531e-2f;
  p = p * square + 1.33314422036e-1f;
  p = p * square - 3.33332819422e-1f;
  ed_f32x4 near = p * square * x + x;
  ed_f32x4 far = 1.0f - 2.0f / (ed_exp4(x + x) + 1.0f);
  return ed_select4(square < 0.390625f, near, far);
}

#endif
