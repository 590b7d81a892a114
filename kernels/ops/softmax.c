#include "../core/vector.h"
#include "rows.h"

bool ed_check_softmax(struct ed_check *check, const struct ed_softmax_record *r) {
  const uint64_t count = ed_product3(r->outer, r->n, r->inner);
  return ed_can_read_floats(check, r->x, count) && ed_can_write_floats(check, r->y, count);
}

/* Values side by side: row = outer. */
static void run_rows(const struct ed_context *context, const void *record, size_t begin, size_t end) {
  const struct ed_softmax_record *r = record;
  const size_t n = r->n;
  for (size_t row = begin; row < end; row++) {
    const float *x = (const float *)ed_read(context, r->x) + row * n;
    float *y = (float *)ed_write(context, r->y) + row * n;
    float max = x[0], sum = 0.0f;
    for (size_t i = 1; i < n; i++) max = x[i] > max ? x[i] : max;
    size_t i = 0;
    ed_f32x4 sums = {0};
    for (; i + 4 <= n; i += 4) {
      const ed_f32x4 power = ed_exp4(ed_load4(x + i) - max);
      ed_store4(y + i, power);
      sums += power;
    }
    if (i < n) {
      ed_store_tail(y + i, ed_exp4(ed_load_tail(x + i, n - i) - max), n - i);
      for (size_t j = i; j < n; j++) sum += y[j];
    }
    const float factor = 1.0f / (sum + (sums[0] + sums[1]) + (sums[2] + sums[3]));
    for (i = 0; i + 4 <= n; i += 4) ed_store4(y + i, ed_load4(y + i) * factor);
    for (; i < n; i++) y[i] *= factor;
  }
}

/* Values `inner` apart: row = outer, four columns at a time, the last ones through padded vectors. */
static void run_columns(const struct ed_context *context, const void *record, size_t begin, size_t end) {
  const struct ed_softmax_record *r = record;
  const size_t inner = r->inner, n = r->n;
  for (size_t row = begin; row < end; row++) {
    for (size_t i = 0; i < inner; i += 4) {
      const size_t lanes = inner - i < 4 ? inner - i : 4;
      const float *x = (const float *)ed_read(context, r->x) + row * n * inner + i;
      float *y = (float *)ed_write(context, r->y) + row * n * inner + i;
      ed_f32x4 max = ed_load_tail(x, lanes), sum = {0};
      for (size_t j = 1; j < n; j++) max = ed_at_least4(ed_load_tail(x + j * inner, lanes), max);
      for (size_t j = 0; j < n; j++) {
        const ed_f32x4 power = ed_exp4(ed_load_tail(x + j * inner, lanes) - max);
        ed_store_tail(y + j * inner, power, lanes);
        sum += power;
      }
      for (size_t j = 0; j < n; j++) ed_store_tail(y + j * inner, ed_load_tail(y + j * inner, lanes) / sum, lanes);
    }
  }
}

void ed_run_softmax(const struct ed_context *context, const struct ed_softmax_record *r) {
  if (ed_product3(r->outer, r->n, r->inner) == 0) return;
  ed_for_rows(context, r, r->outer, ed_product(r->n, r->inner), r->inner == 1 ? run_rows : run_columns);
}
