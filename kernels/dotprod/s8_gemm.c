/* Integer tile with sdot: 8 pixels × 8 channels, 4 depths an instruction. */
#if defined(__aarch64__)
#include <arm_neon.h>
#include <string.h>

#include "../core/kernels.h"

#define ED_TARGET __attribute__((target("dotprod")))
#define ED_UNROLL(step) step(0) step(1) step(2) step(3) step(4) step(5) step(6) step(7)

ED_TARGET void ed_s8_gemm_8x8c4__dotprod(const struct ed_tile *t) {
  const int8_t *w = t->w;
  const int8_t *const *rows = (const int8_t *const *)t->rows;
  const int32x4_t start0123 = vld1q_s32(t->start), start4567 = vld1q_s32(t->start + 4);
  int32x4_t vacc0123[8], vacc4567[8];
#define ED_START(i) vacc0123[i] = start0123, vacc4567[i] = start4567;
  ED_UNROLL(ED_START)
  for (size_t tap = 0; tap < t->taps; tap++, rows += 8) {
    const int8_t *x0 = rows[0], *x1 = rows[1], *x2 = rows[2], *x3 = rows[3];
    const int8_t *x4 = rows[4], *x5 = rows[5], *x6 = rows[6], *x7 = rows[7];
    size_t k = t->depth;
    for (; k >= 16; k -= 16) {
#define ED_LOAD(i)                        \
  const int8x16_t vx##i = vld1q_s8(x##i); \
  x##i += 16;
      ED_UNROLL(ED_LOAD)
#define ED_LANE(i, lane)                                               \
  vacc0123[i] = vdotq_laneq_s32(vacc0123[i], vw0123, vx##i, lane);     \
  vacc4567[i] = vdotq_laneq_s32(vacc4567[i], vw4567, vx##i, lane);
#define ED_DEPTH(lane)                                                    \
  {                                                                       \
    const int8x16_t vw0123 = vld1q_s8(w), vw4567 = vld1q_s8(w + 16);      \
    w += 32;                                                              \
    ED_LANE(0, lane) ED_LANE(1, lane) ED_LANE(2, lane) ED_LANE(3, lane)   \
    ED_LANE(4, lane) ED_LANE(5, lane) ED_LANE(6, lane) ED_LANE(7, lane)   \
  }
      ED_DEPTH(0)
      ED_DEPTH(1)
      ED_DEPTH(2)
      ED_DEPTH(3)
    }
    for (size_t done = 0; done < k; done += 4) {
      const int8x16_t vw0123 = vld1q_s8(w), vw4567 = vld1q_s8(w + 16);
      w += 32;
#define ED_ONE(i)                                                            \
  {                                                                          \
    int32_t four;                                                            \
    memcpy(&four, x##i, 4);                                                  \
    x##i += 4;                                                               \
    const int8x16_t vx = vreinterpretq_s8_s32(vdupq_n_s32(four));            \
    vacc0123[i] = vdotq_s32(vacc0123[i], vw0123, vx);                        \
    vacc4567[i] = vdotq_s32(vacc4567[i], vw4567, vx);                        \
  }
      ED_UNROLL(ED_ONE)
    }
  }
  const float32x4_t scale0123 = vld1q_f32(t->scale), scale4567 = vld1q_f32(t->scale + 4);
  const float32x4_t bias0123 = t->bias ? vld1q_f32(t->bias) : vdupq_n_f32(0);
  const float32x4_t bias4567 = t->bias ? vld1q_f32(t->bias + 4) : vdupq_n_f32(0);
  const float32x4_t low = vdupq_n_f32(t->low), high = vdupq_n_f32(t->high);
#define ED_STORE(i)                                                                \
  {                                                                                \
    float32x4_t v0123 = vfmaq_f32(bias0123, vcvtq_f32_s32(vacc0123[i]), scale0123); \
    float32x4_t v4567 = vfmaq_f32(bias4567, vcvtq_f32_s32(vacc4567[i]), scale4567); \
    if (t->residual) {                                                             \
      v0123 = vaddq_f32(v0123, vld1q_f32(t->residual[i] + t->column));                         \
      v4567 = vaddq_f32(v4567, vld1q_f32(t->residual[i] + t->column + 4));                     \
    }                                                                              \
    vst1q_f32(t->y[i] + t->column, vminq_f32(vmaxq_f32(v0123, low), high));                    \
    vst1q_f32(t->y[i] + t->column + 4, vminq_f32(vmaxq_f32(v4567, low), high));                \
  }
  ED_UNROLL(ED_STORE)
}
#else
typedef int ed_not_this_architecture;
#endif
