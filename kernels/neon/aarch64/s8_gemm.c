/*
 * Integer tile without dot product instructions: 4 pixels × 4 channels, 16 depths at a time. Two products fit a 16-bit
 * lane because weights keep within ±127 (127·128·2 < 2^15), then sadalp adds the pairs to 32 bits.
 */
#if defined(__aarch64__)
#include <arm_neon.h>

#include "../../core/kernels.h"

void ed_s8_gemm_4x4c16__neon(const struct ed_tile *t) {
  const int8_t *w = t->w;
  const int8_t *const *rows = (const int8_t *const *)t->rows;
  int32x4_t vacc[4][4];
  for (int i = 0; i < 4; i++)
    for (int j = 0; j < 4; j++) vacc[i][j] = vdupq_n_s32(0);
  for (size_t tap = 0; tap < t->taps; tap++, rows += 4) {
    const int8_t *x0 = rows[0], *x1 = rows[1], *x2 = rows[2], *x3 = rows[3];
    for (size_t k = 0; k < t->depth; k += 16, w += 64) {
      const int8x16_t vx[4] = {vld1q_s8(x0 + k), vld1q_s8(x1 + k), vld1q_s8(x2 + k), vld1q_s8(x3 + k)};
#pragma clang loop unroll(full)
      for (int j = 0; j < 4; j++) {
        const int8x16_t vw = vld1q_s8(w + 16 * j);
#pragma clang loop unroll(full)
        for (int i = 0; i < 4; i++) {
          int16x8_t products = vmull_s8(vget_low_s8(vx[i]), vget_low_s8(vw));
          products = vmlal_high_s8(products, vx[i], vw);
          vacc[i][j] = vpadalq_s16(vacc[i][j], products);
        }
      }
    }
  }
  const int32x4_t start = vld1q_s32(t->start);
  const float32x4_t scale = vld1q_f32(t->scale), bias = t->bias ? vld1q_f32(t->bias) : vdupq_n_f32(0);
  const float32x4_t low = vdupq_n_f32(t->low), high = vdupq_n_f32(t->high);
  for (int i = 0; i < 4; i++) {
    const int32x4_t sums = vpaddq_s32(vpaddq_s32(vacc[i][0], vacc[i][1]), vpaddq_s32(vacc[i][2], vacc[i][3]));
    float32x4_t v = vfmaq_f32(bias, vcvtq_f32_s32(vaddq_s32(sums, start)), scale);
    if (t->residual) v = vaddq_f32(v, vld1q_f32(t->residual[i] + t->column));
    vst1q_f32(t->y[i] + t->column, vminq_f32(vmaxq_f32(v, low), high));
  }
}
#else
typedef int ed_not_this_architecture;
#endif
