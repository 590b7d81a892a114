#include <float.h>

#include "../core/vector.h"
#include "rows.h"

bool ed_check_pool2d(struct ed_check *check, const struct ed_pool2d_record *r) {
  const uint64_t in = ed_product4(r->n, r->ih, r->iw, r->c), out = ed_product4(r->n, r->oh, r->ow, r->c);
  return r->kind <= 1 && (in > 0 || out == 0) && ed_can_read_floats(check, r->x, in) && ed_can_write_floats(check, r->y, out);
}

/* A window along one axis: clipped to the image; `padded` is its length before that. */
struct window {
  size_t begin, end;
  int64_t padded;
};

static struct window window_at(int64_t o, int64_t in, int64_t out, int64_t k, int64_t stride, int64_t pad, bool adaptive) {
  int64_t begin = o * stride - pad, end = begin + k < in + pad ? begin + k : in + pad;
  if (adaptive) {
    begin = o * in / out;
    end = ((o + 1) * in + out - 1) / out;
  }
  const int64_t padded = end - begin;
  if (begin < 0) begin = 0;
  if (end > in) end = in;
  if (end < begin) begin = end = 0;
  return (struct window){(size_t)begin, (size_t)end, padded};
}

/* Four channels of one window; the loop over `lanes` < 4 is for the last ones of a pixel. */
static inline ed_f32x4 pool4(const float *corner, size_t row, size_t c, size_t h, size_t w, bool average, size_t lanes) {
  ed_f32x4 value = ed_set4(average ? 0.0f : -FLT_MAX);
  for (size_t y = 0; y < h; y++) {
    for (size_t x = 0; x < w; x++) {
      const float *from = corner + y * row + x * c;
      const ed_f32x4 element = lanes == 4 ? ed_load4(from) : ed_load_tail(from, lanes);
      value = average ? value + element : ed_select4(element < value, value, element);
    }
  }
  return value;
}

/* row = n · oh */
static void run_rows(const struct ed_context *context, const void *record, size_t begin, size_t end) {
  const struct ed_pool2d_record *r = record;
  const size_t c = r->c, row = r->iw * c;
  const bool average = r->kind == 1, adaptive = r->adaptive != 0;
  for (size_t o = begin; o < end; o++) {
    const float *image = (const float *)ed_read(context, r->x) + o / r->oh * r->ih * row;
    float *y = (float *)ed_write(context, r->y) + o * r->ow * c;
    const struct window v =
        window_at((int64_t)(o % r->oh), r->ih, r->oh, r->kh, r->stride_h, r->pad_top, adaptive);
    for (size_t ox = 0; ox < r->ow; ox++, y += c) {
      const struct window h = window_at((int64_t)ox, r->iw, r->ow, r->kw, r->stride_w, r->pad_left, adaptive);
      const size_t height = v.end - v.begin, width = h.end - h.begin;
      const float *corner = image + v.begin * row + h.begin * c;
      const float area = r->exclusive ? (float)(height * width) : (float)v.padded * (float)h.padded;
      /* Rounding up may leave windows without a pixel: their average is 0. */
      const float factor = !average ? 1.0f : area == 0.0f ? 0.0f : 1.0f / area;
      size_t i = 0;
      if (average) {
        for (; i + 4 <= c; i += 4) ed_store4(y + i, pool4(corner + i, row, c, height, width, true, 4) * factor);
      } else {
        for (; i + 4 <= c; i += 4) ed_store4(y + i, pool4(corner + i, row, c, height, width, false, 4));
      }
      if (i < c) ed_store_tail(y + i, pool4(corner + i, row, c, height, width, average, c - i) * factor, c - i);
    }
  }
}

void ed_run_pool2d(const struct ed_context *context, const struct ed_pool2d_record *r) {
  if (ed_product4(r->n, r->oh, r->ow, r->c) == 0) return;
  const uint64_t window = r->adaptive ? ed_product((r->ih - 1) / r->oh + 1, (r->iw - 1) / r->ow + 1) : ed_product(r->kh, r->kw);
  ed_for_rows(context, r, (size_t)r->n * r->oh, ed_product3(r->ow, r->c, window), run_rows);
}
