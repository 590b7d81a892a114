#include <math.h>

#include "../core/vector.h"
#include "rows.h"

bool ed_check_layer_norm(struct ed_check *check, const struct ed_layer_norm_record *r) {
  const uint64_t count = ed_product(r->rows, r->n);
  return ed_can_read_floats(check, r->x, count) && ed_absent_or_floats(check, r->scale, r->n) &&
         ed_absent_or_floats(check, r->bias, r->n) && ed_can_write_floats(check, r->y, count);
}

/* Σ (x − shift) and, when squared, Σ (x − shift)². */
static double sum_of(const float *x, size_t n, float shift, bool squared) {
  double total = 0.0;
  for (size_t block = 0; block < n; block += 256) {
    const size_t end = n - block < 256 ? n : block + 256;
    ed_f32x4 lanes = {0};
    float rest = 0.0f;
    size_t i = block;
    for (; i + 4 <= end; i += 4) {
      const ed_f32x4 value = ed_load4(x + i) - shift;
      lanes += squared ? value * value : value;
    }
    for (; i < end; i++) rest += squared ? (x[i] - shift) * (x[i] - shift) : x[i] - shift;
    total += (double)rest + lanes[0] + lanes[1] + lanes[2] + lanes[3];
  }
  return total;
}

static void run_rows(const struct ed_context *context, const void *record, size_t begin, size_t end) {
  const struct ed_layer_norm_record *r = record;
  const float *scale = ed_read(context, r->scale), *bias = ed_read(context, r->bias);
  const size_t n = r->n;
  for (size_t row = begin; row < end; row++) {
    const float *x = (const float *)ed_read(context, r->x) + row * n;
    float *y = (float *)ed_write(context, r->y) + row * n;
    const float mean = (float)(sum_of(x, n, 0.0f, false) / (double)n);
    const double variance = sum_of(x, n, mean, true) / (double)n;
    const float factor = (float)(1.0 / sqrt(variance + (double)r->epsilon));
    for (size_t i = 0; i < n; i++) y[i] = (x[i] - mean) * factor * (scale ? scale[i] : 1.0f) + (bias ? bias[i] : 0.0f);
  }
}

void ed_run_layer_norm(const struct ed_context *context, const struct ed_layer_norm_record *r) {
  if (r->n > 0) ed_for_rows(context, r, r->rows, r->n, run_rows);
}
