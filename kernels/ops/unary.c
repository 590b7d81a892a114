#include "../core/activation.h"
#include "rows.h"

bool ed_check_unary(struct ed_check *check, const struct ed_unary_record *r) {
  return ed_check_activation(r->activation) && ed_can_read_floats(check, r->x, r->count) &&
         ed_can_write_floats(check, r->y, r->count);
}

static void run_range(const struct ed_context *context, const void *record, size_t begin, size_t end) {
  const struct ed_unary_record *r = record;
  const float *x = ed_read(context, r->x);
  float *y = ed_write(context, r->y);
  ed_activate_copy(y + begin, x + begin, end - begin, ED_ACTIVATE(r));
}

void ed_run_unary(const struct ed_context *context, const struct ed_unary_record *r) {
  ed_for_rows(context, r, r->count, 1, run_range);
}
