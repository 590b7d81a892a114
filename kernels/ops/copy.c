#include <string.h>

#include "../core/op.h"

/* Lowest and highest element a strided view touches; false when a product does not fit 64 bits comfortably. */
static bool reach(const uint32_t *dims, const int32_t *strides, uint32_t rank, int64_t *low, int64_t *high) {
  *low = *high = 0;
  for (uint32_t axis = 0; axis < rank; axis++) {
    const int64_t span = ((int64_t)dims[axis] - 1) * strides[axis];
    if (span < 0) *low += span;
    else *high += span;
  }
  return *low > -((int64_t)1 << 40) && *high < (int64_t)1 << 40;
}

bool ed_check_copy(struct ed_check *check, const struct ed_copy_record *r) {
  const uint32_t e = r->element;
  if (!(e == 1 || e == 2 || e == 4 || e == 8) || r->rank < 1 || r->rank > ED_MAX_RANK) return false;
  if (r->x == ED_REF_NONE || r->y == ED_REF_NONE) return false;
  uint64_t count = e;
  int32_t y_strides[ED_MAX_RANK];
  for (uint32_t axis = 0; axis < r->rank; axis++) {
    if (r->dims[axis] == 0 || r->y_strides[axis] > INT32_MAX || r->dims[axis] > INT32_MAX) return false;
    count = ed_product(count, r->dims[axis]);
    y_strides[axis] = (int32_t)r->y_strides[axis];
  }
  /* Every element written is another one, so a copy cannot be longer than the arena. */
  if (count > check->arena_bytes) return false;
  int64_t low, high;
  if (!reach(r->dims, y_strides, r->rank, &low, &high) || !ed_can_write(check, r->y, (uint64_t)(high + 1) * e, e)) return false;
  if (!reach(r->dims, r->x_strides, r->rank, &low, &high)) return false;
  const uint64_t before = (uint64_t)-low * e;
  return (r->x & ~ED_REF_CONSTANT) >= before && ed_can_read(check, r->x, (uint64_t)(high + 1) * e, e);
}

static void copy_row(unsigned char *y, const unsigned char *x, size_t count, ptrdiff_t x_step, size_t y_step, size_t e) {
  if (x_step == 1 && y_step == 1) {
    memcpy(y, x, count * e);
    return;
  }
#define ED_COPY(type)                                                                                              \
  for (size_t i = 0; i < count; i++) ((type *)y)[i * y_step] = ((const type *)x)[(ptrdiff_t)i * x_step];            \
  break
  switch (e) {
    case 1: ED_COPY(uint8_t);
    case 2: ED_COPY(uint16_t);
    case 4: ED_COPY(uint32_t);
    case 8: ED_COPY(uint64_t);
  }
#undef ED_COPY
}

void ed_run_copy(const struct ed_context *context, const struct ed_copy_record *r) {
  const unsigned char *x = ed_read(context, r->x);
  unsigned char *y = ed_write(context, r->y);
  const uint32_t last = r->rank - 1;
  const ptrdiff_t e = (ptrdiff_t)r->element;
  uint32_t position[ED_MAX_RANK] = {0};
  for (;;) {
    copy_row(y, x, r->dims[last], r->x_strides[last], r->y_strides[last], r->element);
    uint32_t axis = last;
    for (;;) {
      if (axis == 0) return;
      axis--;
      x += r->x_strides[axis] * e;
      y += (ptrdiff_t)r->y_strides[axis] * e;
      if (++position[axis] < r->dims[axis]) break;
      x -= (ptrdiff_t)r->dims[axis] * r->x_strides[axis] * e;
      y -= (ptrdiff_t)r->dims[axis] * (ptrdiff_t)r->y_strides[axis] * e;
      position[axis] = 0;
    }
  }
}
