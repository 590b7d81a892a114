/* Quantises weights on the host: what src/ir/weight-kernels.ts runs, compiled to WebAssembly. The caller copies a piece of
   a tensor into `values`, what belongs to its channels into `table`, and names ranges of both; the results stay in place
   or go to `integers`. */
#include <stdbool.h>
#include <stdint.h>
#include <wasm_simd128.h>

#define EXPORT(name) __attribute__((export_name(#name)))

enum { CAPACITY = 1 << 16 };

/* What stands behind the last element is computed along, and means nothing. */
enum { SLACK = 16 };

static _Alignas(16) float values[CAPACITY + SLACK];
static _Alignas(16) union {
  uint32_t magnitudes[CAPACITY + SLACK];
  float scales[CAPACITY + SLACK];
  double exact[CAPACITY + SLACK];
} table;
static _Alignas(16) union {
  int8_t i8[CAPACITY + SLACK];
  int16_t i16[CAPACITY + SLACK];
} integers;
static double largest_error;
static double sum_of_squares;

EXPORT(capacity) uint32_t get_capacity(void) { return CAPACITY; }
EXPORT(values) void *get_values(void) { return values; }
EXPORT(table) void *get_table(void) { return &table; }
EXPORT(integers) void *get_integers(void) { return &integers; }
EXPORT(largestError) double get_largest_error(void) { return largest_error; }
EXPORT(sumOfSquares) double get_sum_of_squares(void) { return sum_of_squares; }

static v128_t magnitudes_at(uint32_t at) { return wasm_v128_and(wasm_v128_load(values + at), wasm_i32x4_splat(0x7fffffff)); }

/* As integers, floats without their sign keep their order, with infinity and then NaN above all. */
static uint32_t magnitude_at(uint32_t at) {
  union {
    float f;
    uint32_t u;
  } value = {values[at]};
  return value.u & 0x7fffffff;
}

/* The bits of the largest magnitude in values[first, first + count), at least `known`. */
EXPORT(largest) uint32_t largest(uint32_t first, uint32_t count, uint32_t known) {
  v128_t most = wasm_i32x4_splat((int32_t)known);
  uint32_t i = 0;
  for (; i + 4 <= count; i += 4) most = wasm_u32x4_max(most, magnitudes_at(first + i));
  uint32_t lanes[4];
  wasm_v128_store(lanes, most);
  uint32_t result = known;
  for (int lane = 0; lane < 4; lane++) {
    if (lanes[lane] > result) result = lanes[lane];
  }
  for (; i < count; i++) {
    uint32_t one = magnitude_at(first + i);
    if (one > result) result = one;
  }
  return result;
}

/* The same for columns: table.magnitudes[column + i] becomes at least the magnitude of values[first + i]. */
EXPORT(largestOfColumns) void largest_of_columns(uint32_t first, uint32_t count, uint32_t column) {
  uint32_t *maxima = table.magnitudes + column;
  uint32_t i = 0;
  for (; i + 4 <= count; i += 4) {
    wasm_v128_store(maxima + i, wasm_u32x4_max(wasm_v128_load(maxima + i), magnitudes_at(first + i)));
  }
  for (; i < count; i++) {
    uint32_t one = magnitude_at(first + i);
    if (one > maxima[i]) maxima[i] = one;
  }
}

EXPORT(multiply) void multiply(uint32_t first, uint32_t count, float factor) {
  for (uint32_t i = 0; i < count; i++) values[first + i] *= factor;
}

/* Half away from zero, which no instruction does: the doubled quotient, whose fraction decides nothing more. */
static v128_t round_away(v128_t quotients, int32_t range) {
  v128_t doubled = wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_add(quotients, quotients));
  v128_t sign = wasm_i32x4_shr(doubled, 31);
  v128_t magnitude = wasm_u32x4_shr(wasm_i32x4_add(wasm_i32x4_abs(doubled), wasm_i32x4_splat(1)), 1);
  magnitude = wasm_u32x4_min(magnitude, wasm_i32x4_splat(range));
  return wasm_i32x4_sub(wasm_v128_xor(magnitude, sign), sign);
}

static v128_t quantized_at(uint32_t at, const float *scales, bool columns, bool away, float limit, int32_t range) {
  v128_t scale = columns ? wasm_v128_load(scales) : wasm_v128_load32_splat(scales);
  v128_t value = wasm_f32x4_pmin(wasm_v128_load(values + at), wasm_f32x4_splat(limit));
  value = wasm_f32x4_pmax(value, wasm_f32x4_splat(-limit));
  v128_t quotient = wasm_f32x4_div(value, scale);
  return away ? round_away(quotient, range) : wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_nearest(quotient));
}

/* Quotients that do not fit, which scales that are subnormal can give, wrap as NumPy's do. */
static void quantize_8(uint32_t first, uint32_t count, uint32_t column, bool columns, bool away, float limit) {
  for (uint32_t i = 0; i < count; i += 16) {
    const float *scales = table.scales + column + (columns ? i : 0);
    uint32_t at = first + i;
    uint32_t step = columns ? 4 : 0;
    v128_t a = quantized_at(at, scales, columns, away, limit, 127);
    v128_t b = quantized_at(at + 4, scales + step, columns, away, limit, 127);
    v128_t c = quantized_at(at + 8, scales + 2 * step, columns, away, limit, 127);
    v128_t d = quantized_at(at + 12, scales + 3 * step, columns, away, limit, 127);
    v128_t ab = wasm_i8x16_shuffle(a, b, 0, 4, 8, 12, 16, 20, 24, 28, 0, 0, 0, 0, 0, 0, 0, 0);
    v128_t cd = wasm_i8x16_shuffle(c, d, 0, 4, 8, 12, 16, 20, 24, 28, 0, 0, 0, 0, 0, 0, 0, 0);
    v128_t all = wasm_i64x2_shuffle(ab, cd, 0, 2);
    wasm_v128_store(integers.i8 + at, all);
  }
}

static void quantize_16(uint32_t first, uint32_t count, uint32_t column, bool columns, bool away, float limit) {
  for (uint32_t i = 0; i < count; i += 8) {
    const float *scales = table.scales + column + (columns ? i : 0);
    uint32_t at = first + i;
    v128_t a = quantized_at(at, scales, columns, away, limit, 32767);
    v128_t b = quantized_at(at + 4, scales + (columns ? 4 : 0), columns, away, limit, 32767);
    wasm_v128_store(integers.i16 + at, wasm_i16x8_shuffle(a, b, 0, 2, 4, 6, 8, 10, 12, 14));
  }
}

/* integers[first + i] = values[first + i], clipped to ±limit, / table.scales[column + i · columns], rounded; ranges have to come
   in ascending order, as up to SLACK elements behind one are overwritten. */
EXPORT(quantize)
void quantize(uint32_t first, uint32_t count, uint32_t column, bool columns, int bits, bool away, float limit) {
  if (bits == 8) quantize_8(first, count, column, columns, away, limit);
  else quantize_16(first, count, column, columns, away, limit);
}

EXPORT(clearError) void clear_error(void) { largest_error = sum_of_squares = 0; }

/* Two elements from `at` on: |values − fround(exact · integers)|, in double. */
static v128_t errors_at(uint32_t at, v128_t exact, int bits) {
  int32_t first = bits == 8 ? integers.i8[at] : integers.i16[at];
  int32_t second = bits == 8 ? integers.i8[at + 1] : integers.i16[at + 1];
  v128_t products = wasm_f64x2_mul(wasm_f64x2_make(first, second), exact);
  v128_t restored = wasm_f64x2_promote_low_f32x4(wasm_f32x4_demote_f64x2_zero(products));
  v128_t originals = wasm_f64x2_promote_low_f32x4(wasm_v128_load64_zero(values + at));
  return wasm_f64x2_abs(wasm_f64x2_sub(originals, restored));
}

/* Adds how far table.exact[column + i · columns] · integers[first + i], rounded to fp32, is from values[first + i]. */
EXPORT(measure) void measure(uint32_t first, uint32_t count, uint32_t column, bool columns, int bits) {
  const double *exact = table.exact + column;
  v128_t most = wasm_f64x2_splat(largest_error);
  v128_t sum0 = wasm_f64x2_splat(0), sum1 = sum0;
  uint32_t i = 0;
  for (; i + 4 <= count; i += 4) {
    v128_t scale0 = columns ? wasm_v128_load(exact + i) : wasm_v128_load64_splat(exact);
    v128_t scale1 = columns ? wasm_v128_load(exact + i + 2) : scale0;
    v128_t error0 = errors_at(first + i, scale0, bits);
    v128_t error1 = errors_at(first + i + 2, scale1, bits);
    most = wasm_f64x2_pmax(most, wasm_f64x2_pmax(error0, error1));
    sum0 = wasm_f64x2_add(sum0, wasm_f64x2_mul(error0, error0));
    sum1 = wasm_f64x2_add(sum1, wasm_f64x2_mul(error1, error1));
  }
  for (; i < count; i++) {
    /* The second lane is no element of the range. */
    v128_t error = errors_at(first + i, wasm_f64x2_splat(exact[columns ? i : 0]), bits);
    error = wasm_f64x2_replace_lane(error, 1, 0);
    most = wasm_f64x2_pmax(most, error);
    sum0 = wasm_f64x2_add(sum0, wasm_f64x2_mul(error, error));
  }
  v128_t sum = wasm_f64x2_add(sum0, sum1);
  double low = wasm_f64x2_extract_lane(most, 0), high = wasm_f64x2_extract_lane(most, 1);
  largest_error = low > high ? low : high;
  sum_of_squares += wasm_f64x2_extract_lane(sum, 0) + wasm_f64x2_extract_lane(sum, 1);
}
