/* The depthwise kernels within a stated bound; range, quantise and dequantise bit for bit. */
#include "check.h"

static const size_t CHANNELS[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 33};
#define CHANNEL_COUNT (sizeof CHANNELS / sizeof *CHANNELS)

/* Which of bias, residual and clamp (bits 0, 1 and 2) a case has. */
static const unsigned OPTIONS[] = {0, 5, 6, 3};

static float *floats(enum slot slot, size_t n) {
  float *values = guarded(slot, n * sizeof(float));
  for (size_t i = 0; i < n; i++) values[i] = random_float();
  return values;
}

static bool sum_ok(float got, double sum, double magnitude, float low, float high) {
  return near_to(got, fmin(fmax(sum, low), high), F32_BOUND * magnitude);
}

static void span_case(const struct path *path, size_t c, size_t count, size_t stride, unsigned options) {
  const size_t row = ((count - 1) * stride + 3) * c + 2;
  struct ed_depthwise_span s = {.x = floats(SLOT_X, 3 * row - 2),
                                .w = floats(SLOT_W, 9 * c),
                                .bias = options & 1 ? floats(SLOT_BIAS, c) : NULL,
                                .residual = options & 2 ? floats(SLOT_RESIDUAL, count * c) : NULL,
                                .y = guarded(SLOT_Y, count * c * sizeof(float)),
                                .count = count,
                                .c = c,
                                .step = stride * c,
                                .row = row,
                                .low = options & 4 ? -0.5f : -INFINITY,
                                .high = options & 4 ? 0.75f : INFINITY};
  path->kernels.depthwise_span(&s);
  bool right = intact(SLOT_Y);
  for (size_t at = 0; at < count * c; at++) {
    const size_t j = at % c;
    const double bias = s.bias ? s.bias[j] : 0, residual = s.residual ? s.residual[at] : 0;
    double sum = bias + residual, magnitude = fabs(bias) + fabs(residual);
    for (size_t t = 0; t < 9; t++) {
      const double product = (double)s.x[at / c * s.step + t / 3 * row + t % 3 * c + j] * s.w[t * c + j];
      sum += product, magnitude += fabs(product);
    }
    right = right && sum_ok(s.y[at], sum, magnitude, s.low, s.high);
  }
  ok(right, "%s depthwise_span channels %zu count %zu stride %zu options %u", path->name, c, count, stride, options);
}

static void pixel_case(const struct path *path, size_t c, size_t taps, unsigned options) {
  const float *rows[25];
  const float *x = floats(SLOT_X, taps * c);
  for (size_t t = 0; t < taps; t++) rows[t] = x + (taps - 1 - t) * c;
  struct ed_depthwise_pixel p = {.rows = rows,
                                 .w = floats(SLOT_W, taps * c),
                                 .bias = options & 1 ? floats(SLOT_BIAS, c) : NULL,
                                 .residual = options & 2 ? floats(SLOT_RESIDUAL, c) : NULL,
                                 .y = guarded(SLOT_Y, c * sizeof(float)),
                                 .taps = taps,
                                 .c = c,
                                 .low = options & 4 ? -0.5f : -INFINITY,
                                 .high = options & 4 ? 0.75f : INFINITY};
  path->kernels.depthwise_pixel(&p);
  bool right = intact(SLOT_Y);
  for (size_t j = 0; j < c; j++) {
    const double bias = p.bias ? p.bias[j] : 0, residual = p.residual ? p.residual[j] : 0;
    double sum = bias + residual, magnitude = fabs(bias) + fabs(residual);
    for (size_t t = 0; t < taps; t++) {
      const double product = (double)rows[t][j] * p.w[t * c + j];
      sum += product, magnitude += fabs(product);
    }
    right = right && sum_ok(p.y[j], sum, magnitude, p.low, p.high);
  }
  ok(right, "%s depthwise_pixel channels %zu taps %zu options %u", path->name, c, taps, options);
}

/* Lengths 0 … 40 of: anything; halves; and numbers no image should have. */
static const char *const KINDS[] = {"random", "ties", "extremes"};

static float value_of(int kind, size_t i) {
  static const float extremes[] = {NAN, INFINITY, -INFINITY, -0.0f, 3e38f, -3e38f, 1e-30f, 512.5f, -513, 127.5f, -128.5f, 0};
  if (kind == 0) return random_float() * 300;
  if (kind == 1) return (float)random_between(-300, 300) + 0.5f;
  return i % 3 == 0 ? random_float() * 100 : extremes[next_random() % 12];
}

static float *values_of(int kind, size_t n) {
  float *x = guarded(SLOT_X, n * sizeof(float));
  for (size_t i = 0; i < n; i++) x[i] = value_of(kind, i);
  return x;
}

static void range_case(const struct path *path, int kind, size_t n) {
  const float *x = values_of(kind, n);
  float want[2] = {0, 0}, got[2];
  for (size_t i = 0; i < n; i++) {
    if (x[i] < want[0]) want[0] = x[i];
    if (x[i] > want[1]) want[1] = x[i];
  }
  path->kernels.range(x, n, &got[0], &got[1]);
  ok(memcmp(want, got, sizeof got) == 0, "%s range %s length %zu", path->name, KINDS[kind], n);
}

static void quantize_case(const struct path *path, int kind, size_t n, int32_t zero_point) {
  const float *x = values_of(kind, n), inverse = kind == 1 ? 1 : 0.731f;
  int8_t *y = guarded(SLOT_Y, n);
  path->kernels.quantize(x, y, n, inverse, zero_point);
  bool right = intact(SLOT_Y);
  for (size_t i = 0; i < n; i++) {
    const float scaled = x[i] * inverse;
    const double want = isnan(scaled) ? zero_point : fmin(fmax(nearbyint(scaled) + zero_point, -128), 127);
    right = right && y[i] == want;
  }
  ok(right, "%s quantize %s length %zu zero point %d", path->name, KINDS[kind], n, (int)zero_point);
}

static void dequantize_case(const struct path *path, bool wide, size_t blocks, size_t nr) {
  const size_t n = blocks * nr;
  const float *scale = floats(SLOT_SCALE, nr);
  float *y = guarded(SLOT_Y, n * sizeof(float));
  void *w = guarded(SLOT_W, n * (wide ? 2 : 1));
  for (size_t i = 0; i < n; i++) {
    if (wide) ((int16_t *)w)[i] = (int16_t)(i == 0 ? -32768 : i == 1 ? 32767 : random_between(-32768, 32767));
    else ((int8_t *)w)[i] = (int8_t)(i == 0 ? -128 : i == 1 ? 127 : random_between(-128, 127));
  }
  if (wide) path->kernels.dequantize_i16(w, scale, y, blocks, nr);
  else path->kernels.dequantize_i8(w, scale, y, blocks, nr);
  bool right = intact(SLOT_Y);
  for (size_t i = 0; i < n; i++) {
    const float want = (float)(wide ? ((int16_t *)w)[i] : ((int8_t *)w)[i]) * scale[i % nr];
    right = right && memcmp(&want, &y[i], sizeof want) == 0;
  }
  ok(right, "%s dequantize_%s blocks %zu of %zu", path->name, wide ? "i16" : "i8", blocks, nr);
}

void check_vectors(const struct path *path) {
  static const size_t counts[] = {1, 2, 3, 4, 5, 8, 13}, taps[] = {1, 4, 9, 25};
  for (size_t c = 0; c < CHANNEL_COUNT; c++)
    for (size_t options = 0; options < 4; options++) {
      for (size_t stride = 1; stride <= 3; stride++)
        for (size_t i = 0; i < 7; i++) span_case(path, CHANNELS[c], counts[i], stride, OPTIONS[options]);
      for (size_t i = 0; i < 4; i++) pixel_case(path, CHANNELS[c], taps[i], OPTIONS[options]);
    }
  for (size_t n = 0; n <= 40; n++) {
    for (int kind = 0; kind < 3; kind++) {
      range_case(path, kind, n);
      for (int zero_point = -128; zero_point <= 127; zero_point += zero_point < 0 ? 128 : 127) quantize_case(path, kind, n, zero_point);
    }
    for (size_t blocks = 1; blocks <= 3; blocks += 2) {
      dequantize_case(path, false, blocks, n);
      dequantize_case(path, true, blocks, n);
    }
  }
}
