#include <float.h>

#include "../core/op.h"

bool ed_check_pool2d(struct ed_check *check, const struct ed_pool2d_record *r) {
  const uint64_t in = ed_product4(r->n, r->ih, r->iw, r->c), out = ed_product4(r->n, r->oh, r->ow, r->c);
  const uint32_t limit = 1u << 24;
  return r->kind <= 1 && in > 0 && out > 0 && r->ih < limit && r->iw < limit && r->oh < limit && r->ow < limit &&
         r->kh > 0 && r->kw > 0 && r->kh < limit && r->kw < limit && r->stride_h < limit && r->stride_w < limit &&
         r->pad_top >= 0 && r->pad_left >= 0 && r->pad_top < (int32_t)limit && r->pad_left < (int32_t)limit &&
         ed_can_read_floats(check, r->x, in) && ed_can_write_floats(check, r->y, out);
}

/* A window along one axis, clipped to the image; `area`: its length as an average counts it. */
struct window {
  int64_t start, end, area;
};

static struct window window_of(uint32_t o, uint32_t in, uint32_t out, uint32_t k, uint32_t stride, int32_t pad,
                               const struct ed_pool2d_record *r) {
  struct window w;
  if (r->adaptive) {
    w.start = (int64_t)o * in / out;
    w.end = ((int64_t)(o + 1) * in + out - 1) / out;
    w.area = w.end - w.start;
    return w;
  }
  w.start = (int64_t)o * stride - pad;
  w.end = w.start + k < (int64_t)in + pad ? w.start + k : (int64_t)in + pad;
  w.area = w.end - w.start;
  if (w.start < 0) w.start = 0;
  if (w.end > in) w.end = in;
  if (r->exclusive) w.area = w.end - w.start;
  return w;
}

struct pool_task {
  const struct ed_pool2d_record *record;
  const float *x;
  float *y;
};

static void run_row(void *argument, uint32_t index) {
  const struct pool_task *task = argument;
  const struct ed_pool2d_record *r = task->record;
  const size_t c = r->c;
  const float *image = task->x + (size_t)(index / r->oh) * r->ih * r->iw * c;
  float *y = task->y + (size_t)index * r->ow * c;
  const struct window rows = window_of(index % r->oh, r->ih, r->oh, r->kh, r->stride_h, r->pad_top, r);
  for (uint32_t ox = 0; ox < r->ow; ox++, y += c) {
    const struct window columns = window_of(ox, r->iw, r->ow, r->kw, r->stride_w, r->pad_left, r);
    const float initial = r->kind == 0 ? -FLT_MAX : 0;
    for (size_t i = 0; i < c; i++) y[i] = initial;
    for (int64_t iy = rows.start; iy < rows.end; iy++) {
      for (int64_t ix = columns.start; ix < columns.end; ix++) {
        const float *x = image + ((size_t)iy * r->iw + (size_t)ix) * c;
        if (r->kind == 0) {
          for (size_t i = 0; i < c; i++) y[i] = x[i] > y[i] ? x[i] : y[i];
        } else {
          for (size_t i = 0; i < c; i++) y[i] += x[i];
        }
      }
    }
    if (r->kind == 0) continue;
    const float scale = 1.0f / (float)(rows.area * columns.area);
    for (size_t i = 0; i < c; i++) y[i] *= scale;
  }
}

void ed_run_pool2d(const struct ed_context *context, const struct ed_pool2d_record *r) {
  struct pool_task task = {r, ed_read(context, r->x), ed_write(context, r->y)};
  ed_parallel(context, r->n * r->oh, run_row, &task);
}
