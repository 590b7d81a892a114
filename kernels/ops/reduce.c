#include <math.h>

#include "../core/vector.h"
#include "rows.h"

enum { REDUCE_MEAN, REDUCE_SUM, REDUCE_MAX, REDUCE_MIN, REDUCE_PROD };

/* Partial results of so many values are combined afterwards: rounding errors of long sums grow with the parts only. */
#define BLOCK 128

bool ed_check_reduce(struct ed_check *check, const struct ed_reduce_record *r) {
  return r->kind <= REDUCE_PROD && r->n > 0 && ed_can_read_floats(check, r->x, ed_product3(r->outer, r->n, r->inner)) &&
         ed_can_write_floats(check, r->y, ed_product(r->outer, r->inner));
}

static inline float neutral(uint32_t kind) {
  if (kind == REDUCE_MAX) return -INFINITY;
  if (kind == REDUCE_MIN) return INFINITY;
  return kind == REDUCE_PROD ? 1.0f : 0.0f;
}

static inline ed_f32x4 combine(uint32_t kind, ed_f32x4 a, ed_f32x4 b) {
  switch (kind) {
    case REDUCE_MAX: return ed_select4(b < a, a, b);
    case REDUCE_MIN: return ed_select4(b > a, a, b);
    case REDUCE_PROD: return a * b;
    default: return a + b;
  }
}

/* n vectors `stride` floats apart, of which `lanes` count. */
static ed_f32x4 reduce4(uint32_t kind, const float *x, size_t n, size_t stride, size_t lanes) {
  ed_f32x4 total = ed_set4(neutral(kind));
  for (size_t block = 0; block < n; block += BLOCK) {
    const size_t end = n - block < BLOCK ? n : block + BLOCK;
    ed_f32x4 part = ed_set4(neutral(kind));
    for (size_t j = block; j < end; j++)
      part = combine(kind, part, lanes == 4 ? ed_load4(x + j * stride) : ed_load_tail(x + j * stride, lanes));
    total = combine(kind, total, part);
  }
  return total;
}

/* Values side by side: row = outer. Four interleaved partial results, then the rest. */
static void run_rows(const struct ed_context *context, const void *record, size_t begin, size_t end) {
  const struct ed_reduce_record *r = record;
  const size_t n = r->n, whole = n / 4 * 4;
  for (size_t row = begin; row < end; row++) {
    const float *x = (const float *)ed_read(context, r->x) + row * n;
    ed_f32x4 lanes = reduce4(r->kind, x, whole / 4, 4, 4);
    const float rest = neutral(r->kind);
    for (size_t i = whole; i < n; i++) lanes = combine(r->kind, lanes, (ed_f32x4){x[i], rest, rest, rest});
    const ed_f32x4 pairs = combine(r->kind, lanes, (ed_f32x4){lanes[2], lanes[3], lanes[0], lanes[1]});
    const float value = combine(r->kind, pairs, (ed_f32x4){pairs[1], pairs[0], pairs[3], pairs[2]})[0];
    ((float *)ed_write(context, r->y))[row] = r->kind == REDUCE_MEAN ? value / (float)n : value;
  }
}

/* Values `inner` apart: row = outer. */
static void run_columns(const struct ed_context *context, const void *record, size_t begin, size_t end) {
  const struct ed_reduce_record *r = record;
  const size_t n = r->n, inner = r->inner;
  const float factor = r->kind == REDUCE_MEAN ? 1.0f / (float)n : 1.0f;
  for (size_t row = begin; row < end; row++) {
    const float *x = (const float *)ed_read(context, r->x) + row * n * inner;
    float *y = (float *)ed_write(context, r->y) + row * inner;
    size_t i = 0;
    for (; i + 4 <= inner; i += 4) ed_store4(y + i, reduce4(r->kind, x + i, n, inner, 4) * factor);
    if (i < inner) ed_store_tail(y + i, reduce4(r->kind, x + i, n, inner, inner - i) * factor, inner - i);
  }
}

void ed_run_reduce(const struct ed_context *context, const struct ed_reduce_record *r) {
  if (ed_product(r->outer, r->inner) == 0) return;
  ed_for_rows(context, r, r->outer, ed_product(r->n, r->inner), r->inner == 1 ? run_rows : run_columns);
}
