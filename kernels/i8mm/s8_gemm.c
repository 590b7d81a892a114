/* Integer tile with smmla: 8 pixels × 8 channels as 4 × 4 blocks of 2 × 2, 8 depths an instruction. */
#if defined(__aarch64__)
#include <arm_neon.h>

#include "../core/kernels.h"

#define ED_TARGET __attribute__((target("i8mm")))

/* Rows 2p and 2p + 1 of four channels from the 2 × 2 blocks of a pair of pixels. */
ED_TARGET static inline int32x4_t upper_row(int32x4_t left, int32x4_t right) {
  return vcombine_s32(vget_low_s32(left), vget_low_s32(right));
}

ED_TARGET static inline int32x4_t lower_row(int32x4_t left, int32x4_t right) {
  return vcombine_s32(vget_high_s32(left), vget_high_s32(right));
}

ED_TARGET static inline void finish(const struct ed_tile *t, int i, int32x4_t sums, int column, float32x4_t low, float32x4_t high) {
  const float32x4_t bias = t->bias ? vld1q_f32(t->bias + column) : vdupq_n_f32(0);
  const int32x4_t total = vaddq_s32(sums, vld1q_s32(t->start + column));
  float32x4_t v = vfmaq_f32(bias, vcvtq_f32_s32(total), vld1q_f32(t->scale + column));
  if (t->residual) v = vaddq_f32(v, vld1q_f32(t->residual[i] + t->column + column));
  vst1q_f32(t->y[i] + t->column + column, vminq_f32(vmaxq_f32(v, low), high));
}

#define ED_PIXEL_PAIRS(step) step(0) step(1) step(2) step(3)

ED_TARGET void ed_s8_gemm_8x8c8__i8mm(const struct ed_tile *t) {
  const int8_t *w = t->w;
  const int8_t *const *rows = (const int8_t *const *)t->rows;
  /* vacc<pixel pair><channel pair>: single variables, because clang keeps an array of sixteen in memory. */
#define ED_START(i) int32x4_t vacc##i##0 = vdupq_n_s32(0), vacc##i##1 = vacc##i##0, vacc##i##2 = vacc##i##0, vacc##i##3 = vacc##i##0;
  ED_PIXEL_PAIRS(ED_START)
  for (size_t tap = 0; tap < t->taps; tap++, rows += 8) {
    const int8_t *x0 = rows[0], *x1 = rows[1], *x2 = rows[2], *x3 = rows[3];
    const int8_t *x4 = rows[4], *x5 = rows[5], *x6 = rows[6], *x7 = rows[7];
    size_t k = 0;
    for (; k + 16 <= t->depth; k += 16, w += 128) {
#define ED_MULTIPLY(i, pair)                                \
  vacc##i##0 = vmmlaq_s32(vacc##i##0, pair, vw0);           \
  vacc##i##1 = vmmlaq_s32(vacc##i##1, pair, vw1);           \
  vacc##i##2 = vmmlaq_s32(vacc##i##2, pair, vw2);           \
  vacc##i##3 = vmmlaq_s32(vacc##i##3, pair, vw3);
/* Sixteen depths of a pair of pixels, sorted into two blocks of eight. */
#define ED_PAIR(i, even, odd)                                                                                           \
  const int64x2_t even##i = vreinterpretq_s64_s8(vld1q_s8(even + k)), odd##i = vreinterpretq_s64_s8(vld1q_s8(odd + k)); \
  const int8x16_t first##i = vreinterpretq_s8_s64(vzip1q_s64(even##i, odd##i));                                         \
  const int8x16_t second##i = vreinterpretq_s8_s64(vzip2q_s64(even##i, odd##i));
      ED_PAIR(0, x0, x1)
      ED_PAIR(1, x2, x3)
      ED_PAIR(2, x4, x5)
      ED_PAIR(3, x6, x7)
      {
        const int8x16_t vw0 = vld1q_s8(w), vw1 = vld1q_s8(w + 16), vw2 = vld1q_s8(w + 32), vw3 = vld1q_s8(w + 48);
        ED_MULTIPLY(0, first0) ED_MULTIPLY(1, first1) ED_MULTIPLY(2, first2) ED_MULTIPLY(3, first3)
      }
      {
        const int8x16_t vw0 = vld1q_s8(w + 64), vw1 = vld1q_s8(w + 80), vw2 = vld1q_s8(w + 96), vw3 = vld1q_s8(w + 112);
        ED_MULTIPLY(0, second0) ED_MULTIPLY(1, second1) ED_MULTIPLY(2, second2) ED_MULTIPLY(3, second3)
      }
    }
    for (; k < t->depth; k += 8, w += 64) {
      const int8x16_t vw0 = vld1q_s8(w), vw1 = vld1q_s8(w + 16), vw2 = vld1q_s8(w + 32), vw3 = vld1q_s8(w + 48);
      ED_MULTIPLY(0, vcombine_s8(vld1_s8(x0 + k), vld1_s8(x1 + k)))
      ED_MULTIPLY(1, vcombine_s8(vld1_s8(x2 + k), vld1_s8(x3 + k)))
      ED_MULTIPLY(2, vcombine_s8(vld1_s8(x4 + k), vld1_s8(x5 + k)))
      ED_MULTIPLY(3, vcombine_s8(vld1_s8(x6 + k), vld1_s8(x7 + k)))
    }
  }
  const float32x4_t low = vdupq_n_f32(t->low), high = vdupq_n_f32(t->high);
#define ED_FINISH(i)                                                           \
  finish(t, 2 * i, upper_row(vacc##i##0, vacc##i##1), 0, low, high);           \
  finish(t, 2 * i, upper_row(vacc##i##2, vacc##i##3), 4, low, high);           \
  finish(t, 2 * i + 1, lower_row(vacc##i##0, vacc##i##1), 0, low, high);       \
  finish(t, 2 * i + 1, lower_row(vacc##i##2, vacc##i##3), 4, low, high);
  ED_PIXEL_PAIRS(ED_FINISH)
}
#else
typedef int ed_not_this_architecture;
#endif
