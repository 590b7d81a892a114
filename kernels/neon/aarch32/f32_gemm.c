/*
 * 4 pixels × 8 channels in q8–q15, in assembly: from intrinsics clang splits every multiply by lane into a multiply and
 * an addition and spills. Four depths a turn: 4 pixel loads, 4 weight loads, 32 multiplies.
 */
#if defined(__arm__) && defined(__ARM_NEON)
#include <arm_neon.h>

#include "../../core/kernels.h"

/* vmla of both channel halves for four pixels: weights in w0 (channels 0–3) and w1 (4–7), pixels' lane d<n>[lane]. */
#define ED_DEPTH(w0, w1, half, lane)                                  \
  "vmla.f32 q8, " w0 ", d" half(0) "[" lane "]\n"                     \
  "vmla.f32 q9, " w1 ", d" half(0) "[" lane "]\n"                     \
  "vmla.f32 q10, " w0 ", d" half(1) "[" lane "]\n"                    \
  "vmla.f32 q11, " w1 ", d" half(1) "[" lane "]\n"                    \
  "vmla.f32 q12, " w0 ", d" half(2) "[" lane "]\n"                    \
  "vmla.f32 q13, " w1 ", d" half(2) "[" lane "]\n"                    \
  "vmla.f32 q14, " w0 ", d" half(3) "[" lane "]\n"                    \
  "vmla.f32 q15, " w1 ", d" half(3) "[" lane "]\n"
#define ED_LOW_HALF(pixel) ED_LOW_HALF_##pixel
#define ED_LOW_HALF_0 "0"
#define ED_LOW_HALF_1 "2"
#define ED_LOW_HALF_2 "4"
#define ED_LOW_HALF_3 "6"
#define ED_HIGH_HALF(pixel) ED_HIGH_HALF_##pixel
#define ED_HIGH_HALF_0 "1"
#define ED_HIGH_HALF_1 "3"
#define ED_HIGH_HALF_2 "5"
#define ED_HIGH_HALF_3 "7"

void ed_f32_gemm_4x8__neon(const struct ed_tile *t) {
  const float *w = t->w;
  const float *const *rows = (const float *const *)t->rows;
  register float32x4_t a0 __asm__("q8") = t->bias ? vld1q_f32(t->bias) : vdupq_n_f32(0);
  register float32x4_t b0 __asm__("q9") = t->bias ? vld1q_f32(t->bias + 4) : vdupq_n_f32(0);
  register float32x4_t a1 __asm__("q10") = a0;
  register float32x4_t b1 __asm__("q11") = b0;
  register float32x4_t a2 __asm__("q12") = a0;
  register float32x4_t b2 __asm__("q13") = b0;
  register float32x4_t a3 __asm__("q14") = a0;
  register float32x4_t b3 __asm__("q15") = b0;
  for (size_t tap = 0; tap < t->taps; tap++, rows += 4) {
    const float *x0 = rows[0], *x1 = rows[1], *x2 = rows[2], *x3 = rows[3];
    size_t fours = t->depth / 4, ones = t->depth % 4;
    if (fours) {
      __asm__ volatile(
          "1:\n"
          "vld1.32 {d0-d1}, [%[x0]]!\n"
          "vld1.32 {d2-d3}, [%[x1]]!\n"
          "vld1.32 {d8-d11}, [%[w]]!\n"
          "vld1.32 {d4-d5}, [%[x2]]!\n"
          "vld1.32 {d6-d7}, [%[x3]]!\n"
          "vld1.32 {d12-d15}, [%[w]]!\n"
          "subs %[fours], %[fours], #1\n"
          ED_DEPTH("q4", "q5", ED_LOW_HALF, "0")
          "vld1.32 {d8-d11}, [%[w]]!\n"
          ED_DEPTH("q6", "q7", ED_LOW_HALF, "1")
          "vld1.32 {d12-d15}, [%[w]]!\n"
          ED_DEPTH("q4", "q5", ED_HIGH_HALF, "0")
          ED_DEPTH("q6", "q7", ED_HIGH_HALF, "1")
          "bne 1b\n"
          : [x0] "+r"(x0), [x1] "+r"(x1), [x2] "+r"(x2), [x3] "+r"(x3), [w] "+r"(w), [fours] "+r"(fours), "+w"(a0), "+w"(b0), "+w"(a1),
            "+w"(b1), "+w"(a2), "+w"(b2), "+w"(a3), "+w"(b3)
          :
          : "q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7", "cc", "memory");
    }
    if (ones) {
      __asm__ volatile(
          "2:\n"
          "vld1.32 {d0[0]}, [%[x0]]!\n"
          "vld1.32 {d8-d11}, [%[w]]!\n"
          "vld1.32 {d2[0]}, [%[x1]]!\n"
          "vld1.32 {d4[0]}, [%[x2]]!\n"
          "vld1.32 {d6[0]}, [%[x3]]!\n"
          "subs %[ones], %[ones], #1\n"
          ED_DEPTH("q4", "q5", ED_LOW_HALF, "0")
          "bne 2b\n"
          : [x0] "+r"(x0), [x1] "+r"(x1), [x2] "+r"(x2), [x3] "+r"(x3), [w] "+r"(w), [ones] "+r"(ones), "+w"(a0), "+w"(b0), "+w"(a1),
            "+w"(b1), "+w"(a2), "+w"(b2), "+w"(a3), "+w"(b3)
          :
          : "q0", "q1", "q2", "q3", "q4", "q5", "cc", "memory");
    }
  }
  if (t->residual) {
    a0 = vaddq_f32(a0, vld1q_f32(t->residual[0] + t->column)), b0 = vaddq_f32(b0, vld1q_f32(t->residual[0] + t->column + 4));
    a1 = vaddq_f32(a1, vld1q_f32(t->residual[1] + t->column)), b1 = vaddq_f32(b1, vld1q_f32(t->residual[1] + t->column + 4));
    a2 = vaddq_f32(a2, vld1q_f32(t->residual[2] + t->column)), b2 = vaddq_f32(b2, vld1q_f32(t->residual[2] + t->column + 4));
    a3 = vaddq_f32(a3, vld1q_f32(t->residual[3] + t->column)), b3 = vaddq_f32(b3, vld1q_f32(t->residual[3] + t->column + 4));
  }
  const float32x4_t low = vdupq_n_f32(t->low), high = vdupq_n_f32(t->high);
  vst1q_f32(t->y[0] + t->column, vminq_f32(vmaxq_f32(a0, low), high)), vst1q_f32(t->y[0] + t->column + 4, vminq_f32(vmaxq_f32(b0, low), high));
  vst1q_f32(t->y[1] + t->column, vminq_f32(vmaxq_f32(a1, low), high)), vst1q_f32(t->y[1] + t->column + 4, vminq_f32(vmaxq_f32(b1, low), high));
  vst1q_f32(t->y[2] + t->column, vminq_f32(vmaxq_f32(a2, low), high)), vst1q_f32(t->y[2] + t->column + 4, vminq_f32(vmaxq_f32(b2, low), high));
  vst1q_f32(t->y[3] + t->column, vminq_f32(vmaxq_f32(a3, low), high)), vst1q_f32(t->y[3] + t->column + 4, vminq_f32(vmaxq_f32(b3, low), high));
}
#else
typedef int ed_not_this_architecture;
#endif
