/* Whole convolutions through a context by hand: ed_check_conv2d, then ed_run_conv2d, against the definition. */
#include "check.h"

struct geometry {
  const char *name;
  uint32_t kh, kw, stride_h, stride_w, dilation_h, dilation_w;
  int32_t pad_top, pad_left;
  uint32_t groups;
};

static const struct geometry GEOMETRIES[] = {
    {"1x1", 1, 1, 1, 1, 1, 1, 0, 0, 1},
    {"3x3 padded", 3, 3, 1, 1, 1, 1, 1, 1, 1},
    {"3x3 stride 2 groups 2", 3, 3, 2, 2, 1, 1, 1, 0, 2},
    {"3x3 dilation 2 padded", 3, 3, 1, 1, 2, 2, 2, 2, 1},
    {"1x3 stride 1x2 dilation 1x3 groups 3", 1, 3, 1, 2, 1, 3, 0, 2, 3},
    {"5x2 cropped", 5, 2, 2, 1, 1, 1, -1, -2, 1},
};

enum mode { MODE_F32, MODE_I8_WEIGHTS, MODE_I16_WEIGHTS, MODE_S8 };
static const char *const MODES[] = {"f32", "int8w", "int16w", "int8"};

struct conv_case {
  struct ed_conv2d_record r;
  const struct ed_gemm *gemm;
  struct stage stage;
  enum mode mode;
  uint32_t taps, panels, blocks, columns;
};

static uint32_t divide_up(uint32_t a, uint32_t b) { return (a + b - 1) / b; }

static size_t extent(const struct ed_conv2d_record *r, uint32_t batch, uint32_t row, uint32_t pixel) {
  return (size_t)(r->n - 1) * batch + (size_t)(r->oh - 1) * row + (size_t)(r->ow - 1) * pixel + r->groups * r->co;
}

static size_t packed(const struct conv_case *c, uint32_t group, uint32_t tap, uint32_t k, uint32_t channel) {
  const uint32_t nr = c->gemm->nr, kr = c->gemm->kr;
  const size_t panel = (size_t)group * c->panels + channel / nr;
  return (((panel * c->taps + tap) * c->blocks + k / kr) * nr + channel % nr) * kr + k % kr;
}

static size_t column_of(const struct conv_case *c, uint32_t group, uint32_t channel) {
  return ((size_t)group * c->panels + channel / c->gemm->nr) * c->gemm->nr + channel % c->gemm->nr;
}

static uint32_t input_side(uint32_t out, uint32_t k, uint32_t stride, uint32_t dilation, int32_t pad) {
  const int32_t side = (int32_t)((out - 1) * stride + (k - 1) * dilation + 1) - 2 * pad;
  return side < 1 ? 1 : (uint32_t)side;
}

/* What follows from the sizes of the record; results and residuals stand apart by gaps that must stay. */
static void complete(struct conv_case *c, unsigned number) {
  struct ed_conv2d_record *r = &c->r;
  const struct ed_activate f = activation_of(number / 4);
  r->x_pixel = r->groups * r->ci + 2;
  r->y_pixel = r->groups * r->co + 3, r->y_row = r->ow * r->y_pixel + 5, r->y_batch = r->oh * r->y_row + 7;
  r->r_pixel = r->groups * r->co + 1, r->r_row = r->ow * r->r_pixel + 2, r->r_batch = r->oh * r->r_row + 4;
  r->weight_type = c->mode == MODE_F32 ? 0 : c->mode == MODE_I16_WEIGHTS ? 2 : 1;
  r->input_type = c->mode == MODE_S8;
  r->block_rows = c->gemm->mr * (1 + number / 2 % 2);
  r->activation = f.code, r->act_a = f.a, r->act_b = f.b, r->act_c = f.c;
  c->taps = r->kh * r->kw, c->panels = divide_up(r->co, c->gemm->nr), c->blocks = divide_up(r->ci, c->gemm->kr);
  c->columns = r->groups * c->panels * c->gemm->nr;
}

/* The record without its references: an image that the windows cover exactly. */
static void describe(struct conv_case *c, const struct geometry *g, uint32_t pixels, uint32_t ci, uint32_t co, unsigned number) {
  struct ed_conv2d_record *r = &c->r;
  const uint32_t half = pixels % 2 == 0 ? 2 : 1;
  *r = (struct ed_conv2d_record){.n = number % 2 ? half : 1, .oh = number % 2 ? 1 : half, .ow = pixels / half, .ci = ci, .co = co};
  r->groups = g->groups, r->kh = g->kh, r->kw = g->kw, r->stride_h = g->stride_h, r->stride_w = g->stride_w;
  r->dilation_h = g->dilation_h, r->dilation_w = g->dilation_w, r->pad_top = g->pad_top, r->pad_left = g->pad_left;
  r->ih = input_side(r->oh, g->kh, g->stride_h, g->dilation_h, g->pad_top);
  r->iw = input_side(r->ow, g->kw, g->stride_w, g->dilation_w, g->pad_left);
  complete(c, number);
}

static uint32_t up_to(uint32_t most) { return 1 + next_random() % most; }

/* Sizes that need not fit together: windows wider than the image, beside it, or empty. */
static void describe_any(struct conv_case *c, unsigned number) {
  c->r = (struct ed_conv2d_record){.n = up_to(3), .ih = up_to(6), .iw = up_to(6), .ci = up_to(2 * c->gemm->kr + 3), .oh = up_to(5), .ow = up_to(5)};
  c->r.co = up_to(2 * c->gemm->nr + 2), c->r.groups = up_to(3);
  c->r.kh = next_random() % 6, c->r.kw = next_random() % 6, c->r.stride_h = up_to(3), c->r.stride_w = up_to(3);
  c->r.dilation_h = up_to(3), c->r.dilation_w = up_to(3), c->r.pad_top = random_between(-3, 5), c->r.pad_left = random_between(-3, 5);
  complete(c, number);
}

static void place(struct conv_case *c, bool bias, bool residual) {
  static const uint8_t width[] = {4, 1, 2};
  struct ed_conv2d_record *r = &c->r;
  uint64_t *arena = &c->stage.check.arena_bytes, *constants = &c->stage.check.constant_bytes;
  const size_t floats = c->columns * sizeof(float);
  *arena = *constants = 0;
  r->x = (ed_ref)put(arena, (size_t)r->n * r->ih * r->iw * r->x_pixel * (r->input_type ? 1 : 4) + ED_OVER_READ);
  r->x_params = r->input_type ? (ed_ref)put(arena, 8) : ED_REF_NONE;
  r->residual = residual ? (ed_ref)put(arena, extent(r, r->r_batch, r->r_row, r->r_pixel) * 4 + ED_OVER_READ) : ED_REF_NONE;
  r->y = (ed_ref)put_last(arena, extent(r, r->y_batch, r->y_row, r->y_pixel) * 4);
  r->bias = bias ? (ed_ref)put(constants, floats) | ED_REF_CONSTANT : ED_REF_NONE;
  r->scale = r->weight_type ? (ed_ref)put(constants, floats) | ED_REF_CONSTANT : ED_REF_NONE;
  r->sums = r->input_type ? (ed_ref)put(constants, floats) | ED_REF_CONSTANT : ED_REF_NONE;
  const size_t weights = (size_t)c->columns * c->taps * c->blocks * c->gemm->kr * width[r->weight_type];
  r->w = (ed_ref)put_last(constants, weights) | ED_REF_CONSTANT;
}

static void *constant(const struct conv_case *c, ed_ref ref) { return c->stage.constants + (ref & ~ED_REF_CONSTANT); }

static void fill_weights(const struct conv_case *c) {
  const struct ed_conv2d_record *r = &c->r;
  void *w = constant(c, r->w);
  memset(w, 0, (size_t)(c->stage.check.constant_bytes - (r->w & ~ED_REF_CONSTANT)));
  for (size_t j = 0; j < c->columns; j++) {
    if (r->bias != ED_REF_NONE) ((float *)constant(c, r->bias))[j] = random_float();
    if (r->scale != ED_REF_NONE) ((float *)constant(c, r->scale))[j] = (1.5f + random_float()) / (r->weight_type == 2 ? 32768 : 128);
    if (r->sums != ED_REF_NONE) ((int32_t *)constant(c, r->sums))[j] = 0;
  }
  for (uint32_t group = 0; group < r->groups; group++)
    for (uint32_t channel = 0; channel < r->co; channel++)
      for (uint32_t tap = 0; tap < c->taps; tap++)
        for (uint32_t k = 0; k < r->ci; k++) {
          const size_t at = packed(c, group, tap, k, channel);
          if (r->weight_type == 0) ((float *)w)[at] = random_float();
          if (r->weight_type == 1) ((int8_t *)w)[at] = (int8_t)random_between(-127, 127);
          if (r->weight_type == 2) ((int16_t *)w)[at] = (int16_t)random_between(-32767, 32767);
          if (r->input_type) ((int32_t *)constant(c, r->sums))[column_of(c, group, channel)] += ((int8_t *)w)[at];
        }
}

static void fill_inputs(const struct conv_case *c, unsigned number) {
  static const int32_t zero_points[] = {-128, -3, 0, 127};
  const struct ed_conv2d_record *r = &c->r;
  unsigned char *arena = c->stage.arena;
  for (size_t pixel = 0; pixel < (size_t)r->n * r->ih * r->iw; pixel++)
    for (size_t k = 0; k < (size_t)r->groups * r->ci; k++) {
      const size_t at = pixel * r->x_pixel + k;
      if (r->input_type) ((int8_t *)arena + r->x)[at] = (int8_t)random_between(-128, 127);
      else ((float *)(void *)(arena + r->x))[at] = random_float();
    }
  if (r->input_type) {
    const float scale = 0.0078125f;
    memcpy(arena + r->x_params, &scale, 4);
    memcpy(arena + r->x_params + 4, &zero_points[number % 4], 4);
  }
  if (r->residual == ED_REF_NONE) return;
  float *residual = (void *)(arena + r->residual);
  for (size_t i = 0; i < extent(r, r->r_batch, r->r_row, r->r_pixel); i++) residual[i] = random_float();
}

static double weight_of(const struct conv_case *c, uint32_t group, uint32_t tap, uint32_t k, uint32_t channel) {
  const void *w = constant(c, c->r.w);
  const size_t at = packed(c, group, tap, k, channel);
  if (c->r.weight_type == 0) return ((const float *)w)[at];
  const double value = c->r.weight_type == 1 ? ((const int8_t *)w)[at] : ((const int16_t *)w)[at];
  return value * ((const float *)constant(c, c->r.scale))[column_of(c, group, channel)];
}

/* One result by definition, compared. */
static bool result_ok(const struct conv_case *c, uint32_t batch, uint32_t oy, uint32_t ox, uint32_t group, uint32_t channel) {
  const struct ed_conv2d_record *r = &c->r;
  const unsigned char *arena = c->stage.arena;
  float x_scale = 1;
  int32_t zero_point = 0;
  if (r->input_type) {
    memcpy(&x_scale, arena + r->x_params, 4);
    memcpy(&zero_point, arena + r->x_params + 4, 4);
  }
  double sum = 0, magnitude = 0;
  for (uint32_t tap = 0; tap < c->taps; tap++) {
    const int64_t iy = (int64_t)oy * r->stride_h + (int64_t)(tap / r->kw) * r->dilation_h - r->pad_top;
    const int64_t ix = (int64_t)ox * r->stride_w + (int64_t)(tap % r->kw) * r->dilation_w - r->pad_left;
    if (iy < 0 || iy >= r->ih || ix < 0 || ix >= r->iw) continue;
    const size_t at = (((size_t)batch * r->ih + (size_t)iy) * r->iw + (size_t)ix) * r->x_pixel + group * r->ci;
    for (uint32_t k = 0; k < r->ci; k++) {
      const double x = r->input_type ? (double)x_scale * (((const int8_t *)arena + r->x)[at + k] - zero_point)
                                     : ((const float *)(const void *)(arena + r->x))[at + k];
      const double product = x * weight_of(c, group, tap, k, channel);
      sum += product, magnitude += fabs(product);
    }
  }
  const uint32_t column = group * r->co + channel;
  if (r->bias != ED_REF_NONE) {
    const double bias = ((const float *)constant(c, r->bias))[column_of(c, group, channel)];
    sum += bias, magnitude += fabs(bias);
  }
  if (r->residual != ED_REF_NONE) {
    const float *residual = (const void *)(arena + r->residual);
    const double value = residual[(size_t)batch * r->r_batch + (size_t)oy * r->r_row + (size_t)ox * r->r_pixel + column];
    sum += value, magnitude += fabs(value);
  }
  const float *y = (const void *)(arena + r->y);
  const double got = y[(size_t)batch * r->y_batch + (size_t)oy * r->y_row + (size_t)ox * r->y_pixel + column];
  /* No activation of the list is steeper than 1.5. */
  return near_to(got, activate(ED_ACTIVATE(r), sum), 1.5 * F32_BOUND * magnitude + 1e-7);
}

static bool results_ok(struct conv_case *c) {
  const struct ed_conv2d_record *r = &c->r;
  bool right = true;
  for (uint32_t batch = 0; batch < r->n; batch++)
    for (uint32_t oy = 0; oy < r->oh; oy++)
      for (uint32_t ox = 0; ox < r->ow; ox++) {
        for (uint32_t column = 0; column < r->groups * r->co; column++)
          right = right && result_ok(c, batch, oy, ox, column / r->co, column % r->co);
        const uint64_t at = (uint64_t)batch * r->y_batch + (uint64_t)oy * r->y_row + (uint64_t)ox * r->y_pixel;
        allow(&c->stage, r->y + at * 4, (size_t)r->groups * r->co * 4);
      }
  return right;
}

/* True when an operand that this kind of convolution does not have is refused: nothing would prove it in range. */
static bool refuses_surplus(const struct conv_case *c) {
  struct ed_conv2d_record with_scale = c->r, with_sums = c->r, with_params = c->r;
  struct ed_check check = c->stage.check;
  with_scale.scale = with_sums.sums = with_params.x_params = 0;
  return (c->r.scale != ED_REF_NONE || !ed_check_conv2d(&check, &with_scale)) &&
         (c->r.sums != ED_REF_NONE || !ed_check_conv2d(&check, &with_sums)) &&
         (c->r.x_params != ED_REF_NONE || !ed_check_conv2d(&check, &with_params));
}

/* True when the record is accepted with exactly its memory and refused with a byte less of either. */
static bool bounded(struct conv_case *c) {
  struct ed_check less_arena = c->stage.check, less_constants = c->stage.check;
  less_arena.arena_bytes--;
  less_constants.constant_bytes--;
  const bool no_constants = c->stage.check.constant_bytes == 0; /* neither taps nor bias */
  return ed_check_conv2d(&c->stage.check, &c->r) && !ed_check_conv2d(&less_arena, &c->r) &&
         (no_constants || !ed_check_conv2d(&less_constants, &c->r));
}

/* Fills and runs the described convolution. */
static void run_case(const struct path *path, struct conv_case *c, const char *name, uint32_t threads, unsigned number) {
  const bool bias = number % 3 != 0, residual = number % 5 < 2;
  place(c, bias, residual);
  open_stage(&c->stage, path);
  fill_weights(c);
  fill_inputs(c, number);
  const bool accepted = bounded(c) && refuses_surplus(c);
  bool right = false, clean = false;
  if (accepted) {
    prepare(&c->stage, threads);
    ed_run_conv2d(&c->stage.context, &c->r);
    right = results_ok(c);
    clean = close_stage(&c->stage);
  } else {
    drop_stage(&c->stage);
  }
  const struct ed_conv2d_record *r = &c->r;
  ok(accepted && right && clean, "%s conv2d %s %s pixels %u in %u out %u threads %u activation %u%s%s%s", path->name, MODES[c->mode], name,
     r->n * r->oh * r->ow, r->ci, r->co, threads, r->activation, bias ? " bias" : "", residual ? " residual" : "",
     !accepted ? ": check" : !right ? ": wrong value" : !clean ? ": wrote outside" : "");
}

static struct conv_case case_of(const struct path *path, int mode) {
  return (struct conv_case){.gemm = mode == MODE_S8 ? &path->kernels.s8_gemm : &path->kernels.f32_gemm, .mode = (enum mode)mode};
}

#define ANY_CASES 100

void check_conv2d(const struct path *path) {
  unsigned number = 0;
  for (int mode = MODE_F32; mode <= MODE_S8; mode++) {
    const struct ed_gemm *gemm = mode == MODE_S8 ? &path->kernels.s8_gemm : &path->kernels.f32_gemm;
    /* Equal to the tile, twice it, one below, one above; where a tile has one of something, other small numbers. */
    const uint32_t pixels[] = {gemm->mr, 2 * gemm->mr, gemm->mr - 1, gemm->mr + 1};
    const uint32_t outs[] = {gemm->nr, 2 * gemm->nr, gemm->nr - 1, gemm->nr + 1};
    const uint32_t ins[] = {gemm->kr, 2 * gemm->kr, gemm->kr > 1 ? gemm->kr - 1 : 5, gemm->kr > 1 ? gemm->kr + 1 : 33};
    for (size_t g = 0; g < sizeof GEOMETRIES / sizeof *GEOMETRIES; g++)
      for (size_t p = 0; p < 4; p++)
        for (size_t o = 0; o < 4; o++)
          for (uint32_t threads = 1; threads <= 3; threads += 2, number++) {
            struct conv_case c = case_of(path, mode);
            describe(&c, &GEOMETRIES[g], pixels[p], ins[(number / 2 + o + g) % 4], outs[o], number + number / 16);
            run_case(path, &c, GEOMETRIES[g].name, threads, number + number / 16);
          }
    for (unsigned any = 0; any < ANY_CASES; any++) {
      struct conv_case c = case_of(path, mode);
      describe_any(&c, next_random());
      run_case(path, &c, "any", 1 + any % 7, next_random());
    }
  }
}
