/*
 * Convolution as an indirect matrix product: no im2col. For a block of result pixels the driver lists, tap by tap, where
 * each pixel's input stands (padding points to a row of zeros); then every panel of weights passes over the block.
 */
#include <string.h>

#include "../core/activation.h"
#include "../core/kernels.h"
#include "../core/op.h"

enum { ED_WEIGHTS_F32, ED_WEIGHTS_I8, ED_WEIGHTS_I16 };

/* Offsets into one thread's scratch region; they saturate. */
struct scratch_layout {
  uint64_t rows, y, residual, zeros, panel, tile, discard, start, scale, bytes;
};

static uint32_t divide_up(uint32_t a, uint32_t b) { return a / b + (a % b != 0); }

static size_t input_bytes(const struct ed_conv2d_record *r) { return r->input_type == 1 ? 1 : 4; }

static bool dequantizes(const struct ed_conv2d_record *r) { return r->input_type == 0 && r->weight_type != ED_WEIGHTS_F32; }

static const struct ed_gemm *gemm_of(const struct ed_kernels *kernels, const struct ed_conv2d_record *r) {
  return r->input_type == 1 ? &kernels->s8_gemm : &kernels->f32_gemm;
}

static uint64_t reserve(struct scratch_layout *layout, uint64_t bytes) {
  const uint64_t at = layout->bytes;
  layout->bytes = ed_sum(at, ed_sum(bytes, 63)) / 64 * 64;
  return at;
}

static struct scratch_layout layout_scratch(const struct ed_conv2d_record *r, const struct ed_gemm *gemm) {
  struct scratch_layout layout = {0};
  const uint64_t taps = ed_product(r->kh, r->kw), pointer = sizeof(void *);
  /* Surplus rows of a tile read the zeros as input and as residual. */
  const uint64_t zeros = r->ci > r->co ? r->ci : r->co;
  layout.rows = reserve(&layout, ed_product3(taps, r->block_rows, pointer));
  layout.y = reserve(&layout, ed_product(r->block_rows, pointer));
  layout.residual = reserve(&layout, ed_product(r->block_rows, pointer));
  layout.zeros = reserve(&layout, ed_sum(ed_product(zeros, 4), ED_OVER_READ));
  layout.panel = reserve(&layout, dequantizes(r) ? ed_product4(taps, r->ci, gemm->nr, 4) : 0);
  layout.tile = reserve(&layout, sizeof(float) * gemm->mr * gemm->nr);
  layout.discard = reserve(&layout, ed_product(ed_sum(r->co, gemm->nr), sizeof(float)));
  layout.start = reserve(&layout, sizeof(int32_t) * gemm->nr);
  layout.scale = reserve(&layout, sizeof(float) * gemm->nr);
  return layout;
}

/* Bytes of one packed panel. */
static uint64_t panel_bytes(const struct ed_conv2d_record *r, const struct ed_gemm *gemm) {
  static const uint8_t width[] = {4, 1, 2};
  return ed_product4(ed_product(r->kh, r->kw), (uint64_t)divide_up(r->ci, gemm->kr) * gemm->kr, gemm->nr, width[r->weight_type]);
}

static uint64_t strided_extent(const struct ed_conv2d_record *r, uint32_t batch, uint32_t row, uint32_t pixel) {
  const uint64_t last = ed_sum(ed_sum(ed_product(r->n - 1, batch), ed_product(r->oh - 1, row)), ed_product(r->ow - 1, pixel));
  return ed_sum(last, ed_product(r->groups, r->co));
}

static bool geometry_ok(const struct ed_conv2d_record *r) {
  const uint32_t size = 1u << 24, small = 1u << 16;
  return r->n > 0 && r->ih > 0 && r->iw > 0 && r->ci > 0 && r->oh > 0 && r->ow > 0 && r->co > 0 && r->groups > 0 && r->n < size &&
         r->ih < size && r->iw < size && r->oh < size && r->ow < size && r->ci < size && r->kh < small && r->kw < small &&
         r->stride_h < small && r->stride_w < small && r->dilation_h < size && r->dilation_w < size && r->pad_top > -(int32_t)size &&
         r->pad_top < (int32_t)size && r->pad_left > -(int32_t)size && r->pad_left < (int32_t)size;
}

bool ed_check_conv2d(struct ed_check *check, const struct ed_conv2d_record *r) {
  if (!geometry_ok(r) || r->weight_type > ED_WEIGHTS_I16 || r->input_type > 1 || !ed_check_activation(r->activation)) return false;
  const struct ed_gemm *gemm = gemm_of(check->kernels, r);
  if (r->block_rows == 0 || r->block_rows % gemm->mr != 0 || r->block_rows > 1u << 16) return false;
  if (ed_product(r->ci, r->groups) > r->x_pixel) return false;
  /* Every result is a float of its own in the arena: more of them could only be an endless run. */
  if (ed_product4(r->n, r->oh, r->ow, ed_product(r->groups, r->co)) > check->arena_bytes / 4) return false;
  const uint64_t x_bytes = ed_product(ed_product4(r->n, r->ih, r->iw, r->x_pixel), input_bytes(r));
  if (!ed_can_read(check, r->x, ed_sum(x_bytes, ED_OVER_READ), r->input_type == 1 ? 1 : 4)) return false;
  const uint64_t panels = ed_product(r->groups, divide_up(r->co, gemm->nr)), columns = ed_product(panels, gemm->nr);
  if (!ed_can_read(check, r->w, ed_product(panels, panel_bytes(r, gemm)), 4)) return false;
  if (!ed_absent_or_floats(check, r->bias, columns)) return false;
  if (r->weight_type == ED_WEIGHTS_F32 ? r->scale != ED_REF_NONE : !ed_can_read_floats(check, r->scale, columns)) return false;
  if (r->input_type == 1) {
    if (r->weight_type != ED_WEIGHTS_I8 || !ed_can_read(check, r->sums, ed_product(columns, 4), 4)) return false;
    if (!ed_can_read(check, r->x_params, 8, 4)) return false;
  } else if (r->sums != ED_REF_NONE || r->x_params != ED_REF_NONE) {
    return false;
  }
  if (r->residual != ED_REF_NONE) {
    const uint64_t floats = strided_extent(r, r->r_batch, r->r_row, r->r_pixel);
    if (!ed_can_read(check, r->residual, ed_sum(ed_product(floats, 4), ED_OVER_READ), 4)) return false;
  }
  if (!ed_can_write_floats(check, r->y, strided_extent(r, r->y_batch, r->y_row, r->y_pixel))) return false;
  ed_need_scratch(check, layout_scratch(r, gemm).bytes);
  return true;
}

/* A thread's share: pixels [first, last) and, in every group, panels [first_panel, last_panel). */
struct share {
  uint32_t first, last, first_panel, last_panel;
};

struct conv_task {
  const struct ed_conv2d_record *r;
  const struct ed_gemm *gemm;
  const struct ed_kernels *kernels;
  const unsigned char *x, *w;
  const float *bias, *scale, *residual;
  const int32_t *sums;
  float x_scale;
  int32_t zero_point;
  float *y;
  unsigned char *scratch;
  size_t scratch_bytes;
  struct scratch_layout layout;
  uint32_t shares, pixels, panels;
};

/* Pixels are shared out where there are enough of them, panels otherwise. */
static struct share share_of(const struct conv_task *task, uint32_t index) {
  const uint32_t mr = task->gemm->mr, tiles = divide_up(task->pixels, mr);
  if (tiles >= task->shares * 2 || task->panels < task->shares) {
    const uint32_t each = divide_up(tiles, task->shares) * mr;
    const uint64_t first = (uint64_t)each * index, last = first + each;
    return (struct share){first < task->pixels ? (uint32_t)first : task->pixels,
                          last < task->pixels ? (uint32_t)last : task->pixels, 0, task->panels};
  }
  const uint32_t each = divide_up(task->panels, task->shares), first = each * index;
  return (struct share){0, task->pixels, first < task->panels ? first : task->panels,
                        first + each < task->panels ? first + each : task->panels};
}

/* Lists the block's inputs ([tile][tap][mr]), results and residuals. Rows beyond `count` read zeros and are discarded. */
static void list_pixels(const struct conv_task *task, unsigned char *scratch, uint32_t group, uint32_t first, uint32_t count) {
  const struct ed_conv2d_record *r = task->r;
  const uint32_t mr = task->gemm->mr, taps = r->kh * r->kw, padded = divide_up(count, mr) * mr;
  const size_t e = input_bytes(r);
  const void **rows = (void *)(scratch + task->layout.rows);
  float **y = (void *)(scratch + task->layout.y);
  const float **residual = (void *)(scratch + task->layout.residual);
  const void *zeros = scratch + task->layout.zeros;
  const unsigned char *x = task->x + (size_t)group * r->ci * e;
  uint32_t ox = first % r->ow, oy = first / r->ow % r->oh, batch = first / r->ow / r->oh;
  for (uint32_t i = 0; i < padded; i++) {
    const void **row = rows + (size_t)(i / mr) * taps * mr + i % mr;
    if (i >= count) {
      for (uint32_t tap = 0; tap < taps; tap++) row[(size_t)tap * mr] = zeros;
      y[i] = (void *)(scratch + task->layout.discard);
      residual[i] = zeros;
      continue;
    }
    const int64_t top = (int64_t)oy * r->stride_h - r->pad_top, left = (int64_t)ox * r->stride_w - r->pad_left;
    const size_t image = (size_t)batch * r->ih;
    for (uint32_t ky = 0; ky < r->kh; ky++) {
      const int64_t iy = top + (int64_t)ky * r->dilation_h;
      const bool inside = iy >= 0 && iy < r->ih;
      for (uint32_t kx = 0; kx < r->kw; kx++, row += mr) {
        const int64_t ix = left + (int64_t)kx * r->dilation_w;
        *row = inside && ix >= 0 && ix < r->iw ? x + ((image + (size_t)iy) * r->iw + (size_t)ix) * r->x_pixel * e : zeros;
      }
    }
    const size_t column = (size_t)group * r->co;
    y[i] = task->y + (size_t)batch * r->y_batch + (size_t)oy * r->y_row + (size_t)ox * r->y_pixel + column;
    if (task->residual)
      residual[i] = task->residual + (size_t)batch * r->r_batch + (size_t)oy * r->r_row + (size_t)ox * r->r_pixel + column;
    if (++ox == r->ow) {
      ox = 0;
      if (++oy == r->oh) oy = 0, batch++;
    }
  }
}

/* Points the tile at one panel's weights and channel constants, dequantised where they are stored as integers. */
static void take_panel(const struct conv_task *task, unsigned char *scratch, size_t panel, struct ed_tile *tile) {
  const struct ed_conv2d_record *r = task->r;
  const struct ed_gemm *gemm = task->gemm;
  const size_t column = panel * gemm->nr;
  const void *w = task->w + panel * (size_t)panel_bytes(r, gemm);
  tile->w = w;
  tile->bias = task->bias ? task->bias + column : NULL;
  if (r->input_type == 1) {
    int32_t *start = (void *)(scratch + task->layout.start);
    float *scale = (void *)(scratch + task->layout.scale);
    for (uint32_t j = 0; j < gemm->nr; j++) {
      start[j] = (int32_t)(0u - (uint32_t)task->zero_point * (uint32_t)task->sums[column + j]);
      scale[j] = task->x_scale * task->scale[column + j];
    }
    tile->start = start;
    tile->scale = scale;
  } else if (r->weight_type != ED_WEIGHTS_F32) {
    float *real = (void *)(scratch + task->layout.panel);
    const size_t blocks = tile->taps * tile->depth;
    if (r->weight_type == ED_WEIGHTS_I8) task->kernels->dequantize_i8(w, task->scale + column, real, blocks, gemm->nr);
    else task->kernels->dequantize_i16(w, task->scale + column, real, blocks, gemm->nr);
    tile->w = real;
  }
}

/* Runs the panel over every tile of the block; a panel that is not full goes through a tile of its own. */
static void run_panel(const struct conv_task *task, unsigned char *scratch, struct ed_tile *tile, uint32_t count, uint32_t column) {
  const uint32_t mr = task->gemm->mr, nr = task->gemm->nr, left = task->r->co - column;
  float *const *y = (void *)(scratch + task->layout.y);
  const float *const *residual = task->residual ? (void *)(scratch + task->layout.residual) : NULL;
  tile->rows = (void *)(scratch + task->layout.rows);
  tile->column = column;
  if (left >= nr) {
    for (uint32_t i = 0; i < count; i += mr, tile->rows += tile->taps * mr) {
      tile->y = y + i;
      tile->residual = residual ? residual + i : NULL;
      task->gemm->run(tile);
    }
    return;
  }
  float *buffer = (void *)(scratch + task->layout.tile);
  float *targets[ED_MAX_MR];
  const float *skips[ED_MAX_MR];
  for (uint32_t j = 0; j < mr; j++) targets[j] = buffer + j * nr;
  tile->y = targets;
  tile->residual = residual ? skips : NULL;
  tile->column = 0;
  for (uint32_t i = 0; i < count; i += mr, tile->rows += tile->taps * mr) {
    for (uint32_t j = 0; j < mr && residual; j++) skips[j] = residual[i + j] + column;
    task->gemm->run(tile);
    for (uint32_t j = 0; j < mr && i + j < count; j++) memcpy(y[i + j] + column, buffer + j * nr, left * sizeof(float));
  }
}

static void run_share(void *argument, uint32_t index) {
  const struct conv_task *task = argument;
  const struct ed_conv2d_record *r = task->r;
  const struct ed_activate f = ED_ACTIVATE(r);
  const bool clamps = f.code == ED_ACT_CLAMP;
  const uint32_t nr = task->gemm->nr;
  unsigned char *scratch = task->scratch + index * task->scratch_bytes;
  const struct share share = share_of(task, index);
  if (share.first >= share.last || share.first_panel >= share.last_panel) return;
  memset(scratch + task->layout.zeros, r->input_type == 1 ? (int8_t)task->zero_point : 0, r->ci * input_bytes(r) + ED_OVER_READ);
  memset(scratch + task->layout.tile, 0, sizeof(float) * task->gemm->mr * nr);
  struct ed_tile tile = {.taps = (size_t)r->kh * r->kw,
                         .depth = r->ci,
                         .low = clamps ? f.a : -__builtin_inff(),
                         .high = clamps ? f.b : __builtin_inff()};
  for (uint32_t group = 0; group < r->groups; group++) {
    for (uint32_t first = share.first; first < share.last; first += r->block_rows) {
      const uint32_t count = share.last - first < r->block_rows ? share.last - first : r->block_rows;
      list_pixels(task, scratch, group, first, count);
      for (uint32_t panel = share.first_panel; panel < share.last_panel; panel++) {
        take_panel(task, scratch, (size_t)group * task->panels + panel, &tile);
        run_panel(task, scratch, &tile, count, panel * nr);
      }
      if (f.code == ED_ACT_NONE || clamps) continue;
      float *const *y = (void *)(scratch + task->layout.y);
      const uint32_t from = share.first_panel * nr, to = share.last_panel * nr < r->co ? share.last_panel * nr : r->co;
      for (uint32_t i = 0; i < count; i++) ed_activate_row(y[i] + from, to - from, f.code, f.a, f.b, f.c);
    }
  }
}

void ed_run_conv2d(const struct ed_context *context, const struct ed_conv2d_record *r) {
  const struct ed_gemm *gemm = gemm_of(context->kernels, r);
  struct conv_task task = {
      .r = r,
      .gemm = gemm,
      .kernels = context->kernels,
      .x = ed_read(context, r->x),
      .w = ed_read(context, r->w),
      .bias = ed_read(context, r->bias),
      .scale = ed_read(context, r->scale),
      .sums = ed_read(context, r->sums),
      .residual = ed_read(context, r->residual),
      .y = ed_write(context, r->y),
      .scratch = context->scratch,
      .scratch_bytes = context->scratch_bytes,
      .layout = layout_scratch(r, gemm),
      .shares = ed_thread_count(context),
      .pixels = r->n * r->oh * r->ow,
      .panels = divide_up(r->co, gemm->nr),
  };
  if (r->input_type == 1) {
    const unsigned char *params = ed_read(context, r->x_params);
    memcpy(&task.x_scale, params, 4);
    memcpy(&task.zero_point, params + 4, 4);
  }
  ed_parallel(context, task.shares, run_share, &task);
}
