#include "../core/op.h"

bool ed_check_resize(struct ed_check *check, const struct ed_resize_record *r) {
  const uint64_t in = ed_product4(r->n, r->ih, r->iw, r->c), out = ed_product4(r->n, r->oh, r->ow, r->c);
  return r->mode <= 1 && in > 0 && out > 0 && r->ih <= INT32_MAX && r->iw <= INT32_MAX && r->ratio_h >= 0 && r->ratio_w >= 0 &&
         ed_can_read_floats(check, r->x, in) && ed_can_write_floats(check, r->y, out);
}

struct tap {
  size_t low, high;
  float weight;
};

/* Paddle's arithmetic, in fp32: the two source pixels of result pixel i and the weight of the second. */
static struct tap tap_of(const struct ed_resize_record *r, uint32_t i, uint32_t size, float ratio) {
  const float last = (float)(size - 1);
  if (r->mode == 0) {
    const float at = ratio * (float)i + (r->align_corners ? 0.5f : 0.0f);
    const size_t low = at < last ? (size_t)at : size - 1;
    return (struct tap){low, low, 0};
  }
  float at = r->half_pixel && !r->align_corners ? ratio * ((float)i + 0.5f) - 0.5f : ratio * (float)i;
  at = at > 0 ? at : 0;
  const size_t low = at < last ? (size_t)at : size - 1;
  return (struct tap){low, low + 1 < size ? low + 1 : size - 1, at - (float)low};
}

struct resize_task {
  const struct ed_resize_record *record;
  const float *x;
  float *y;
};

static void run_row(void *argument, uint32_t index) {
  const struct resize_task *task = argument;
  const struct ed_resize_record *r = task->record;
  const struct tap row = tap_of(r, index % r->oh, r->ih, r->ratio_h);
  const size_t c = r->c, image = (size_t)(index / r->oh) * r->ih;
  const float *top = task->x + (image + row.low) * r->iw * c, *bottom = task->x + (image + row.high) * r->iw * c;
  float *y = task->y + (size_t)index * r->ow * c;
  for (uint32_t ox = 0; ox < r->ow; ox++, y += c) {
    const struct tap column = tap_of(r, ox, r->iw, r->ratio_w);
    const float *a = top + column.low * c, *b = top + column.high * c;
    const float *d = bottom + column.low * c, *e = bottom + column.high * c;
    const float w = column.weight, h = row.weight;
    if (r->mode == 0) {
      for (size_t i = 0; i < c; i++) y[i] = a[i];
    } else {
      for (size_t i = 0; i < c; i++) y[i] = (a[i] * (1 - w) + b[i] * w) * (1 - h) + (d[i] * (1 - w) + e[i] * w) * h;
    }
  }
}

void ed_run_resize(const struct ed_context *context, const struct ed_resize_record *r) {
  struct resize_task task = {r, ed_read(context, r->x), ed_write(context, r->y)};
  ed_parallel(context, r->n * r->oh, run_row, &task);
}
