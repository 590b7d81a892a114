#include "rows.h"

bool ed_check_arg_max(struct ed_check *check, const struct ed_arg_max_record *r) {
  if (r->y_type != ED_DTYPE_I32 && r->y_type != ED_DTYPE_I64) return false;
  const uint32_t width = r->y_type == ED_DTYPE_I64 ? 8 : 4;
  return r->n > 0 && ed_can_read_floats(check, r->x, ed_product3(r->outer, r->n, r->inner)) &&
         ed_can_write(check, r->y, ed_product3(r->outer, r->inner, width), width);
}

static void run_rows(const struct ed_context *context, const void *record, size_t begin, size_t end) {
  const struct ed_arg_max_record *r = record;
  void *y = ed_write(context, r->y);
  for (size_t row = begin; row < end; row++) {
    for (size_t i = 0; i < r->inner; i++) {
      const float *x = (const float *)ed_read(context, r->x) + row * r->n * r->inner + i;
      size_t best = 0;
      for (size_t j = 1; j < r->n; j++)
        if (x[j * r->inner] > x[best * r->inner]) best = j;
      const size_t at = row * r->inner + i;
      if (r->y_type == ED_DTYPE_I64)
        ((int64_t *)y)[at] = (int64_t)best;
      else
        ((int32_t *)y)[at] = (int32_t)best;
    }
  }
}

void ed_run_arg_max(const struct ed_context *context, const struct ed_arg_max_record *r) {
  if (ed_product(r->outer, r->inner) == 0) return;
  ed_for_rows(context, r, r->outer, ed_product(r->n, r->inner), run_rows);
}
