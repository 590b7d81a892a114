/* The tiles by themselves, against a loop over their definition in kernels.h. */
#include "check.h"

enum { WITH_BIAS = 1, WITH_RESIDUAL = 2, WITH_CLAMP = 4, WITH_COLUMN = 8, OPTIONS = 16 };

struct shape {
  const struct ed_gemm *gemm;
  bool integer;
  size_t depth, taps, blocks;
  unsigned options;
};

/* Where the weight of (tap, depth, channel) stands in a packed panel. */
static size_t packed(const struct shape *s, size_t tap, size_t k, size_t j) {
  return ((tap * s->blocks + k / s->gemm->kr) * s->gemm->nr + j) * s->gemm->kr + k % s->gemm->kr;
}

/* Without options every product is the largest there is, so that sums too narrow overflow. */
static void fill_weights(const struct shape *s, void *w) {
  for (size_t tap = 0; tap < s->taps; tap++)
    for (size_t k = 0; k < s->depth; k++)
      for (size_t j = 0; j < s->gemm->nr; j++) {
        if (s->integer) ((int8_t *)w)[packed(s, tap, k, j)] = (int8_t)(s->options ? random_between(-127, 127) : j % 2 ? -127 : 127);
        else ((float *)w)[packed(s, tap, k, j)] = random_float();
      }
}

static void fill_row(const struct shape *s, void *row) {
  for (size_t k = 0; k < s->depth; k++) {
    if (s->integer) ((int8_t *)row)[k] = (int8_t)(s->options ? random_between(-128, 127) : -128);
    else ((float *)row)[k] = random_float();
  }
}

/* The sum over taps and depths of pixel i, channel j, and the sum of its magnitudes. */
static double sum_of(const struct shape *s, const struct ed_tile *t, size_t i, size_t j, double *magnitude) {
  double sum = 0;
  *magnitude = 0;
  for (size_t tap = 0; tap < s->taps; tap++)
    for (size_t k = 0; k < s->depth; k++) {
      const void *row = t->rows[tap * s->gemm->mr + i];
      const size_t at = packed(s, tap, k, j);
      const double product = s->integer ? (double)(((const int8_t *)row)[k] * ((const int8_t *)t->w)[at])
                                        : (double)((const float *)row)[k] * ((const float *)t->w)[at];
      sum += product;
      *magnitude += fabs(product);
    }
  return sum;
}

static bool value_ok(const struct shape *s, const struct ed_tile *t, size_t i, size_t j) {
  double magnitude, sum = sum_of(s, t, i, j, &magnitude), bound;
  const double bias = t->bias ? t->bias[j] : 0, residual = t->residual ? t->residual[i][t->column + j] : 0;
  if (s->integer) {
    sum = (sum + t->start[j]) * t->scale[j];
    /* Four roundings of a float; none at all where scale is 1 and nothing is added. */
    bound = t->bias || t->residual ? ldexp(4.5, -24) * (fabs(sum) + fabs(bias) + fabs(residual)) : 0;
  } else {
    bound = F32_BOUND * (magnitude + fabs(bias) + fabs(residual));
  }
  const double want = fmin(fmax(sum + bias + residual, t->low), t->high);
  return near_to(t->y[i][t->column + j], want, bound);
}

static float *floats(enum slot slot, size_t n, float scale) {
  float *values = guarded(slot, n * sizeof(float));
  for (size_t i = 0; i < n; i++) values[i] = random_float() * scale;
  return values;
}

static void tile_case(const struct path *path, const struct shape *s) {
  const size_t mr = s->gemm->mr, nr = s->gemm->nr, width = s->integer ? 1 : 4;
  const bool plain = !(s->options & (WITH_BIAS | WITH_RESIDUAL));
  const size_t column = s->options & WITH_COLUMN ? nr : 0, row_bytes = s->depth * width + ED_OVER_READ;
  /* Between rows of results stand five floats that must stay; the last row ends at the forbidden page. */
  const size_t line = column + nr + 5, line_floats = (mr - 1) * line + column + nr;
  const size_t weights = s->taps * s->blocks * nr * s->gemm->kr * width;
  const void *rows[9 * ED_MAX_MR];
  float *y[ED_MAX_MR];
  const float *residual[ED_MAX_MR];

  unsigned char *x = guarded(SLOT_X, s->taps * mr * row_bytes), *w = guarded(SLOT_W, weights);
  for (size_t i = 0; i < s->taps * mr; i++) {
    rows[i] = x + (s->taps * mr - 1 - i) * row_bytes;
    fill_row(s, x + (s->taps * mr - 1 - i) * row_bytes);
  }
  memset(w, 0, weights);
  fill_weights(s, w);
  float *results = guarded(SLOT_Y, line_floats * sizeof(float)), *skips = floats(SLOT_RESIDUAL, line_floats, 1);
  for (size_t i = 0; i < mr; i++) {
    y[i] = results + (mr - 1 - i) * line;
    residual[i] = skips + i * line;
  }
  float *scale = floats(SLOT_SCALE, nr, 0.001f);
  int32_t *start = guarded(SLOT_START, nr * sizeof(int32_t));
  for (size_t j = 0; j < nr; j++) {
    start[j] = random_between(-100000, 100000);
    if (plain) scale[j] = 1;
  }
  const float limit = s->integer && plain ? 5000.0f : 0.5f;
  const struct ed_tile tile = {.rows = rows,
                               .w = w,
                               .taps = s->taps,
                               .depth = s->depth,
                               .bias = s->options & WITH_BIAS ? floats(SLOT_BIAS, nr, 1) : NULL,
                               .start = s->integer ? start : NULL,
                               .scale = s->integer ? scale : NULL,
                               .y = y,
                               .residual = s->options & WITH_RESIDUAL ? residual : NULL,
                               .column = column,
                               .low = s->options & WITH_CLAMP ? -limit : -INFINITY,
                               .high = s->options & WITH_CLAMP ? limit * 1.5f : INFINITY};
  s->gemm->run(&tile);

  bool right = true, kept = intact(SLOT_Y);
  for (size_t i = 0; i < mr; i++) {
    for (size_t j = 0; j < nr; j++) right = right && value_ok(s, &tile, i, j);
    kept = kept && untouched(y[i], column * sizeof(float)) && (i == 0 || untouched(y[i] + column + nr, 5 * sizeof(float)));
  }
  ok(right && kept, "%s %s depth %zu taps %zu%s%s%s%s%s%s", path->name, s->gemm->name, s->depth, s->taps, tile.bias ? " bias" : "",
     tile.residual ? " residual" : "", s->options & WITH_CLAMP ? " clamp" : "", column ? " column" : "", right ? "" : ": wrong value",
     kept ? "" : ": wrote outside");
}

void check_tiles(const struct path *path) {
  static const size_t taps[] = {1, 3, 9};
  for (int integer = 0; integer < 2; integer++) {
    const struct ed_gemm *gemm = integer ? &path->kernels.s8_gemm : &path->kernels.f32_gemm;
    /* 1 … kr + 1, then around multiples of what one turn of the unrolled loops takes. */
    size_t depths[32], count = 0;
    for (size_t depth = 1; depth <= gemm->kr + 1; depth++) depths[count++] = depth;
    for (size_t depth = gemm->kr + 2; depth <= 5; depth++) depths[count++] = depth;
    static const size_t more[] = {7, 8, 12, 16, 20, 23, 31, 32, 33};
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
      if (more[i] > depths[count - 1]) depths[count++] = more[i];
    for (size_t d = 0; d < count; d++)
      for (size_t t = 0; t < 3; t++)
        for (unsigned options = 0; options < OPTIONS; options++) {
          const size_t blocks = (depths[d] + gemm->kr - 1) / gemm->kr;
          tile_case(path, &(struct shape){gemm, integer, depths[d], taps[t], blocks, options});
        }
  }
}
