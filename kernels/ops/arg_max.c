#include "../core/op.h"

bool ed_check_arg_max(struct ed_check *check, const struct ed_arg_max_record *r) {
  const bool wide = r->y_type == ED_DTYPE_I64;
  return (wide || r->y_type == ED_DTYPE_I32) && r->n > 0 && r->inner > 0 &&
         ed_can_read_floats(check, r->x, ed_product3(r->outer, r->n, r->inner)) &&
         ed_can_write(check, r->y, ed_product3(r->outer, r->inner, wide ? 8 : 4), wide ? 8 : 4);
}

void ed_run_arg_max(const struct ed_context *context, const struct ed_arg_max_record *r) {
  const float *x = ed_read(context, r->x);
  void *y = ed_write(context, r->y);
  for (size_t o = 0; o < r->outer; o++) {
    for (size_t i = 0; i < r->inner; i++) {
      const float *column = x + o * r->n * r->inner + i;
      uint32_t best = 0;
      for (uint32_t j = 1; j < r->n; j++)
        if (column[(size_t)j * r->inner] > column[(size_t)best * r->inner]) best = j;
      const size_t at = o * r->inner + i;
      if (r->y_type == ED_DTYPE_I64) ((int64_t *)y)[at] = best;
      else ((int32_t *)y)[at] = (int32_t)best;
    }
  }
}
