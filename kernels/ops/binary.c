#include <math.h>

#include "../core/activation.h"
#include "../core/vector.h"
#include "rows.h"
#include "strides.h"

enum { TYPE_F32, TYPE_I32, TYPE_I64 };

bool ed_check_binary(struct ed_check *check, const struct ed_binary_record *r) {
  if (r->kind >= ED_BINARY_COUNT || r->dtype > TYPE_I64 || r->rank > ED_MAX_RANK) return false;
  if (r->dtype == TYPE_F32 ? !ed_check_activation(r->activation) : r->activation != ED_ACT_NONE) return false;
  const uint32_t width = r->dtype == TYPE_I64 ? 8 : 4;
  const uint64_t count = ed_count(r->rank, r->dims);
  if (count == 0) return true;
  return ed_can_read(check, r->x, ed_product(ed_extent(r->rank, r->dims, r->x_strides), width), width) &&
         ed_can_read(check, r->y, ed_product(ed_extent(r->rank, r->dims, r->y_strides), width), width) &&
         ed_can_write(check, r->out, ed_product(count, width), width);
}

/* out[i] = x[i] ∘ y[i] over contiguous floats. `value` is an expression of x and y, four lanes or one. */
#define DEFINE_VECTOR(name, value4, value1)                                                            \
  static void name(float *out, const float *xs, const float *ys, size_t n) {                           \
    size_t i = 0;                                                                                      \
    for (; i + 4 <= n; i += 4) {                                                                       \
      const ed_f32x4 x = ed_load4(xs + i), y = ed_load4(ys + i);                                       \
      ed_store4(out + i, value4);                                                                      \
    }                                                                                                  \
    for (; i < n; i++) {                                                                               \
      const float x = xs[i], y = ys[i];                                                                \
      out[i] = value1;                                                                                 \
    }                                                                                                  \
  }

#define DEFINE_SCALAR(name, value)                                                                     \
  static void name(float *out, const float *xs, const float *ys, size_t n) {                           \
    for (size_t i = 0; i < n; i++) {                                                                   \
      const float x = xs[i], y = ys[i];                                                                \
      out[i] = value;                                                                                  \
    }                                                                                                  \
  }

/* Exact, with the sign of y. */
static inline float mod(float x, float y) {
  const float rest = fmodf(x, y);
  return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
}

/* max and min give NaN when either side is NaN. */
DEFINE_VECTOR(add_f32, x + y, x + y)
DEFINE_VECTOR(sub_f32, x - y, x - y)
DEFINE_VECTOR(mul_f32, x * y, x * y)
DEFINE_VECTOR(div_f32, x / y, x / y)
DEFINE_VECTOR(max_f32, ed_select4((x > y) | (x != x), x, y), x > y || x != x ? x : y)
DEFINE_VECTOR(min_f32, ed_select4((x < y) | (x != x), x, y), x < y || x != x ? x : y)
DEFINE_SCALAR(pow_f32, powf(x, y))
DEFINE_SCALAR(mod_f32, mod(x, y))
DEFINE_SCALAR(floordiv_f32, floorf(x / y))

typedef void f32_kernel(float *out, const float *x, const float *y, size_t n);

static f32_kernel *f32_kernel_of(uint32_t kind) {
  switch ((enum ed_binary)kind) {
    case ED_BINARY_SUB: return sub_f32;
    case ED_BINARY_MUL: return mul_f32;
    case ED_BINARY_DIV: return div_f32;
    case ED_BINARY_MAX: return max_f32;
    case ED_BINARY_MIN: return min_f32;
    case ED_BINARY_POW: return pow_f32;
    case ED_BINARY_MOD: return mod_f32;
    case ED_BINARY_FLOORDIV: return floordiv_f32;
    default: return add_f32;
  }
}

#define BLOCK 256

/* The block of an operand as contiguous floats: in place when it is, else collected in `buffer`. */
static const float *collect(const float *from, size_t stride, size_t n, float *buffer) {
  if (stride == 1) return from;
  for (size_t i = 0; i < n; i++) buffer[i] = from[i * stride];
  return buffer;
}

static uint32_t inner_size(const struct ed_binary_record *r) { return r->rank ? r->dims[r->rank - 1] : 1; }

static uint32_t inner_stride(const struct ed_binary_record *r, const uint32_t *strides) {
  return r->rank ? strides[r->rank - 1] : 1;
}

static size_t row_offset(const struct ed_binary_record *r, const uint32_t *strides, size_t row) {
  return r->rank ? ed_offset(row, r->rank - 1, r->dims, strides) : 0;
}

/* row = product of all dimensions but the last */
static void run_rows_f32(const struct ed_context *context, const void *record, size_t begin, size_t end) {
  const struct ed_binary_record *r = record;
  f32_kernel *const kernel = f32_kernel_of(r->kind);
  const size_t n = inner_size(r), xs = inner_stride(r, r->x_strides), ys = inner_stride(r, r->y_strides);
  float x_buffer[BLOCK], y_buffer[BLOCK];
  for (size_t row = begin; row < end; row++) {
    const float *x = (const float *)ed_read(context, r->x) + row_offset(r, r->x_strides, row);
    const float *y = (const float *)ed_read(context, r->y) + row_offset(r, r->y_strides, row);
    float *out = (float *)ed_write(context, r->out) + row * n;
    for (size_t i = 0; i < n; i += BLOCK) {
      const size_t count = n - i < BLOCK ? n - i : BLOCK;
      kernel(out + i, collect(x + i * xs, xs, count, x_buffer), collect(y + i * ys, ys, count, y_buffer), count);
      ed_activate_row(out + i, count, r->activation, r->act_a, r->act_b, r->act_c);
    }
  }
}

static int64_t floor_div(int64_t x, int64_t y) {
  const int64_t quotient = x / y;
  return quotient - (x % y != 0 && (x < 0) != (y < 0));
}

static int64_t power(int64_t x, int64_t y) {
  const double value = pow((double)x, (double)y);
  return value > -9.2e18 && value < 9.2e18 ? (int64_t)value : 0;
}

/* Wraps like two's complement; a division by zero gives 0. */
static int64_t integer_result(uint32_t kind, int64_t x, int64_t y) {
  const uint64_t a = (uint64_t)x, b = (uint64_t)y;
  switch ((enum ed_binary)kind) {
    case ED_BINARY_SUB: return (int64_t)(a - b);
    case ED_BINARY_MUL: return (int64_t)(a * b);
    case ED_BINARY_MAX: return x > y ? x : y;
    case ED_BINARY_MIN: return x < y ? x : y;
    case ED_BINARY_POW: return power(x, y);
    case ED_BINARY_DIV: return y == 0 ? 0 : y == -1 ? (int64_t)(0 - a) : x / y;
    case ED_BINARY_MOD: return y == 0 || y == -1 ? 0 : (int64_t)(a - b * (uint64_t)floor_div(x, y));
    case ED_BINARY_FLOORDIV: return y == 0 ? 0 : y == -1 ? (int64_t)(0 - a) : floor_div(x, y);
    default: return (int64_t)(a + b);
  }
}

static void run_integers(const struct ed_context *context, const struct ed_binary_record *r, size_t count) {
  const void *x = ed_read(context, r->x), *y = ed_read(context, r->y);
  void *out = ed_write(context, r->out);
  for (size_t i = 0; i < count; i++) {
    const size_t xi = ed_offset(i, r->rank, r->dims, r->x_strides), yi = ed_offset(i, r->rank, r->dims, r->y_strides);
    if (r->dtype == TYPE_I64)
      ((int64_t *)out)[i] = integer_result(r->kind, ((const int64_t *)x)[xi], ((const int64_t *)y)[yi]);
    else
      ((int32_t *)out)[i] = (int32_t)integer_result(r->kind, ((const int32_t *)x)[xi], ((const int32_t *)y)[yi]);
  }
}

void ed_run_binary(const struct ed_context *context, const struct ed_binary_record *r) {
  const size_t count = (size_t)ed_count(r->rank, r->dims);
  if (count == 0) return;
  if (r->dtype == TYPE_F32)
    ed_for_rows(context, r, count / inner_size(r), inner_size(r), run_rows_f32);
  else
    run_integers(context, r, count);
}
