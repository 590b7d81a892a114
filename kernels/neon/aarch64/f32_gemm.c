/* 8 pixels × 8 channels in 16 accumulators. Four depths at a time: a load per pixel, then 64 multiplies by lane. */
#if defined(__aarch64__)
#include <arm_neon.h>

#include "../../core/kernels.h"

#define ED_UNROLL(step) step(0) step(1) step(2) step(3) step(4) step(5) step(6) step(7)

void ed_f32_gemm_8x8__neon(const struct ed_tile *t) {
  const float *w = t->w;
  const float *const *rows = (const float *const *)t->rows;
  const float32x4_t start0123 = t->bias ? vld1q_f32(t->bias) : vdupq_n_f32(0);
  const float32x4_t start4567 = t->bias ? vld1q_f32(t->bias + 4) : vdupq_n_f32(0);
  float32x4_t vacc0123[8], vacc4567[8];
#define ED_START(i) vacc0123[i] = start0123, vacc4567[i] = start4567;
  ED_UNROLL(ED_START)
  for (size_t tap = 0; tap < t->taps; tap++, rows += 8) {
    const float *x0 = rows[0], *x1 = rows[1], *x2 = rows[2], *x3 = rows[3];
    const float *x4 = rows[4], *x5 = rows[5], *x6 = rows[6], *x7 = rows[7];
    size_t k = t->depth;
    for (; k >= 4; k -= 4) {
#define ED_LOAD(i)                      \
  const float32x4_t vx##i = vld1q_f32(x##i); \
  x##i += 4;
      ED_UNROLL(ED_LOAD)
#define ED_LANE(i, lane)                                              \
  vacc0123[i] = vfmaq_laneq_f32(vacc0123[i], vw0123, vx##i, lane);    \
  vacc4567[i] = vfmaq_laneq_f32(vacc4567[i], vw4567, vx##i, lane);
#define ED_DEPTH(lane)                                                             \
  {                                                                                \
    const float32x4_t vw0123 = vld1q_f32(w), vw4567 = vld1q_f32(w + 4);            \
    w += 8;                                                                        \
    ED_LANE(0, lane) ED_LANE(1, lane) ED_LANE(2, lane) ED_LANE(3, lane)            \
    ED_LANE(4, lane) ED_LANE(5, lane) ED_LANE(6, lane) ED_LANE(7, lane)            \
  }
      ED_DEPTH(0)
      ED_DEPTH(1)
      ED_DEPTH(2)
      ED_DEPTH(3)
    }
    for (; k > 0; k--) {
      const float32x4_t vw0123 = vld1q_f32(w), vw4567 = vld1q_f32(w + 4);
      w += 8;
#define ED_ONE(i)                                              \
  {                                                            \
    const float32x4_t vx = vld1q_dup_f32(x##i++);              \
    vacc0123[i] = vfmaq_f32(vacc0123[i], vw0123, vx);          \
    vacc4567[i] = vfmaq_f32(vacc4567[i], vw4567, vx);          \
  }
      ED_UNROLL(ED_ONE)
    }
  }
  if (t->residual) {
#define ED_RESIDUAL(i)                                                     \
  vacc0123[i] = vaddq_f32(vacc0123[i], vld1q_f32(t->residual[i] + t->column));         \
  vacc4567[i] = vaddq_f32(vacc4567[i], vld1q_f32(t->residual[i] + t->column + 4));
    ED_UNROLL(ED_RESIDUAL)
  }
  const float32x4_t low = vdupq_n_f32(t->low), high = vdupq_n_f32(t->high);
#define ED_STORE(i)                                                              \
  vst1q_f32(t->y[i] + t->column, vminq_f32(vmaxq_f32(vacc0123[i], low), high));              \
  vst1q_f32(t->y[i] + t->column + 4, vminq_f32(vmaxq_f32(vacc4567[i], low), high));
  ED_UNROLL(ED_STORE)
}
#else
typedef int ed_not_this_architecture;
#endif
