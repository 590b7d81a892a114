#include <string.h>

#include "../core/op.h"

bool ed_check_fill(struct ed_check *check, const struct ed_fill_record *r) {
  const bool size = r->element == 1 || r->element == 2 || r->element == 4 || r->element == 8;
  return size && ed_can_write(check, r->y, ed_product(r->count, r->element), r->element);
}

void ed_run_fill(const struct ed_context *context, const struct ed_fill_record *r) {
  const unsigned char pattern[8] = {(unsigned char)r->low,          (unsigned char)(r->low >> 8),
                                    (unsigned char)(r->low >> 16),  (unsigned char)(r->low >> 24),
                                    (unsigned char)r->high,         (unsigned char)(r->high >> 8),
                                    (unsigned char)(r->high >> 16), (unsigned char)(r->high >> 24)};
  unsigned char *y = ed_write(context, r->y);
  for (size_t i = 0; i < r->count; i++) memcpy(y + i * r->element, pattern, r->element);
}
