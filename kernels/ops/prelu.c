#include "../core/op.h"

bool ed_check_prelu(struct ed_check *check, const struct ed_prelu_record *r) {
  const uint64_t count = ed_product3(r->outer, r->c, r->inner);
  return ed_can_read_floats(check, r->x, count) && ed_can_read_floats(check, r->alpha, r->c) &&
         ed_can_write_floats(check, r->y, count) && (count > 0 || r->outer == 0 || r->c == 0);
}

struct prelu_task {
  const struct ed_prelu_record *record;
  const float *x, *alpha;
  float *y;
};

static void run_outer(void *argument, uint32_t index) {
  const struct prelu_task *task = argument;
  const size_t c = task->record->c, inner = task->record->inner;
  const float *x = task->x + index * c * inner, *alpha = task->alpha;
  float *y = task->y + index * c * inner;
  for (size_t j = 0; j < c; j++) {
    for (size_t i = 0; i < inner; i++) {
      const float v = x[j * inner + i];
      y[j * inner + i] = v > 0 ? v : alpha[j] * v;
    }
  }
}

void ed_run_prelu(const struct ed_context *context, const struct ed_prelu_record *r) {
  struct prelu_task task = {r, ed_read(context, r->x), ed_read(context, r->alpha), ed_write(context, r->y)};
  ed_parallel(context, r->outer, run_outer, &task);
}
