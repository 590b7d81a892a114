#include "../core/vector.h"
#include "rows.h"

bool ed_check_resize(struct ed_check *check, const struct ed_resize_record *r) {
  const uint64_t in = ed_product4(r->n, r->ih, r->iw, r->c), out = ed_product4(r->n, r->oh, r->ow, r->c);
  return r->mode <= 1 && (in > 0 || out == 0) && ed_can_read_floats(check, r->x, in) && ed_can_write_floats(check, r->y, out);
}

/* The two source pixels of result pixel i and the weight of the second. */
struct tap {
  size_t low, high;
  float weight;
};

/* Any float to a pixel of the image; NaN to the first. */
static size_t clamp_pixel(float position, size_t size) {
  if (!(position > 0.0f)) return 0;
  return position < (float)size && (size_t)position < size ? (size_t)position : size - 1;
}

/* Every operation rounds to float as Paddle's do: the product goes through double so that no compiler fuses it with the sum. */
static struct tap tap_at(size_t i, size_t size, float ratio, const struct ed_resize_record *r) {
  const bool half = r->half_pixel && !r->align_corners;
  if (r->mode == 0) {
    const float scaled = (float)((double)ratio * (double)i);
    const size_t at = clamp_pixel(r->align_corners ? scaled + 0.5f : scaled, size);
    return (struct tap){at, at, 0.0f};
  }
  const float scaled = (float)((double)ratio * (double)((float)i + (half ? 0.5f : 0.0f)));
  const float position = half ? scaled - 0.5f : scaled;
  const size_t low = clamp_pixel(position, size);
  return (struct tap){low, low + 1 < size ? low + 1 : low, position > 0.0f ? position - (float)low : 0.0f};
}

/* row = n · oh */
static void run_rows(const struct ed_context *context, const void *record, size_t begin, size_t end) {
  const struct ed_resize_record *r = record;
  const size_t c = r->c, row = r->iw * c;
  for (size_t o = begin; o < end; o++) {
    const struct tap v = tap_at(o % r->oh, r->ih, r->ratio_h, r);
    const float *image = (const float *)ed_read(context, r->x) + o / r->oh * r->ih * row;
    const float *top = image + v.low * row, *bottom = image + v.high * row;
    float *y = (float *)ed_write(context, r->y) + o * r->ow * c;
    for (size_t ox = 0; ox < r->ow; ox++, y += c) {
      const struct tap h = tap_at(ox, r->iw, r->ratio_w, r);
      if (r->mode == 0) {
        memmove(y, top + h.low * c, c * sizeof *y);
        continue;
      }
      const float left = 1.0f - h.weight, right = h.weight, up = 1.0f - v.weight, down = v.weight;
      const float *a = top + h.low * c, *b = top + h.high * c, *d = bottom + h.low * c, *e = bottom + h.high * c;
      size_t i = 0;
      for (; i + 4 <= c; i += 4) {
        const ed_f32x4 upper = ed_load4(a + i) * left + ed_load4(b + i) * right;
        const ed_f32x4 lower = ed_load4(d + i) * left + ed_load4(e + i) * right;
        ed_store4(y + i, upper * up + lower * down);
      }
      for (; i < c; i++) y[i] = (a[i] * left + b[i] * right) * up + (d[i] * left + e[i] * right) * down;
    }
  }
}

void ed_run_resize(const struct ed_context *context, const struct ed_resize_record *r) {
  if (ed_product4(r->n, r->oh, r->ow, r->c) == 0) return;
  ed_for_rows(context, r, (size_t)r->n * r->oh, ed_product(r->ow, r->c), run_rows);
}
