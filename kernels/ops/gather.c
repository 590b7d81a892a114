#include <string.h>

#include "../core/op.h"

bool ed_check_gather(struct ed_check *check, const struct ed_gather_record *r) {
  if (r->index_type != ED_DTYPE_I32 && r->index_type != ED_DTYPE_I64) return false;
  const uint32_t width = r->index_type == ED_DTYPE_I64 ? 8 : 4;
  const uint64_t written = ed_product3(r->outer, r->count, r->inner_bytes);
  return (r->n > 0 || written == 0) && ed_can_read(check, r->x, ed_product3(r->outer, r->n, r->inner_bytes), 1) &&
         ed_can_read(check, r->indices, ed_product(r->count, width), width) && ed_can_write(check, r->y, written, 1);
}

void ed_run_gather(const struct ed_context *context, const struct ed_gather_record *r) {
  if (ed_product3(r->outer, r->count, r->inner_bytes) == 0) return;
  const void *indices = ed_read(context, r->indices);
  const unsigned char *x = ed_read(context, r->x);
  unsigned char *y = ed_write(context, r->y);
  for (size_t o = 0; o < r->outer; o++) {
    for (size_t i = 0; i < r->count; i++) {
      int64_t index = r->index_type == ED_DTYPE_I64 ? ((const int64_t *)indices)[i] : ((const int32_t *)indices)[i];
      if (index < 0) index = 0;
      if (index >= r->n) index = r->n - 1;
      /* A hostile program may let operands overlap: hence memmove. */
      memmove(y + (o * r->count + i) * r->inner_bytes, x + (o * r->n + (size_t)index) * r->inner_bytes, r->inner_bytes);
    }
  }
}
