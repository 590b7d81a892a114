/* Whole depthwise convolutions and dynamic quantisation through a context by hand, against their definitions. */
#include "check.h"

struct geometry {
  const char *name;
  uint32_t oh, ow, kh, kw, stride_h, stride_w, dilation_h, dilation_w;
  int32_t pad_top, pad_left;
};

static const struct geometry GEOMETRIES[] = {
    {"3x3", 3, 6, 3, 3, 1, 1, 1, 1, 0, 0},
    {"3x3 padded", 4, 7, 3, 3, 1, 1, 1, 1, 1, 1},
    {"3x3 stride 2 padded left", 3, 5, 3, 3, 2, 2, 1, 1, 0, 1},
    {"3x3 stride 3", 2, 4, 3, 3, 3, 3, 1, 1, 0, 0},
    {"3x3 dilation 2 padded", 4, 5, 3, 3, 1, 1, 2, 2, 2, 2},
    {"3x3 dilation 1x2", 4, 5, 3, 3, 1, 1, 1, 2, 0, 1},
    {"3x3 dilation 2x1", 4, 5, 3, 3, 1, 1, 2, 1, 1, 0},
    {"3x3 wider than the image", 2, 2, 3, 3, 1, 1, 1, 1, 1, 1},
    {"3x3 cropped", 2, 3, 3, 3, 1, 1, 1, 1, -1, -2},
    {"5x4 stride 1x2 padded", 3, 4, 5, 4, 1, 2, 1, 1, 2, 1},
};

static uint32_t input_side(uint32_t out, uint32_t k, uint32_t stride, uint32_t dilation, int32_t pad) {
  const int32_t side = (int32_t)((out - 1) * stride + (k - 1) * dilation + 1) - 2 * pad;
  return side < 1 ? 1 : (uint32_t)side;
}

static struct ed_depthwise_conv2d_record describe(const struct geometry *g, uint32_t c, uint32_t type, struct ed_activate f) {
  return (struct ed_depthwise_conv2d_record){.n = 2,
                                             .ih = input_side(g->oh, g->kh, g->stride_h, g->dilation_h, g->pad_top),
                                             .iw = input_side(g->ow, g->kw, g->stride_w, g->dilation_w, g->pad_left),
                                             .c = c,
                                             .oh = g->oh,
                                             .ow = g->ow,
                                             .kh = g->kh,
                                             .kw = g->kw,
                                             .stride_h = g->stride_h,
                                             .stride_w = g->stride_w,
                                             .pad_top = g->pad_top,
                                             .pad_left = g->pad_left,
                                             .dilation_h = g->dilation_h,
                                             .dilation_w = g->dilation_w,
                                             .weight_type = type,
                                             .activation = f.code,
                                             .act_a = f.a,
                                             .act_b = f.b,
                                             .act_c = f.c};
}

static void place(struct stage *stage, struct ed_depthwise_conv2d_record *r, bool bias, bool residual) {
  static const uint8_t width[] = {4, 1, 2};
  uint64_t *arena = &stage->check.arena_bytes, *constants = &stage->check.constant_bytes;
  const size_t results = (size_t)r->n * r->oh * r->ow * r->c * 4;
  *arena = *constants = 0;
  r->x = (ed_ref)put(arena, (size_t)r->n * r->ih * r->iw * r->c * 4);
  r->residual = residual ? (ed_ref)put(arena, results) : ED_REF_NONE;
  r->y = (ed_ref)put_last(arena, results);
  r->bias = bias ? (ed_ref)put(constants, r->c * 4) | ED_REF_CONSTANT : ED_REF_NONE;
  r->scale = r->weight_type ? (ed_ref)put(constants, r->c * 4) | ED_REF_CONSTANT : ED_REF_NONE;
  r->w = (ed_ref)put_last(constants, (size_t)r->kh * r->kw * r->c * width[r->weight_type]) | ED_REF_CONSTANT;
}

static float *floats_at(const struct stage *stage, ed_ref ref) {
  return (void *)(ref & ED_REF_CONSTANT ? stage->constants + (ref & ~ED_REF_CONSTANT) : stage->arena + ref);
}

static void fill(const struct stage *stage, const struct ed_depthwise_conv2d_record *r) {
  const size_t weights = (size_t)r->kh * r->kw * r->c, results = (size_t)r->n * r->oh * r->ow * r->c;
  for (size_t i = 0; i < (size_t)r->n * r->ih * r->iw * r->c; i++) floats_at(stage, r->x)[i] = random_float();
  for (size_t i = 0; i < results && r->residual != ED_REF_NONE; i++) floats_at(stage, r->residual)[i] = random_float();
  for (size_t j = 0; j < r->c && r->bias != ED_REF_NONE; j++) floats_at(stage, r->bias)[j] = random_float();
  for (size_t j = 0; j < r->c && r->weight_type; j++)
    floats_at(stage, r->scale)[j] = (1.5f + random_float()) / (r->weight_type == 2 ? 32768 : 128);
  void *w = floats_at(stage, r->w);
  for (size_t i = 0; i < weights; i++) {
    if (r->weight_type == 0) ((float *)w)[i] = random_float();
    if (r->weight_type == 1) ((int8_t *)w)[i] = (int8_t)random_between(-127, 127);
    if (r->weight_type == 2) ((int16_t *)w)[i] = (int16_t)random_between(-32767, 32767);
  }
}

static double weight_of(const struct stage *stage, const struct ed_depthwise_conv2d_record *r, size_t i) {
  const void *w = stage->constants + (r->w & ~ED_REF_CONSTANT);
  if (r->weight_type == 0) return ((const float *)w)[i];
  const double value = r->weight_type == 1 ? ((const int8_t *)w)[i] : ((const int16_t *)w)[i];
  return value * floats_at(stage, r->scale)[i % r->c];
}

static bool result_ok(const struct stage *stage, const struct ed_depthwise_conv2d_record *r, size_t at) {
  const size_t c = r->c, j = at % c, ox = at / c % r->ow, oy = at / c / r->ow % r->oh, batch = at / c / r->ow / r->oh;
  const double bias = r->bias != ED_REF_NONE ? floats_at(stage, r->bias)[j] : 0;
  const double residual = r->residual != ED_REF_NONE ? floats_at(stage, r->residual)[at] : 0;
  double sum = bias + residual, magnitude = fabs(bias) + fabs(residual);
  for (size_t tap = 0; tap < (size_t)r->kh * r->kw; tap++) {
    const int64_t iy = (int64_t)(oy * r->stride_h + tap / r->kw * r->dilation_h) - r->pad_top;
    const int64_t ix = (int64_t)(ox * r->stride_w + tap % r->kw * r->dilation_w) - r->pad_left;
    if (iy < 0 || iy >= r->ih || ix < 0 || ix >= r->iw) continue;
    const double x = floats_at(stage, r->x)[((batch * r->ih + (size_t)iy) * r->iw + (size_t)ix) * c + j];
    const double product = x * weight_of(stage, r, tap * c + j);
    sum += product, magnitude += fabs(product);
  }
  return near_to(floats_at(stage, r->y)[at], activate(ED_ACTIVATE(r), sum), 1.5 * F32_BOUND * magnitude + 1e-7);
}

static uint32_t up_to(uint32_t most) { return 1 + next_random() % most; }

/* Sizes that need not fit together: windows wider than the image or beside it. */
static struct ed_depthwise_conv2d_record describe_any(void) {
  const struct ed_activate f = activation_of(next_random());
  const bool three = next_random() % 2 == 0;
  return (struct ed_depthwise_conv2d_record){.n = up_to(3),
                                             .ih = up_to(7),
                                             .iw = up_to(7),
                                             .c = up_to(18),
                                             .oh = up_to(6),
                                             .ow = up_to(6),
                                             .kh = three ? 3 : up_to(5),
                                             .kw = three ? 3 : up_to(5),
                                             .stride_h = up_to(3),
                                             .stride_w = up_to(3),
                                             .pad_top = random_between(-3, 4),
                                             .pad_left = random_between(-3, 4),
                                             .dilation_h = three ? 1 : up_to(3),
                                             .dilation_w = three ? 1 : up_to(3),
                                             .weight_type = next_random() % 3,
                                             .activation = f.code,
                                             .act_a = f.a,
                                             .act_b = f.b,
                                             .act_c = f.c};
}

static void depthwise_case(const struct path *path, struct ed_depthwise_conv2d_record r, const char *name, uint32_t threads, unsigned number) {
  static const char *const types[] = {"f32", "int8w", "int16w"};
  const bool bias = number % 3 != 0, residual = number % 5 < 2;
  struct stage stage;
  place(&stage, &r, bias, residual);
  open_stage(&stage, path);
  fill(&stage, &r);
  struct ed_check less_arena = stage.check, less_constants = stage.check;
  less_arena.arena_bytes--;
  less_constants.constant_bytes--;
  const bool accepted = ed_check_depthwise_conv2d(&stage.check, &r) && !ed_check_depthwise_conv2d(&less_arena, &r) &&
                        !ed_check_depthwise_conv2d(&less_constants, &r);
  bool right = accepted, clean = accepted;
  if (accepted) {
    const size_t results = (size_t)r.n * r.oh * r.ow * r.c;
    prepare(&stage, threads);
    ed_run_depthwise_conv2d(&stage.context, &r);
    for (size_t at = 0; at < results; at++) right = right && result_ok(&stage, &r, at);
    allow(&stage, r.y, results * 4);
    clean = close_stage(&stage);
  } else {
    drop_stage(&stage);
  }
  ok(right && clean, "%s depthwise_conv2d %s %s channels %u threads %u activation %u%s%s%s", path->name, types[r.weight_type], name, r.c, threads,
     r.activation, bias ? " bias" : "", residual ? " residual" : "",
     !accepted ? ": check" : !right ? ": wrong value" : !clean ? ": wrote outside" : "");
}

void check_depthwise(const struct path *path) {
  static const uint32_t channels[] = {1, 3, 4, 5, 8, 9, 33};
  unsigned number = 0;
  for (size_t g = 0; g < sizeof GEOMETRIES / sizeof *GEOMETRIES; g++)
    for (size_t c = 0; c < sizeof channels / sizeof *channels; c++)
      for (uint32_t type = 0; type < 3; type++)
        for (uint32_t threads = 1; threads <= 3; threads += 2, number++)
          depthwise_case(path, describe(&GEOMETRIES[g], channels[c], type, activation_of((number + number / 8) / 2)), GEOMETRIES[g].name, threads,
                         number + number / 8);
  for (unsigned any = 0; any < 200; any++) depthwise_case(path, describe_any(), "any", 1 + any % 7, next_random());
}

/* Values of several signs and sizes; 0 is in every range. */
static float input_of(int kind, size_t i) {
  switch (kind) {
    case 0: return random_float() * 6;
    case 1: return 1 + fabsf(random_float());
    case 2: return -1 - fabsf(random_float());
    case 3: return 0;
    case 4: return i % 7 == 3 ? NAN : random_float() * 1000;
    case 5: return i == 0 ? INFINITY : random_float();
    case 6: return i % 2 ? 1e-20f : -2e-20f;
    case 7: return random_float() * 1e30f;
    case 8: return 5;
    case 9: return i % 2 ? 1e-40f : 0.5e-40f;
    default: return i % 3 == 0 ? -0.0f : random_float() * 1e-36f;
  }
}

static void quantize_case(const struct path *path, int kind, uint32_t count) {
  static const char *const kinds[] = {"both signs", "positive", "negative", "zeros", "NaN among them", "infinite", "tiny", "huge", "one value", "subnormal", "subnormal scale"};
  struct stage stage;
  struct ed_quantize_record r = {.count = count};
  stage.check.arena_bytes = stage.check.constant_bytes = 0;
  r.x = (ed_ref)put(&stage.check.arena_bytes, (size_t)count * 4);
  r.params = (ed_ref)put(&stage.check.arena_bytes, 8);
  r.y = (ed_ref)put_last(&stage.check.arena_bytes, count);
  open_stage(&stage, path);
  float *x = floats_at(&stage, r.x), low = 0, high = 0, scale;
  for (size_t i = 0; i < count; i++) {
    x[i] = input_of(kind, i);
    low = x[i] < low ? x[i] : low;
    high = x[i] > high ? x[i] : high;
  }
  const float width = (high - low) / 255.0f, want_scale = isnormal(width) ? width : 1, inverse = 1.0f / want_scale;
  const int32_t want_zero = (int32_t)fmin(fmax(nearbyint(-128.0f - low / want_scale), -128), 127);
  struct ed_check less = stage.check;
  less.arena_bytes--;
  bool right = ed_check_quantize(&stage.check, &r) && !ed_check_quantize(&less, &r);
  prepare(&stage, 1);
  ed_run_quantize(&stage.context, &r);
  int32_t zero_point;
  memcpy(&scale, stage.arena + r.params, 4);
  memcpy(&zero_point, stage.arena + r.params + 4, 4);
  right = right && scale == want_scale && zero_point == want_zero;
  for (size_t i = 0; i < count; i++) {
    const float scaled = x[i] * inverse;
    const double want = isnan(scaled) ? zero_point : fmin(fmax(nearbyint(scaled) + zero_point, -128), 127);
    const int8_t got = ((int8_t *)stage.arena + r.y)[i];
    right = right && got == want;
    /* Zero is exact; in a finite range the ends may be half a step further off than the rest. */
    if (x[i] == 0) right = right && got == zero_point;
    if (isfinite(width) && !isnan(x[i])) right = right && near_to((double)(got - zero_point) * scale, x[i], scale * 1.001);
  }
  allow(&stage, r.params, 8);
  allow(&stage, r.y, count);
  ok(close_stage(&stage) && right, "%s quantize op %s count %u", path->name, kinds[kind], count);
}

void check_quantize(const struct path *path) {
  static const uint32_t counts[] = {1, 7, 15, 16, 17, 40, 129};
  for (int kind = 0; kind < 11; kind++)
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) quantize_case(path, kind, counts[i]);
}
