/* Depthwise convolution, one result row a task. 3×3 windows inside the image go to the span kernel, borders pixel by pixel. */
#include <math.h>
#include <string.h>

#include "../core/activation.h"
#include "../core/kernels.h"
#include "../core/op.h"

/* Offsets into one thread's scratch region; they saturate. */
struct scratch_layout {
  uint64_t zeros, weights, rows, bytes;
};

static struct scratch_layout layout_scratch(const struct ed_depthwise_conv2d_record *r) {
  const uint64_t taps = ed_product(r->kh, r->kw), channels = ed_product(r->c, 4);
  const uint64_t zeros = ed_sum(channels, ED_OVER_READ + 63) / 64 * 64;
  const uint64_t weights = r->weight_type == 0 ? 0 : ed_sum(ed_product(taps, channels), 63) / 64 * 64;
  const uint64_t rows = ed_sum(zeros, weights);
  return (struct scratch_layout){0, zeros, rows, ed_sum(rows, ed_product(taps, sizeof(void *)))};
}

bool ed_check_depthwise_conv2d(struct ed_check *check, const struct ed_depthwise_conv2d_record *r) {
  static const uint8_t width[] = {4, 1, 2};
  const uint32_t size = 1u << 24, small = 1u << 16;
  const uint64_t in = ed_product4(r->n, r->ih, r->iw, r->c), out = ed_product4(r->n, r->oh, r->ow, r->c);
  if (in == 0 || out == 0 || r->kh == 0 || r->kw == 0 || r->stride_h == 0 || r->stride_w == 0) return false;
  if (r->weight_type > 2 || !ed_check_activation(r->activation)) return false;
  if (r->ih >= size || r->iw >= size || r->oh >= size || r->ow >= size || r->kh >= small || r->kw >= small || r->stride_h >= small ||
      r->stride_w >= small || r->dilation_h >= small || r->dilation_w >= small || r->pad_top < -(int32_t)size ||
      r->pad_top > (int32_t)size || r->pad_left < -(int32_t)size || r->pad_left > (int32_t)size)
    return false;
  const uint64_t weights = ed_product3(r->kh, r->kw, r->c);
  const bool readable = ed_can_read_floats(check, r->x, in) && ed_can_read(check, r->w, ed_product(weights, width[r->weight_type]), width[r->weight_type]) &&
                        ed_absent_or_floats(check, r->bias, r->c) && ed_absent_or_floats(check, r->residual, out) &&
                        (r->weight_type == 0 ? r->scale == ED_REF_NONE : ed_can_read_floats(check, r->scale, r->c));
  if (!readable || !ed_can_write_floats(check, r->y, out)) return false;
  ed_need_scratch(check, layout_scratch(r).bytes);
  return true;
}

struct depthwise_task {
  const struct ed_depthwise_conv2d_record *r;
  const struct ed_kernels *kernels;
  const float *x, *bias, *scale, *residual;
  const void *w;
  float *y;
  unsigned char *scratch;
  size_t scratch_bytes;
  uint32_t shares;
};

/* The weights as floats: in place, or dequantised into this thread's scratch. */
static const float *real_weights(const struct depthwise_task *task, unsigned char *scratch, const struct scratch_layout *layout) {
  const struct ed_depthwise_conv2d_record *r = task->r;
  if (r->weight_type == 0) return task->w;
  float *real = (void *)(scratch + layout->weights);
  const size_t taps = (size_t)r->kh * r->kw;
  if (r->weight_type == 1) task->kernels->dequantize_i8(task->w, task->scale, real, taps, r->c);
  else task->kernels->dequantize_i16(task->w, task->scale, real, taps, r->c);
  return real;
}

/* First and one past the last result whose whole window lies inside the image. */
static void inner_range(uint32_t in, uint32_t out, uint32_t k, uint32_t stride, int32_t pad, uint32_t dilation, uint32_t *first, uint32_t *last) {
  const int64_t reach = (int64_t)(k - 1) * dilation, step = stride > 0 ? stride : 1;
  int64_t start = pad > 0 ? ((int64_t)pad + step - 1) / step : 0;
  const int64_t room = (int64_t)in - 1 - reach + pad;
  int64_t end = room >= 0 ? room / step + 1 : 0;
  if (end > out) end = out;
  if (start > end) start = end;
  *first = (uint32_t)start;
  *last = (uint32_t)end;
}

static void run_row(const struct depthwise_task *task, unsigned char *scratch, const struct scratch_layout *layout, const float *w, uint32_t index) {
  const struct ed_depthwise_conv2d_record *r = task->r;
  const struct ed_activate f = ED_ACTIVATE(r);
  const float low = f.code == ED_ACT_CLAMP ? f.a : -INFINITY, high = f.code == ED_ACT_CLAMP ? f.b : INFINITY;
  const uint32_t oy = index % r->oh;
  const size_t c = r->c, image = (size_t)(index / r->oh) * r->ih;
  const float *zeros = (void *)(scratch + layout->zeros);
  const float **rows = (void *)(scratch + layout->rows);
  float *y = task->y + (size_t)index * r->ow * c;
  const float *residual = task->residual ? task->residual + (size_t)index * r->ow * c : NULL;
  const int64_t top = (int64_t)oy * r->stride_h - r->pad_top;
  uint32_t first, last;
  inner_range(r->iw, r->ow, r->kw, r->stride_w, r->pad_left, r->dilation_w, &first, &last);
  const bool spans = r->kh == 3 && r->kw == 3 && r->dilation_h == 1 && r->dilation_w == 1 && top >= 0 && top + 2 < r->ih;
  for (uint32_t ox = 0; ox < r->ow; ox++) {
    const int64_t left = (int64_t)ox * r->stride_w - r->pad_left;
    if (spans && ox == first && last > first) {
      const struct ed_depthwise_span span = {.x = task->x + ((image + (size_t)top) * r->iw + (size_t)left) * c,
                                             .w = w,
                                             .bias = task->bias,
                                             .residual = residual ? residual + ox * c : NULL,
                                             .y = y + ox * c,
                                             .count = last - first,
                                             .c = c,
                                             .step = r->stride_w * c,
                                             .row = r->iw * c,
                                             .low = low,
                                             .high = high};
      task->kernels->depthwise_span(&span);
      ox = last - 1;
      continue;
    }
    size_t tap = 0;
    for (uint32_t ky = 0; ky < r->kh; ky++) {
      const int64_t iy = top + (int64_t)ky * r->dilation_h;
      for (uint32_t kx = 0; kx < r->kw; kx++) {
        const int64_t ix = left + (int64_t)kx * r->dilation_w;
        const bool inside = iy >= 0 && iy < r->ih && ix >= 0 && ix < r->iw;
        rows[tap++] = inside ? task->x + ((image + (size_t)iy) * r->iw + (size_t)ix) * c : zeros;
      }
    }
    const struct ed_depthwise_pixel pixel = {.rows = rows,
                                             .w = w,
                                             .bias = task->bias,
                                             .residual = residual ? residual + ox * c : NULL,
                                             .y = y + ox * c,
                                             .taps = tap,
                                             .c = c,
                                             .low = low,
                                             .high = high};
    task->kernels->depthwise_pixel(&pixel);
  }
  if (f.code != ED_ACT_NONE && f.code != ED_ACT_CLAMP) ed_activate_row(y, r->ow * c, f.code, f.a, f.b, f.c);
}

static void run_share(void *argument, uint32_t index) {
  const struct depthwise_task *task = argument;
  const struct ed_depthwise_conv2d_record *r = task->r;
  const struct scratch_layout layout = layout_scratch(r);
  unsigned char *scratch = task->scratch + index * task->scratch_bytes;
  memset(scratch + layout.zeros, 0, (size_t)r->c * 4);
  const float *w = real_weights(task, scratch, &layout);
  const uint64_t rows = (uint64_t)r->n * r->oh;
  for (uint64_t row = rows * index / task->shares; row < rows * (index + 1) / task->shares; row++)
    run_row(task, scratch, &layout, w, (uint32_t)row);
}

void ed_run_depthwise_conv2d(const struct ed_context *context, const struct ed_depthwise_conv2d_record *r) {
  struct depthwise_task task = {
      .r = r,
      .kernels = context->kernels,
      .x = ed_read(context, r->x),
      .w = ed_read(context, r->w),
      .bias = ed_read(context, r->bias),
      .scale = ed_read(context, r->scale),
      .residual = ed_read(context, r->residual),
      .y = ed_write(context, r->y),
      .scratch = context->scratch,
      .scratch_bytes = context->scratch_bytes,
      .shares = ed_thread_count(context),
  };
  ed_parallel(context, task.shares, run_share, &task);
}
