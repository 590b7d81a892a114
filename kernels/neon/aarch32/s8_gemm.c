/* Integer tile: 2 pixels × 4 channels, 16 depths at a time; pairs of products in 16 bits (weights keep within ±127). */
#if defined(__arm__) && defined(__ARM_NEON)
#include <arm_neon.h>

#include "../../core/kernels.h"

static inline int32x4_t sums_of(int32x4_t a, int32x4_t b, int32x4_t c, int32x4_t d) {
  const int32x2_t s0 = vpadd_s32(vget_low_s32(a), vget_high_s32(a)), s1 = vpadd_s32(vget_low_s32(b), vget_high_s32(b));
  const int32x2_t s2 = vpadd_s32(vget_low_s32(c), vget_high_s32(c)), s3 = vpadd_s32(vget_low_s32(d), vget_high_s32(d));
  return vcombine_s32(vpadd_s32(s0, s1), vpadd_s32(s2, s3));
}

/* One channel (weights in d<low>, d<high>): two products in each 16-bit lane, added to the sums of both pixels. */
#define ED_CHANNEL(low, high, products0, products1, sum0, sum1) \
  "vmull.s8 " products0 ", d0, " low "\n"                       \
  "vmull.s8 " products1 ", d2, " low "\n"                       \
  "vmlal.s8 " products0 ", d1, " high "\n"                      \
  "vmlal.s8 " products1 ", d3, " high "\n"                      \
  "vpadal.s16 " sum0 ", " products0 "\n"                        \
  "vpadal.s16 " sum1 ", " products1 "\n"

/* In assembly: from intrinsics clang hoists the weight loads and spills the sums. */
void ed_s8_gemm_2x4c16__neon(const struct ed_tile *t) {
  const int8_t *w = t->w;
  const int8_t *const *rows = (const int8_t *const *)t->rows;
  register int32x4_t a0 __asm__("q8") = vdupq_n_s32(0);
  register int32x4_t a1 __asm__("q9") = a0;
  register int32x4_t a2 __asm__("q10") = a0;
  register int32x4_t a3 __asm__("q11") = a0;
  register int32x4_t b0 __asm__("q12") = a0;
  register int32x4_t b1 __asm__("q13") = a0;
  register int32x4_t b2 __asm__("q14") = a0;
  register int32x4_t b3 __asm__("q15") = a0;
  for (size_t tap = 0; tap < t->taps; tap++, rows += 2) {
    const int8_t *x0 = rows[0], *x1 = rows[1];
    size_t blocks = (t->depth + 15) / 16;
    __asm__ volatile(
        "1:\n"
        "vld1.8 {d0-d1}, [%[x0]]!\n"
        "vld1.8 {d2-d3}, [%[x1]]!\n"
        "vld1.8 {d4-d7}, [%[w]]!\n"
        "subs %[blocks], %[blocks], #1\n"
        ED_CHANNEL("d4", "d5", "q4", "q5", "q8", "q12")
        ED_CHANNEL("d6", "d7", "q6", "q7", "q9", "q13")
        "vld1.8 {d4-d7}, [%[w]]!\n"
        ED_CHANNEL("d4", "d5", "q4", "q5", "q10", "q14")
        ED_CHANNEL("d6", "d7", "q6", "q7", "q11", "q15")
        "bne 1b\n"
        : [x0] "+r"(x0), [x1] "+r"(x1), [w] "+r"(w), [blocks] "+r"(blocks), "+w"(a0), "+w"(a1), "+w"(a2), "+w"(a3), "+w"(b0), "+w"(b1),
          "+w"(b2), "+w"(b3)
        :
        : "q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7", "cc", "memory");
  }
  const int32x4_t start = vld1q_s32(t->start);
  const float32x4_t scale = vld1q_f32(t->scale), bias = t->bias ? vld1q_f32(t->bias) : vdupq_n_f32(0);
  const float32x4_t low = vdupq_n_f32(t->low), high = vdupq_n_f32(t->high);
  const int32x4_t sums[2] = {sums_of(a0, a1, a2, a3), sums_of(b0, b1, b2, b3)};
  for (int i = 0; i < 2; i++) {
    float32x4_t v = vmlaq_f32(bias, vcvtq_f32_s32(vaddq_s32(sums[i], start)), scale);
    if (t->residual) v = vaddq_f32(v, vld1q_f32(t->residual[i] + t->column));
    vst1q_f32(t->y[i] + t->column, vminq_f32(vmaxq_f32(v, low), high));
  }
}
#else
typedef int ed_not_this_architecture;
#endif
