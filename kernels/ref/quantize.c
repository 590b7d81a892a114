#include <math.h>

#include "../core/kernels.h"

void ed_f32_range__ref(const float *x, size_t n, float *low, float *high) {
  float least = 0, most = 0;
  for (size_t i = 0; i < n; i++) {
    least = x[i] < least ? x[i] : least;
    most = x[i] > most ? x[i] : most;
  }
  *low = least;
  *high = most;
}

/* NaN becomes the zero point. */
void ed_f32_quantize__ref(const float *x, int8_t *y, size_t n, float inverse_scale, int32_t zero_point) {
  for (size_t i = 0; i < n; i++) {
    float v = rintf(x[i] * inverse_scale);
    v = v < -512 ? -512 : v > 512 ? 512 : v == v ? v : 0;
    const int32_t q = (int32_t)v + zero_point;
    y[i] = (int8_t)(q < -128 ? -128 : q > 127 ? 127 : q);
  }
}

void ed_i8_dequantize__ref(const int8_t *w, const float *scale, float *y, size_t blocks, size_t nr) {
  for (size_t i = 0; i < blocks; i++, w += nr, y += nr)
    for (size_t j = 0; j < nr; j++) y[j] = (float)w[j] * scale[j];
}

void ed_i16_dequantize__ref(const int16_t *w, const float *scale, float *y, size_t blocks, size_t nr) {
  for (size_t i = 0; i < blocks; i++, w += nr, y += nr)
    for (size_t j = 0; j < nr; j++) y[j] = (float)w[j] * scale[j];
}
