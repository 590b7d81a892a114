#include "../core/activation.h"
#include "../core/vector.h"
#include "rows.h"

bool ed_check_affine(struct ed_check *check, const struct ed_affine_record *r) {
  const uint64_t count = ed_product3(r->outer, r->c, r->inner);
  return ed_check_activation(r->activation) && ed_can_read_floats(check, r->x, count) &&
         ed_can_read_floats(check, r->a, r->c) && ed_can_read_floats(check, r->b, r->c) &&
         ed_can_write_floats(check, r->y, count);
}

/* Channels stand side by side: row = outer. */
static void run_pixels(const struct ed_context *context, const void *record, size_t begin, size_t end) {
  const struct ed_affine_record *r = record;
  const float *a = ed_read(context, r->a), *b = ed_read(context, r->b);
  const size_t n = r->c;
  for (size_t row = begin; row < end; row++) {
    const float *x = (const float *)ed_read(context, r->x) + row * n;
    float *y = (float *)ed_write(context, r->y) + row * n;
    size_t i = 0;
    for (; i + 4 <= n; i += 4) ed_store4(y + i, ed_load4(x + i) * ed_load4(a + i) + ed_load4(b + i));
    for (; i < n; i++) y[i] = x[i] * a[i] + b[i];
    ed_activate_row(y, n, r->activation, r->act_a, r->act_b, r->act_c);
  }
}

/* One channel after the other: row = outer · c. */
static void run_planes(const struct ed_context *context, const void *record, size_t begin, size_t end) {
  const struct ed_affine_record *r = record;
  const size_t n = r->inner;
  for (size_t row = begin; row < end; row++) {
    const float a = ((const float *)ed_read(context, r->a))[row % r->c], b = ((const float *)ed_read(context, r->b))[row % r->c];
    const float *x = (const float *)ed_read(context, r->x) + row * n;
    float *y = (float *)ed_write(context, r->y) + row * n;
    size_t i = 0;
    for (; i + 4 <= n; i += 4) ed_store4(y + i, ed_load4(x + i) * a + b);
    for (; i < n; i++) y[i] = x[i] * a + b;
    ed_activate_row(y, n, r->activation, r->act_a, r->act_b, r->act_c);
  }
}

void ed_run_affine(const struct ed_context *context, const struct ed_affine_record *r) {
  if (ed_product3(r->outer, r->c, r->inner) == 0) return;
  if (r->inner == 1)
    ed_for_rows(context, r, r->outer, r->c, run_pixels);
  else
    ed_for_rows(context, r, (size_t)r->outer * r->c, r->inner, run_planes);
}
