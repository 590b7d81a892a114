#include <math.h>

#include "../core/op.h"

bool ed_check_layer_norm(struct ed_check *check, const struct ed_layer_norm_record *r) {
  const uint64_t count = ed_product(r->rows, r->n);
  return r->n > 0 && ed_can_read_floats(check, r->x, count) && ed_can_write_floats(check, r->y, count) &&
         ed_absent_or_floats(check, r->scale, r->n) && ed_absent_or_floats(check, r->bias, r->n);
}

struct layer_norm_task {
  const struct ed_layer_norm_record *record;
  const float *x, *scale, *bias;
  float *y;
};

static void run_row(void *argument, uint32_t index) {
  const struct layer_norm_task *task = argument;
  const size_t n = task->record->n;
  const float *x = task->x + index * n;
  float *y = task->y + index * n;
  float sum = 0, squares = 0;
  for (size_t i = 0; i < n; i++) sum += x[i];
  const float mean = sum / (float)n;
  for (size_t i = 0; i < n; i++) squares += (x[i] - mean) * (x[i] - mean);
  const float factor = 1 / sqrtf(squares / (float)n + task->record->epsilon);
  for (size_t i = 0; i < n; i++) {
    const float v = (x[i] - mean) * factor;
    y[i] = (task->scale ? v * task->scale[i] : v) + (task->bias ? task->bias[i] : 0);
  }
}

void ed_run_layer_norm(const struct ed_context *context, const struct ed_layer_norm_record *r) {
  struct layer_norm_task task = {r, ed_read(context, r->x), ed_read(context, r->scale), ed_read(context, r->bias),
                                 ed_write(context, r->y)};
  ed_parallel(context, r->rows, run_row, &task);
}
