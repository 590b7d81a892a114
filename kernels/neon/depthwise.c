/* Depthwise convolution, four channels a vector. */
#if defined(__ARM_NEON)
#include <arm_neon.h>

#include "../core/kernels.h"

#if defined(__aarch64__)
#define ED_FMA(sum, a, b) vfmaq_f32(sum, a, b)
#else
#define ED_FMA(sum, a, b) vmlaq_f32(sum, a, b)
#endif

static inline float clampf(float v, float low, float high) { return v < low ? low : v > high ? high : v; }

void ed_f32_depthwise_pixel__neon(const struct ed_depthwise_pixel *p) {
  const float32x4_t low = vdupq_n_f32(p->low), high = vdupq_n_f32(p->high);
  size_t j = 0;
  for (; j + 4 <= p->c; j += 4) {
    float32x4_t vacc = p->bias ? vld1q_f32(p->bias + j) : vdupq_n_f32(0);
    const float *w = p->w + j;
    for (size_t t = 0; t < p->taps; t++, w += p->c) vacc = ED_FMA(vacc, vld1q_f32(p->rows[t] + j), vld1q_f32(w));
    if (p->residual) vacc = vaddq_f32(vacc, vld1q_f32(p->residual + j));
    vst1q_f32(p->y + j, vminq_f32(vmaxq_f32(vacc, low), high));
  }
  for (; j < p->c; j++) {
    float sum = p->bias ? p->bias[j] : 0;
    for (size_t t = 0; t < p->taps; t++) sum += p->rows[t][j] * p->w[t * p->c + j];
    p->y[j] = clampf(p->residual ? sum + p->residual[j] : sum, p->low, p->high);
  }
}

/* Stores one result vector: residual, clamp. */
static inline void finish(const struct ed_depthwise_span *s, size_t at, float32x4_t v) {
  if (s->residual) v = vaddq_f32(v, vld1q_f32(s->residual + at));
  vst1q_f32(s->y + at, vminq_f32(vmaxq_f32(v, vdupq_n_f32(s->low)), vdupq_n_f32(s->high)));
}

/*
 * Four channels of the whole span with the nine weights in registers. At stride 1 two results share four of six columns.
 * (armv7 has 16 vector registers: 9 weights, the bias, 2 sums and 3 inputs fit.)
 */
static inline void span4(const struct ed_depthwise_span *s, size_t j) {
  const size_t c = s->c, step = s->step;
  const float *w = s->w + j;
  const float32x4_t w0 = vld1q_f32(w), w1 = vld1q_f32(w + c), w2 = vld1q_f32(w + 2 * c);
  const float32x4_t w3 = vld1q_f32(w + 3 * c), w4 = vld1q_f32(w + 4 * c), w5 = vld1q_f32(w + 5 * c);
  const float32x4_t w6 = vld1q_f32(w + 6 * c), w7 = vld1q_f32(w + 7 * c), w8 = vld1q_f32(w + 8 * c);
  const float32x4_t start = s->bias ? vld1q_f32(s->bias + j) : vdupq_n_f32(0);
  const float *x0 = s->x + j, *x1 = x0 + s->row, *x2 = x1 + s->row;
  size_t i = 0;
  if (step == c) {
    for (; i + 2 <= s->count; i += 2, x0 += 2 * c, x1 += 2 * c, x2 += 2 * c) {
      float32x4_t a = start, b = start;
#define ED_ROW(x, wa, wb, wc)                                              \
  {                                                                        \
    const float32x4_t v1 = vld1q_f32(x + c), v2 = vld1q_f32(x + 2 * c);    \
    a = ED_FMA(a, vld1q_f32(x), wa);                                       \
    b = ED_FMA(b, v1, wa);                                                 \
    a = ED_FMA(a, v1, wb);                                                 \
    b = ED_FMA(b, v2, wb);                                                 \
    a = ED_FMA(a, v2, wc);                                                 \
    b = ED_FMA(b, vld1q_f32(x + 3 * c), wc);                               \
  }
      ED_ROW(x0, w0, w1, w2)
      ED_ROW(x1, w3, w4, w5)
      ED_ROW(x2, w6, w7, w8)
      finish(s, i * c + j, a);
      finish(s, (i + 1) * c + j, b);
    }
  }
  for (; i < s->count; i++, x0 += step, x1 += step, x2 += step) {
    float32x4_t a = ED_FMA(start, vld1q_f32(x0), w0), b = vmulq_f32(vld1q_f32(x1), w3);
    a = ED_FMA(a, vld1q_f32(x0 + c), w1);
    b = ED_FMA(b, vld1q_f32(x1 + c), w4);
    a = ED_FMA(a, vld1q_f32(x0 + 2 * c), w2);
    b = ED_FMA(b, vld1q_f32(x1 + 2 * c), w5);
    a = ED_FMA(a, vld1q_f32(x2), w6);
    b = ED_FMA(b, vld1q_f32(x2 + c), w7);
    a = ED_FMA(a, vld1q_f32(x2 + 2 * c), w8);
    finish(s, i * c + j, vaddq_f32(a, b));
  }
}

void ed_f32_depthwise_span__neon(const struct ed_depthwise_span *s) {
  size_t j = 0;
  for (; j + 4 <= s->c; j += 4) span4(s, j);
  for (; j < s->c; j++) {
    for (size_t i = 0; i < s->count; i++) {
      const float *x = s->x + i * s->step + j;
      float sum = s->bias ? s->bias[j] : 0;
      for (size_t t = 0; t < 9; t++) sum += x[t / 3 * s->row + t % 3 * s->c] * s->w[t * s->c + j];
      const size_t at = i * s->c + j;
      s->y[at] = clampf(s->residual ? sum + s->residual[at] : sum, s->low, s->high);
    }
  }
}
#else
typedef int ed_not_this_architecture;
#endif
