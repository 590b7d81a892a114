#include "../core/activation.h"
#include "../core/op.h"

bool ed_check_affine(struct ed_check *check, const struct ed_affine_record *r) {
  const uint64_t count = ed_product3(r->outer, r->c, r->inner);
  return ed_can_read_floats(check, r->x, count) && ed_can_read_floats(check, r->a, r->c) &&
         ed_can_read_floats(check, r->b, r->c) && ed_can_write_floats(check, r->y, count) &&
         ed_check_activation(r->activation) && (count > 0 || r->outer == 0 || r->c == 0);
}

struct affine_task {
  const struct ed_affine_record *record;
  const float *x, *a, *b;
  float *y;
};

static void run_outer(void *argument, uint32_t index) {
  const struct affine_task *task = argument;
  const size_t c = task->record->c, inner = task->record->inner;
  const float *x = task->x + index * c * inner;
  float *y = task->y + index * c * inner;
  if (inner == 1) {
    for (size_t j = 0; j < c; j++) y[j] = x[j] * task->a[j] + task->b[j];
  } else {
    for (size_t j = 0; j < c; j++)
      for (size_t i = 0; i < inner; i++) y[j * inner + i] = x[j * inner + i] * task->a[j] + task->b[j];
  }
  const struct ed_activate f = ED_ACTIVATE(task->record);
  if (f.code != ED_ACT_NONE) ed_activate_copy(y, y, c * inner, f);
}

void ed_run_affine(const struct ed_context *context, const struct ed_affine_record *r) {
  struct affine_task task = {r, ed_read(context, r->x), ed_read(context, r->a), ed_read(context, r->b), ed_write(context, r->y)};
  ed_parallel(context, r->outer, run_outer, &task);
}
