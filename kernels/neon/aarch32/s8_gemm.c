/* Integer tile: 2 pixels × 4 channels, 16 depths at a time; pairs of products in 16 bits (weights keep within ±127). */
#if defined(__arm__) && defined(__ARM_NEON)
#include <arm_neon.h>

#include "../../core/kernels.h"

static inline int32x4_t sums_of(const int32x4_t vacc[4]) {
  const int32x2_t s0 = vpadd_s32(vget_low_s32(vacc[0]), vget_high_s32(vacc[0])), s1 = vpadd_s32(vget_low_s32(vacc[1]), vget_high_s32(vacc[1]));
  const int32x2_t s2 = vpadd_s32(vget_low_s32(vacc[2]), vget_high_s32(vacc[2])), s3 = vpadd_s32(vget_low_s32(vacc[3]), vget_high_s32(vacc[3]));
  return vcombine_s32(vpadd_s32(s0, s1), vpadd_s32(s2, s3));
}

void ed_s8_gemm_2x4c16__neon(const struct ed_tile *t) {
  const int8_t *w = t->w;
  const int8_t *const *rows = (const int8_t *const *)t->rows;
  int32x4_t vacc[2][4];
  for (int i = 0; i < 2; i++)
    for (int j = 0; j < 4; j++) vacc[i][j] = vdupq_n_s32(0);
  for (size_t tap = 0; tap < t->taps; tap++, rows += 2) {
    const int8_t *x0 = rows[0], *x1 = rows[1];
    for (size_t k = 0; k < t->depth; k += 16, w += 64) {
      const int8x16_t vx0 = vld1q_s8(x0 + k), vx1 = vld1q_s8(x1 + k);
#pragma clang loop unroll(full)
      for (int j = 0; j < 4; j++) {
        const int8x16_t vw = vld1q_s8(w + 16 * j);
        int16x8_t products0 = vmull_s8(vget_low_s8(vx0), vget_low_s8(vw));
        int16x8_t products1 = vmull_s8(vget_low_s8(vx1), vget_low_s8(vw));
        products0 = vmlal_s8(products0, vget_high_s8(vx0), vget_high_s8(vw));
        products1 = vmlal_s8(products1, vget_high_s8(vx1), vget_high_s8(vw));
        vacc[0][j] = vpadalq_s16(vacc[0][j], products0);
        vacc[1][j] = vpadalq_s16(vacc[1][j], products1);
      }
    }
  }
  const int32x4_t start = vld1q_s32(t->start);
  const float32x4_t scale = vld1q_f32(t->scale), bias = t->bias ? vld1q_f32(t->bias) : vdupq_n_f32(0);
  const float32x4_t low = vdupq_n_f32(t->low), high = vdupq_n_f32(t->high);
  for (int i = 0; i < 2; i++) {
    float32x4_t v = vmlaq_f32(bias, vcvtq_f32_s32(vaddq_s32(sums_of(vacc[i]), start)), scale);
    if (t->residual) v = vaddq_f32(v, vld1q_f32(t->residual[i]));
    vst1q_f32(t->y[i], vminq_f32(vmaxq_f32(v, low), high));
  }
}
#else
typedef int ed_not_this_architecture;
#endif
