#include <math.h>

#include "../core/activation.h"
#include "../core/op.h"

/* Elements from the first to the last that a broadcast view touches. */
static uint64_t reach(const struct ed_binary_record *r, const uint32_t *strides) {
  uint64_t last = 0;
  for (uint32_t axis = 0; axis < r->rank; axis++) last = ed_sum(last, ed_product(r->dims[axis] - 1, strides[axis]));
  return ed_sum(last, 1);
}

bool ed_check_binary(struct ed_check *check, const struct ed_binary_record *r) {
  if (r->kind >= ED_BINARY_COUNT || r->dtype > 2 || r->rank < 1 || r->rank > ED_MAX_RANK) return false;
  if (!ed_check_activation(r->activation) || (r->activation != ED_ACT_NONE && r->dtype != 0)) return false;
  const uint32_t e = r->dtype == 2 ? 8 : 4;
  uint64_t count = 1;
  for (uint32_t axis = 0; axis < r->rank; axis++) {
    if (r->dims[axis] == 0) return false;
    count = ed_product(count, r->dims[axis]);
  }
  return ed_can_read(check, r->x, ed_product(reach(r, r->x_strides), e), e) &&
         ed_can_read(check, r->y, ed_product(reach(r, r->y_strides), e), e) && ed_can_write(check, r->out, ed_product(count, e), e);
}

#define ED_ROW(expression)                                                 \
  for (size_t i = 0; i < n; i++) {                                         \
    const float a = x[i * xs], b = y[i * ys];                              \
    out[i] = (expression);                                                 \
  }                                                                        \
  break

static inline __attribute__((always_inline)) void float_row(uint32_t kind, const float *x, size_t xs, const float *y, size_t ys,
                                                            float *out, size_t n) {
  switch ((enum ed_binary)kind) {
    case ED_BINARY_ADD: ED_ROW(a + b);
    case ED_BINARY_SUB: ED_ROW(a - b);
    case ED_BINARY_MUL: ED_ROW(a * b);
    case ED_BINARY_DIV: ED_ROW(a / b);
    case ED_BINARY_MAX: ED_ROW(a > b ? a : b);
    case ED_BINARY_MIN: ED_ROW(a < b ? a : b);
    case ED_BINARY_POW: ED_ROW(powf(a, b));
    case ED_BINARY_MOD: ED_ROW(a - b * floorf(a / b));
    case ED_BINARY_FLOORDIV: ED_ROW(floorf(a / b));
    case ED_BINARY_COUNT: break;
  }
}

/* The compiler makes one vector loop per pair of constant steps. */
static void run_float(const struct ed_binary_record *r, const float *x, size_t xs, const float *y, size_t ys, float *out, size_t n) {
  if (xs == 1 && ys == 1) float_row(r->kind, x, 1, y, 1, out, n);
  else if (xs == 1 && ys == 0) float_row(r->kind, x, 1, y, 0, out, n);
  else if (xs == 0 && ys == 1) float_row(r->kind, x, 0, y, 1, out, n);
  else float_row(r->kind, x, xs, y, ys, out, n);
  const struct ed_activate f = ED_ACTIVATE(r);
  if (f.code != ED_ACT_NONE) ed_activate_copy(out, out, n, f);
}

static int64_t floor_divide(int64_t a, int64_t b) {
  if (b == 0) return 0;
  if (b == -1) return (int64_t)(0 - (uint64_t)a);
  const int64_t q = a / b;
  return q - (a % b != 0 && (a < 0) != (b < 0));
}

/* Wraps on overflow; a division by zero gives 0. */
static int64_t integer(uint32_t kind, int64_t a, int64_t b) {
  const uint64_t ua = (uint64_t)a, ub = (uint64_t)b;
  switch ((enum ed_binary)kind) {
    case ED_BINARY_ADD: return (int64_t)(ua + ub);
    case ED_BINARY_SUB: return (int64_t)(ua - ub);
    case ED_BINARY_MUL: return (int64_t)(ua * ub);
    case ED_BINARY_DIV: return b == 0 ? 0 : b == -1 ? (int64_t)(0 - ua) : a / b;
    case ED_BINARY_MAX: return a > b ? a : b;
    case ED_BINARY_MIN: return a < b ? a : b;
    case ED_BINARY_POW: return (int64_t)pow((double)a, (double)b);
    case ED_BINARY_MOD: return b == 0 ? 0 : (int64_t)(ua - ub * (uint64_t)floor_divide(a, b));
    case ED_BINARY_FLOORDIV: return floor_divide(a, b);
    case ED_BINARY_COUNT: break;
  }
  return 0;
}

static void run_row(const struct ed_binary_record *r, const void *x, size_t x_at, const void *y, size_t y_at, void *out, size_t at) {
  const uint32_t last = r->rank - 1;
  const size_t n = r->dims[last], xs = r->x_strides[last], ys = r->y_strides[last];
  if (r->dtype == 0) {
    run_float(r, (const float *)x + x_at, xs, (const float *)y + y_at, ys, (float *)out + at, n);
    return;
  }
  for (size_t i = 0; i < n; i++) {
    if (r->dtype == 1) {
      const int32_t a = ((const int32_t *)x)[x_at + i * xs], b = ((const int32_t *)y)[y_at + i * ys];
      ((int32_t *)out)[at + i] = (int32_t)integer(r->kind, a, b);
    } else {
      const int64_t a = ((const int64_t *)x)[x_at + i * xs], b = ((const int64_t *)y)[y_at + i * ys];
      ((int64_t *)out)[at + i] = integer(r->kind, a, b);
    }
  }
}

void ed_run_binary(const struct ed_context *context, const struct ed_binary_record *r) {
  const void *x = ed_read(context, r->x), *y = ed_read(context, r->y);
  void *out = ed_write(context, r->out);
  const uint32_t last = r->rank - 1;
  uint32_t position[ED_MAX_RANK] = {0};
  size_t x_at = 0, y_at = 0, at = 0;
  for (;;) {
    run_row(r, x, x_at, y, y_at, out, at);
    at += r->dims[last];
    uint32_t axis = last;
    for (;;) {
      if (axis == 0) return;
      axis--;
      x_at += r->x_strides[axis];
      y_at += r->y_strides[axis];
      if (++position[axis] < r->dims[axis]) break;
      x_at -= (size_t)r->dims[axis] * r->x_strides[axis];
      y_at -= (size_t)r->dims[axis] * r->y_strides[axis];
      position[axis] = 0;
    }
  }
}
