#include <math.h>
#include <string.h>

#include "../core/op.h"

enum { ED_MEAN, ED_SUM, ED_MAX, ED_MIN, ED_PROD, ED_REDUCE_COUNT };

bool ed_check_reduce(struct ed_check *check, const struct ed_reduce_record *r) {
  return r->kind < ED_REDUCE_COUNT && r->n > 0 && r->inner > 0 &&
         ed_can_read_floats(check, r->x, ed_product3(r->outer, r->n, r->inner)) &&
         ed_can_write_floats(check, r->y, ed_product(r->outer, r->inner));
}

/* The result row is the accumulator: [n][inner] is read once, in order. */
static void reduce_outer(const struct ed_reduce_record *r, const float *x, float *y) {
  const size_t n = r->n, inner = r->inner;
  memcpy(y, x, inner * sizeof *y);
  for (size_t j = 1; j < n; j++) {
    x += inner;
    switch (r->kind) {
      case ED_MAX:
        for (size_t i = 0; i < inner; i++) y[i] = x[i] > y[i] ? x[i] : y[i];
        break;
      case ED_MIN:
        for (size_t i = 0; i < inner; i++) y[i] = x[i] < y[i] ? x[i] : y[i];
        break;
      case ED_PROD:
        for (size_t i = 0; i < inner; i++) y[i] *= x[i];
        break;
      default:
        for (size_t i = 0; i < inner; i++) y[i] += x[i];
    }
  }
  if (r->kind == ED_MEAN)
    for (size_t i = 0; i < inner; i++) y[i] /= (float)n;
}

void ed_run_reduce(const struct ed_context *context, const struct ed_reduce_record *r) {
  const float *x = ed_read(context, r->x);
  float *y = ed_write(context, r->y);
  for (size_t o = 0; o < r->outer; o++) reduce_outer(r, x + o * r->n * r->inner, y + o * r->inner);
}
