#include <string.h>

#include "../core/op.h"

bool ed_check_fill(struct ed_check *check, const struct ed_fill_record *r) {
  const uint32_t e = r->element;
  return (e == 1 || e == 2 || e == 4 || e == 8) && ed_can_write(check, r->y, ed_product(r->count, e), e);
}

void ed_run_fill(const struct ed_context *context, const struct ed_fill_record *r) {
  unsigned char *y = ed_write(context, r->y);
  const uint64_t value = (uint64_t)r->high << 32 | r->low;
  for (size_t i = 0; i < r->count; i++) memcpy(y + i * r->element, &value, r->element);
}
