/* Float to int8 with a scale that is part of the model. */
#include "../core/vector.h"
#include "rows.h"

bool ed_check_static_quantize(struct ed_check *check, const struct ed_static_quantize_record *r) {
  return ed_can_read_floats(check, r->x, r->count) && ed_can_write(check, r->y, r->count, 1);
}

/* Magnitudes are below 128 when they are rounded: what is cut off is then an exact difference. */
static inline ed_i32x4 quantize4(ed_f32x4 x, ed_f32x4 factor) {
  const ed_f32x4 v = x * factor;
  const ed_i32x4 negative = v < 0.0f;
  ed_f32x4 magnitude = (ed_f32x4)((ed_i32x4)v & 0x7fffffff);
  magnitude = ed_select4(magnitude < 127.0f, magnitude, ed_set4(127.0f));
  magnitude = ed_select4(v == v, magnitude, ed_set4(0.0f));
  const ed_i32x4 whole = __builtin_convertvector(magnitude, ed_i32x4);
  const ed_f32x4 rest = magnitude - __builtin_convertvector(whole, ed_f32x4);
  const ed_i32x4 rounded = whole - (ed_i32x4)(rest >= 0.5f); /* a true lane is −1 */
  return (rounded ^ negative) - negative;
}

static void run_range(const struct ed_context *context, const void *record, size_t begin, size_t end) {
  const struct ed_static_quantize_record *r = record;
  const float *x = ed_read(context, r->x);
  int8_t *y = ed_write(context, r->y);
  const ed_f32x4 factor = ed_set4(r->factor);
  for (size_t i = begin; i < end; i += 4) {
    const size_t left = end - i;
    const ed_i32x4 q = quantize4(left < 4 ? ed_load_tail(x + i, left) : ed_load4(x + i), factor);
    for (size_t lane = 0; lane < 4 && lane < left; lane++) y[i + lane] = (int8_t)q[lane];
  }
}

void ed_run_static_quantize(const struct ed_context *context, const struct ed_static_quantize_record *r) {
  ed_for_rows(context, r, r->count, 1, run_range);
}
