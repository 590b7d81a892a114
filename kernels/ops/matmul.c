#include "../core/activation.h"
#include "../core/vector.h"
#include "rows.h"
#include "strides.h"

/* Columns of y packed together, and rows of x computed at once. */
#define NR 8
#define MR 4

bool ed_check_matmul(struct ed_check *check, const struct ed_matmul_record *r) {
  const uint64_t batches = ed_count(4, r->batch), count = ed_product3(batches, r->m, r->n);
  if (!ed_check_activation(r->activation)) return false;
  if (count == 0) return true;
  /* Along k both sides must move, so that a program's work is bounded by the memory it names. */
  if (r->k == 0 || (r->k > 1 && (r->x_col == 0 || r->y_row == 0))) return false;
  const uint32_t x_dims[6] = {r->batch[0], r->batch[1], r->batch[2], r->batch[3], r->m, r->k};
  const uint32_t x_strides[6] = {r->x_batch[0], r->x_batch[1], r->x_batch[2], r->x_batch[3], r->x_row, r->x_col};
  const uint32_t y_dims[6] = {r->batch[0], r->batch[1], r->batch[2], r->batch[3], r->k, r->n};
  const uint32_t y_strides[6] = {r->y_batch[0], r->y_batch[1], r->y_batch[2], r->y_batch[3], r->y_row, r->y_col};
  ed_need_scratch(check, ed_product(r->k, NR * sizeof(float)));
  return ed_can_read_floats(check, r->x, ed_extent(6, x_dims, x_strides)) &&
         ed_can_read_floats(check, r->y, ed_extent(6, y_dims, y_strides)) && ed_can_write_floats(check, r->out, count);
}

/* panel[kk][j] = y[kk][j], missing columns 0 */
static void pack(float *panel, const float *y, const struct ed_matmul_record *r, size_t columns) {
  for (size_t kk = 0; kk < r->k; kk++)
    for (size_t j = 0; j < NR; j++) panel[kk * NR + j] = j < columns ? y[kk * r->y_row + j * r->y_col] : 0.0f;
}

/* out[i][j] = alpha · Σ x[i][kk] · panel[kk][j] for MR rows; rows beyond the last repeat it. */
static void tile(float sums[MR][NR], const float *x, const float *panel, const struct ed_matmul_record *r, size_t rows) {
  const float *row[MR];
  ed_f32x4 acc[MR][2] = {{{0}}};
  for (size_t i = 0; i < MR; i++) row[i] = x + (i < rows ? i : rows - 1) * r->x_row;
  for (size_t kk = 0; kk < r->k; kk++) {
    const ed_f32x4 y0123 = ed_load4(panel + kk * NR), y4567 = ed_load4(panel + kk * NR + 4);
    for (size_t i = 0; i < MR; i++) {
      const float value = row[i][kk * r->x_col];
      acc[i][0] += y0123 * value;
      acc[i][1] += y4567 * value;
    }
  }
  for (size_t i = 0; i < MR; i++) {
    ed_store4(sums[i], acc[i][0] * r->alpha);
    ed_store4(sums[i] + 4, acc[i][1] * r->alpha);
  }
}

/* All rows of one panel of NR columns in one batch. */
static void run_panel(const struct ed_context *context, const struct ed_matmul_record *r, float *panel, size_t batch,
                      size_t column) {
  const size_t columns = r->n - column < NR ? r->n - column : NR;
  const float *x = (const float *)ed_read(context, r->x) + ed_offset(batch, 4, r->batch, r->x_batch);
  const float *y = (const float *)ed_read(context, r->y) + ed_offset(batch, 4, r->batch, r->y_batch);
  pack(panel, y + column * r->y_col, r, columns);
  for (size_t i = 0; i < r->m; i += MR) {
    const size_t rows = r->m - i < MR ? r->m - i : MR;
    float sums[MR][NR];
    tile(sums, x + i * r->x_row, panel, r, rows);
    for (size_t j = 0; j < rows; j++) {
      float *out = (float *)ed_write(context, r->out) + (batch * r->m + i + j) * r->n + column;
      ed_activate_copy(out, sums[j], columns, ED_ACTIVATE(r));
    }
  }
}

struct job {
  const struct ed_context *context;
  const struct ed_matmul_record *record;
  uint32_t parts;
};

/* Every part has a scratch region of its own for the packed panel. */
static void run_part(void *argument, uint32_t part) {
  const struct job *job = argument;
  const struct ed_matmul_record *r = job->record;
  const size_t panels = ((size_t)r->n + NR - 1) / NR, all = (size_t)ed_count(4, r->batch) * panels;
  float *panel = (float *)(job->context->scratch + part * job->context->scratch_bytes);
  const size_t end = (size_t)((uint64_t)all * (part + 1) / job->parts);
  for (size_t i = (size_t)((uint64_t)all * part / job->parts); i < end; i++)
    run_panel(job->context, r, panel, i / panels, i % panels * NR);
}

void ed_run_matmul(const struct ed_context *context, const struct ed_matmul_record *r) {
  const uint64_t count = ed_product3(ed_count(4, r->batch), r->m, r->n);
  if (count == 0) return;
  const bool small = ed_product(count, r->k) < 4 * ED_ELEMENTS_PER_THREAD;
  struct job job = {context, r, small ? 1 : ed_thread_count(context)};
  ed_parallel(context, job.parts, run_part, &job);
}
