#include <math.h>

#include "../core/op.h"

static const uint8_t width[ED_DTYPE_COUNT] = {4, 8, 1, 1, 2, 4, 8, 1};

bool ed_check_cast(struct ed_check *check, const struct ed_cast_record *r) {
  return r->from < ED_DTYPE_COUNT && r->to < ED_DTYPE_COUNT &&
         ed_can_read(check, r->x, ed_product(r->count, width[r->from]), width[r->from]) &&
         ed_can_write(check, r->y, ed_product(r->count, width[r->to]), width[r->to]);
}

/* Floats become integers by truncation; what does not fit saturates, NaN is 0. */
static int64_t to_integer(double v) {
  if (isnan(v)) return 0;
  if (v >= 9223372036854775807.0) return INT64_MAX;
  if (v <= -9223372036854775808.0) return INT64_MIN;
  return (int64_t)v;
}

static void store(void *y, size_t i, uint32_t type, double real, int64_t integer) {
  switch ((enum ed_dtype)type) {
    case ED_DTYPE_F32: ((float *)y)[i] = (float)real; break;
    case ED_DTYPE_F64: ((double *)y)[i] = real; break;
    case ED_DTYPE_I8: ((int8_t *)y)[i] = (int8_t)integer; break;
    case ED_DTYPE_U8: ((uint8_t *)y)[i] = (uint8_t)integer; break;
    case ED_DTYPE_I16: ((int16_t *)y)[i] = (int16_t)integer; break;
    case ED_DTYPE_I32: ((int32_t *)y)[i] = (int32_t)integer; break;
    case ED_DTYPE_I64: ((int64_t *)y)[i] = integer; break;
    case ED_DTYPE_BOOL: ((uint8_t *)y)[i] = real != 0; break;
    case ED_DTYPE_COUNT: break;
  }
}

void ed_run_cast(const struct ed_context *context, const struct ed_cast_record *r) {
  const void *x = ed_read(context, r->x);
  void *y = ed_write(context, r->y);
  for (size_t i = 0; i < r->count; i++) {
    switch ((enum ed_dtype)r->from) {
      case ED_DTYPE_F32: store(y, i, r->to, ((const float *)x)[i], to_integer(((const float *)x)[i])); break;
      case ED_DTYPE_F64: store(y, i, r->to, ((const double *)x)[i], to_integer(((const double *)x)[i])); break;
      case ED_DTYPE_I8: store(y, i, r->to, ((const int8_t *)x)[i], ((const int8_t *)x)[i]); break;
      case ED_DTYPE_U8:
      case ED_DTYPE_BOOL: store(y, i, r->to, ((const uint8_t *)x)[i], ((const uint8_t *)x)[i]); break;
      case ED_DTYPE_I16: store(y, i, r->to, ((const int16_t *)x)[i], ((const int16_t *)x)[i]); break;
      case ED_DTYPE_I32: store(y, i, r->to, ((const int32_t *)x)[i], ((const int32_t *)x)[i]); break;
      case ED_DTYPE_I64: store(y, i, r->to, (double)((const int64_t *)x)[i], ((const int64_t *)x)[i]); break;
      case ED_DTYPE_COUNT: break;
    }
  }
}
