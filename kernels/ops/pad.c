#include "../core/op.h"

enum { ED_PAD_CONSTANT, ED_PAD_REFLECT, ED_PAD_EDGE, ED_PAD_COUNT };

bool ed_check_pad(struct ed_check *check, const struct ed_pad_record *r) {
  if (r->mode >= ED_PAD_COUNT || r->rank < 1 || r->rank > ED_MAX_RANK) return false;
  uint64_t x = 1, y = 1;
  for (uint32_t axis = 0; axis < r->rank; axis++) {
    const uint64_t size = r->dims[axis];
    if (size == 0 || size > INT32_MAX || r->before[axis] > INT32_MAX || r->after[axis] > INT32_MAX) return false;
    if (r->mode == ED_PAD_REFLECT && (r->before[axis] >= size || r->after[axis] >= size)) return false;
    x = ed_product(x, size);
    y = ed_product(y, size + r->before[axis] + r->after[axis]);
  }
  return ed_can_read_floats(check, r->x, x) && ed_can_write_floats(check, r->y, y);
}

/* Source index of position i − before, or −1 for the constant. */
static int64_t source(const struct ed_pad_record *r, uint32_t axis, uint32_t i) {
  const int64_t size = r->dims[axis], at = (int64_t)i - r->before[axis];
  if (at >= 0 && at < size) return at;
  if (r->mode == ED_PAD_CONSTANT) return -1;
  if (r->mode == ED_PAD_EDGE) return at < 0 ? 0 : size - 1;
  return at < 0 ? -at : 2 * (size - 1) - at;
}

static float *pad_axis(const struct ed_pad_record *r, uint32_t axis, const float *x, int inside, float *y) {
  size_t inner = 1;
  for (uint32_t i = axis + 1; i < r->rank; i++) inner *= r->dims[i];
  const uint32_t size = r->dims[axis] + r->before[axis] + r->after[axis];
  for (uint32_t i = 0; i < size; i++) {
    const int64_t from = inside ? source(r, axis, i) : -1;
    if (axis + 1 == r->rank) *y++ = from < 0 ? r->value : x[from];
    else y = pad_axis(r, axis + 1, from < 0 ? x : x + (size_t)from * inner, from >= 0, y);
  }
  return y;
}

void ed_run_pad(const struct ed_context *context, const struct ed_pad_record *r) {
  pad_axis(r, 0, ed_read(context, r->x), 1, ed_write(context, r->y));
}
