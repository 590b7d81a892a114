#include <math.h>

#include "../core/op.h"

bool ed_check_softmax(struct ed_check *check, const struct ed_softmax_record *r) {
  const uint64_t count = ed_product3(r->outer, r->n, r->inner);
  return r->n > 0 && r->inner > 0 && ed_can_read_floats(check, r->x, count) && ed_can_write_floats(check, r->y, count);
}

struct softmax_task {
  const struct ed_softmax_record *record;
  const float *x;
  float *y;
};

static void run_outer(void *argument, uint32_t index) {
  const struct softmax_task *task = argument;
  const size_t n = task->record->n, inner = task->record->inner;
  for (size_t i = 0; i < inner; i++) {
    const float *x = task->x + index * n * inner + i;
    float *y = task->y + index * n * inner + i;
    float max = x[0], sum = 0;
    for (size_t j = 1; j < n; j++) max = x[j * inner] > max ? x[j * inner] : max;
    for (size_t j = 0; j < n; j++) sum += y[j * inner] = expf(x[j * inner] - max);
    const float scale = 1 / sum;
    for (size_t j = 0; j < n; j++) y[j * inner] *= scale;
  }
}

void ed_run_softmax(const struct ed_context *context, const struct ed_softmax_record *r) {
  struct softmax_task task = {r, ed_read(context, r->x), ed_write(context, r->y)};
  ed_parallel(context, r->outer, run_outer, &task);
}
