#include "../core/activation.h"
#include "../core/op.h"

static uint64_t reach(const uint32_t *batch, const uint32_t *steps, uint64_t rows, uint64_t row, uint64_t columns, uint64_t column) {
  uint64_t last = ed_sum(ed_product(rows - 1, row), ed_product(columns - 1, column));
  for (int i = 0; i < 4; i++) last = ed_sum(last, ed_product(batch[i] - 1, steps[i]));
  return ed_sum(last, 1);
}

bool ed_check_matmul(struct ed_check *check, const struct ed_matmul_record *r) {
  const uint64_t batches = ed_product4(r->batch[0], r->batch[1], r->batch[2], r->batch[3]);
  if (batches == 0 || r->m == 0 || r->n == 0 || r->k == 0 || !ed_check_activation(r->activation)) return false;
  return ed_can_read_floats(check, r->x, reach(r->batch, r->x_batch, r->m, r->x_row, r->k, r->x_col)) &&
         ed_can_read_floats(check, r->y, reach(r->batch, r->y_batch, r->k, r->y_row, r->n, r->y_col)) &&
         ed_can_write_floats(check, r->out, ed_product3(batches, r->m, r->n));
}

struct matmul_task {
  const struct ed_matmul_record *record;
  const float *x, *y;
  float *out;
};

static float dot(const float *x, size_t xs, const float *y, size_t ys, size_t k) {
  float sum = 0;
  for (size_t i = 0; i < k; i++) sum += x[i * xs] * y[i * ys];
  return sum;
}

/* One row of the result; rows of y that stand contiguous are added as vectors. */
static void run_row(void *argument, uint32_t index) {
  const struct matmul_task *task = argument;
  const struct ed_matmul_record *r = task->record;
  uint32_t batch = index / r->m;
  size_t x_at = (size_t)(index % r->m) * r->x_row, y_at = 0;
  for (int i = 3; i >= 0; i--) {
    x_at += (size_t)(batch % r->batch[i]) * r->x_batch[i];
    y_at += (size_t)(batch % r->batch[i]) * r->y_batch[i];
    batch /= r->batch[i];
  }
  const float *x = task->x + x_at, *y = task->y + y_at;
  float *out = task->out + (size_t)index * r->n;
  if (r->y_col == 1) {
    for (size_t j = 0; j < r->n; j++) out[j] = 0;
    for (size_t p = 0; p < r->k; p++) {
      const float value = x[p * r->x_col];
      const float *row = y + p * r->y_row;
      for (size_t j = 0; j < r->n; j++) out[j] += value * row[j];
    }
  } else {
    for (size_t j = 0; j < r->n; j++) out[j] = dot(x, r->x_col, y + j * r->y_col, r->y_row, r->k);
  }
  for (size_t j = 0; j < r->n; j++) out[j] *= r->alpha;
  const struct ed_activate f = ED_ACTIVATE(r);
  if (f.code != ED_ACT_NONE) ed_activate_copy(out, out, r->n, f);
}

void ed_run_matmul(const struct ed_context *context, const struct ed_matmul_record *r) {
  struct matmul_task task = {r, ed_read(context, r->x), ed_read(context, r->y), ed_write(context, r->out)};
  ed_parallel(context, r->batch[0] * r->batch[1] * r->batch[2] * r->batch[3] * r->m, run_row, &task);
}
