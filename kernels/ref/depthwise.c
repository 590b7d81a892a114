#include "../core/kernels.h"

static inline float clampf(float v, float low, float high) { return v < low ? low : v > high ? high : v; }

void ed_f32_depthwise_pixel__ref(const struct ed_depthwise_pixel *p) {
  for (size_t j = 0; j < p->c; j++) {
    float sum = p->bias ? p->bias[j] : 0;
    for (size_t t = 0; t < p->taps; t++) sum += p->rows[t][j] * p->w[t * p->c + j];
    p->y[j] = clampf(p->residual ? sum + p->residual[j] : sum, p->low, p->high);
  }
}

void ed_f32_depthwise_span__ref(const struct ed_depthwise_span *s) {
  const size_t c = s->c;
  for (size_t i = 0; i < s->count; i++) {
    const float *x = s->x + i * s->step;
    for (size_t j = 0; j < c; j++) {
      float sum = s->bias ? s->bias[j] : 0;
      for (size_t t = 0; t < 9; t++) sum += x[t / 3 * s->row + t % 3 * c + j] * s->w[t * c + j];
      s->y[i * c + j] = clampf(s->residual ? sum + s->residual[i * c + j] : sum, s->low, s->high);
    }
  }
}
