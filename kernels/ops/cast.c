#include "../core/op.h"

static const uint8_t width_of[ED_DTYPE_COUNT] = {4, 8, 1, 1, 2, 4, 8, 1};

bool ed_check_cast(struct ed_check *check, const struct ed_cast_record *r) {
  if (r->from >= ED_DTYPE_COUNT || r->to >= ED_DTYPE_COUNT) return false;
  return ed_can_read(check, r->x, ed_product(r->count, width_of[r->from]), width_of[r->from]) &&
         ed_can_write(check, r->y, ed_product(r->count, width_of[r->to]), width_of[r->to]);
}

static bool is_float(uint32_t type) { return type == ED_DTYPE_F32 || type == ED_DTYPE_F64; }

static double read_float(const void *x, uint32_t type, size_t i) {
  return type == ED_DTYPE_F32 ? (double)((const float *)x)[i] : ((const double *)x)[i];
}

static int64_t read_integer(const void *x, uint32_t type, size_t i) {
  switch (type) {
    case ED_DTYPE_I8: return ((const int8_t *)x)[i];
    case ED_DTYPE_I16: return ((const int16_t *)x)[i];
    case ED_DTYPE_I32: return ((const int32_t *)x)[i];
    case ED_DTYPE_I64: return ((const int64_t *)x)[i];
    default: return ((const uint8_t *)x)[i];
  }
}

/* Towards zero; what no 64-bit integer holds, NaN among it, becomes 0. */
static int64_t truncate(double value) { return value > -9.2e18 && value < 9.2e18 ? (int64_t)value : 0; }

static void write_integer(void *y, uint32_t type, size_t i, int64_t value) {
  switch (type) {
    case ED_DTYPE_I8: ((int8_t *)y)[i] = (int8_t)value; break;
    case ED_DTYPE_U8: ((uint8_t *)y)[i] = (uint8_t)value; break;
    case ED_DTYPE_I16: ((int16_t *)y)[i] = (int16_t)value; break;
    case ED_DTYPE_I32: ((int32_t *)y)[i] = (int32_t)value; break;
    default: ((int64_t *)y)[i] = value; break;
  }
}

/* Floats are truncated, integers wrap, bool is "not zero". */
void ed_run_cast(const struct ed_context *context, const struct ed_cast_record *r) {
  const void *x = ed_read(context, r->x);
  void *y = ed_write(context, r->y);
  if (r->from == ED_DTYPE_I8 && r->to == ED_DTYPE_F32) {
    for (size_t i = 0; i < r->count; i++) ((float *)y)[i] = ((const int8_t *)x)[i];
    return;
  }
  for (size_t i = 0; i < r->count; i++) {
    const double real = is_float(r->from) ? read_float(x, r->from, i) : 0.0;
    const int64_t whole = is_float(r->from) ? truncate(real) : read_integer(x, r->from, i);
    if (r->to == ED_DTYPE_F32)
      ((float *)y)[i] = is_float(r->from) ? (float)real : (float)whole;
    else if (r->to == ED_DTYPE_F64)
      ((double *)y)[i] = is_float(r->from) ? real : (double)whole;
    else if (r->to == ED_DTYPE_BOOL)
      ((uint8_t *)y)[i] = is_float(r->from) ? real != 0.0 : whole != 0;
    else
      write_integer(y, r->to, i, whole);
  }
}
