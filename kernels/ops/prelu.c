#include "../core/vector.h"
#include "rows.h"

bool ed_check_prelu(struct ed_check *check, const struct ed_prelu_record *r) {
  const uint64_t count = ed_product3(r->outer, r->c, r->inner);
  return ed_can_read_floats(check, r->x, count) && ed_can_read_floats(check, r->alpha, r->c) &&
         ed_can_write_floats(check, r->y, count);
}

static inline ed_f32x4 prelu4(ed_f32x4 x, ed_f32x4 alpha) { return ed_select4(x > 0.0f, x, alpha * x); }

/* Channels stand side by side: row = outer. */
static void run_pixels(const struct ed_context *context, const void *record, size_t begin, size_t end) {
  const struct ed_prelu_record *r = record;
  const float *alpha = ed_read(context, r->alpha);
  const size_t n = r->c;
  for (size_t row = begin; row < end; row++) {
    const float *x = (const float *)ed_read(context, r->x) + row * n;
    float *y = (float *)ed_write(context, r->y) + row * n;
    size_t i = 0;
    for (; i + 4 <= n; i += 4) ed_store4(y + i, prelu4(ed_load4(x + i), ed_load4(alpha + i)));
    for (; i < n; i++) y[i] = x[i] > 0.0f ? x[i] : alpha[i] * x[i];
  }
}

/* One channel after the other: row = outer · c. */
static void run_planes(const struct ed_context *context, const void *record, size_t begin, size_t end) {
  const struct ed_prelu_record *r = record;
  const size_t n = r->inner;
  for (size_t row = begin; row < end; row++) {
    const float alpha = ((const float *)ed_read(context, r->alpha))[row % r->c];
    const float *x = (const float *)ed_read(context, r->x) + row * n;
    float *y = (float *)ed_write(context, r->y) + row * n;
    size_t i = 0;
    for (; i + 4 <= n; i += 4) ed_store4(y + i, prelu4(ed_load4(x + i), ed_set4(alpha)));
    for (; i < n; i++) y[i] = x[i] > 0.0f ? x[i] : alpha * x[i];
  }
}

void ed_run_prelu(const struct ed_context *context, const struct ed_prelu_record *r) {
  if (ed_product3(r->outer, r->c, r->inner) == 0) return;
  if (r->inner == 1)
    ed_for_rows(context, r, r->outer, r->c, run_pixels);
  else
    ed_for_rows(context, r, (size_t)r->outer * r->c, r->inner, run_planes);
}
