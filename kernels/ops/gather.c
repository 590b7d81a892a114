#include <string.h>

#include "../core/op.h"

bool ed_check_gather(struct ed_check *check, const struct ed_gather_record *r) {
  const bool wide = r->index_type == ED_DTYPE_I64;
  return (wide || r->index_type == ED_DTYPE_I32) && r->n > 0 && r->inner_bytes > 0 &&
         ed_can_read(check, r->x, ed_product3(r->outer, r->n, r->inner_bytes), 1) &&
         ed_can_read(check, r->indices, ed_product(r->count, wide ? 8 : 4), wide ? 8 : 4) &&
         ed_can_write(check, r->y, ed_product3(r->outer, r->count, r->inner_bytes), 1);
}

void ed_run_gather(const struct ed_context *context, const struct ed_gather_record *r) {
  const unsigned char *x = ed_read(context, r->x);
  const void *indices = ed_read(context, r->indices);
  unsigned char *y = ed_write(context, r->y);
  const size_t inner = r->inner_bytes;
  for (size_t o = 0; o < r->outer; o++) {
    for (size_t i = 0; i < r->count; i++) {
      int64_t row = r->index_type == ED_DTYPE_I64 ? ((const int64_t *)indices)[i] : ((const int32_t *)indices)[i];
      row = row < 0 ? 0 : row >= r->n ? (int64_t)r->n - 1 : row;
      memcpy(y + (o * r->count + i) * inner, x + (o * r->n + (size_t)row) * inner, inner);
    }
  }
}
