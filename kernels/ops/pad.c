#include <string.h>

#include "rows.h"
#include "strides.h"

enum { PAD_CONSTANT, PAD_REFLECT, PAD_EDGE, PAD_CIRCULAR };

bool ed_check_pad(struct ed_check *check, const struct ed_pad_record *r) {
  if (r->mode > PAD_CIRCULAR || r->rank < 1 || r->rank > ED_MAX_RANK) return false;
  uint64_t out = 1;
  for (uint32_t axis = 0; axis < r->rank; axis++) {
    const uint64_t size = r->dims[axis];
    const bool padded = r->before[axis] > 0 || r->after[axis] > 0;
    if (padded && r->mode == PAD_REFLECT && (r->before[axis] >= size || r->after[axis] >= size)) return false;
    if (padded && r->mode >= PAD_EDGE && size == 0) return false;
    out = ed_product(out, size + r->before[axis] + r->after[axis]);
  }
  return ed_can_read_floats(check, r->x, ed_count(r->rank, r->dims)) && ed_can_write_floats(check, r->y, out);
}

/* Source index of padded index i, −1 where the constant stands. */
static ptrdiff_t source_of(ptrdiff_t i, ptrdiff_t size, uint32_t mode) {
  if (i >= 0 && i < size) return i;
  if (mode == PAD_CONSTANT) return -1;
  if (mode == PAD_EDGE) return i < 0 ? 0 : size - 1;
  if (mode == PAD_CIRCULAR) return (i % size + size) % size;
  return i < 0 ? -i : 2 * (size - 1) - i;
}

static size_t padded_size(const struct ed_pad_record *r, uint32_t axis) {
  return (size_t)r->dims[axis] + r->before[axis] + r->after[axis];
}

/* row = product of the result's dimensions but the last */
static void run_rows(const struct ed_context *context, const void *record, size_t begin, size_t end) {
  const struct ed_pad_record *r = record;
  const uint32_t last = r->rank - 1;
  const size_t n = padded_size(r, last), middle = r->dims[last], before = r->before[last];
  for (size_t row = begin; row < end; row++) {
    size_t index = row, stride = middle;
    ptrdiff_t offset = 0;
    bool inside = true;
    for (uint32_t axis = last; axis-- > 0;) {
      const ptrdiff_t i = (ptrdiff_t)(index % padded_size(r, axis)) - (ptrdiff_t)r->before[axis];
      const ptrdiff_t source = source_of(i, r->dims[axis], r->mode);
      if (source < 0) inside = false;
      offset += source * (ptrdiff_t)stride;
      index /= padded_size(r, axis);
      stride *= r->dims[axis];
    }
    float *y = (float *)ed_write(context, r->y) + row * n;
    if (!inside) {
      for (size_t i = 0; i < n; i++) y[i] = r->value;
      continue;
    }
    const float *x = (const float *)ed_read(context, r->x) + offset;
    memmove(y + before, x, middle * sizeof *y);
    for (size_t i = 0; i < n; i++) {
      if (i == before) i += middle;
      if (i >= n) break;
      const ptrdiff_t source = source_of((ptrdiff_t)i - (ptrdiff_t)before, (ptrdiff_t)middle, r->mode);
      y[i] = source < 0 ? r->value : x[source];
    }
  }
}

void ed_run_pad(const struct ed_context *context, const struct ed_pad_record *r) {
  size_t rows = 1;
  for (uint32_t axis = 0; axis + 1 < r->rank; axis++) rows *= padded_size(r, axis);
  const size_t n = padded_size(r, r->rank - 1);
  if (rows > 0 && n > 0) ed_for_rows(context, r, rows, n, run_rows);
}
