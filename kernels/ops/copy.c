#include <string.h>

#include "rows.h"
#include "strides.h"

bool ed_check_copy(struct ed_check *check, const struct ed_copy_record *r) {
  const uint64_t element = r->element;
  if ((element != 1 && element != 2 && element != 4 && element != 8) || r->rank > ED_MAX_RANK) return false;
  const uint64_t bytes = ed_product(ed_count(r->rank, r->dims), element);
  if (bytes == 0) return true;
  if (bytes > check->arena_bytes || r->x == ED_REF_NONE) return false;
  /* x may be walked backwards: its first element is not its lowest. Dimensions are below 2^31 here, strides too. */
  int64_t low = 0, high = 0;
  for (uint32_t axis = 0; axis < r->rank; axis++) {
    const int64_t reach = (int64_t)(r->dims[axis] - 1) * r->x_strides[axis];
    if (reach < -(INT64_C(1) << 40) || reach > INT64_C(1) << 40) return false;
    *(reach < 0 ? &low : &high) += reach;
  }
  const uint32_t offset = r->x & ~ED_REF_CONSTANT;
  const uint64_t before = (uint64_t)-low * element;
  if (before > offset) return false;
  return ed_can_read(check, r->x - (uint32_t)before, (uint64_t)(high - low + 1) * element, r->element) &&
         ed_can_write(check, r->y, ed_product(ed_extent(r->rank, r->dims, r->y_strides), element), r->element);
}

/* n elements `xs` and `ys` apart. */
#define DEFINE_LINE(type)                                                                              \
  static void line_##type(void *to, const void *from, size_t n, ptrdiff_t xs, size_t ys) {             \
    type *y = to;                                                                                      \
    const type *x = from;                                                                              \
    for (size_t i = 0; i < n; i++) y[i * ys] = x[(ptrdiff_t)i * xs];                                   \
  }

DEFINE_LINE(uint8_t)
DEFINE_LINE(uint16_t)
DEFINE_LINE(uint32_t)
DEFINE_LINE(uint64_t)

static void copy_line(void *y, const void *x, size_t element, size_t n, ptrdiff_t xs, size_t ys) {
  if (xs == 1 && ys == 1)
    memmove(y, x, n * element);
  else if (element == 1)
    line_uint8_t(y, x, n, xs, ys);
  else if (element == 2)
    line_uint16_t(y, x, n, xs, ys);
  else if (element == 4)
    line_uint32_t(y, x, n, xs, ys);
  else
    line_uint64_t(y, x, n, xs, ys);
}

/* Of the last two axes, the one walked in the inner loop: the contiguous or else the longer one. */
static bool inner_is_last(const struct ed_copy_record *r) {
  const uint32_t last = r->rank - 1;
  if (r->rank < 2 || (r->x_strides[last] == 1 && r->y_strides[last] == 1)) return true;
  return r->dims[last] >= r->dims[last - 1];
}

/* row = product of all dimensions but the last two */
static void run_rows(const struct ed_context *context, const void *record, size_t begin, size_t end) {
  const struct ed_copy_record *r = record;
  const uint32_t outer_rank = r->rank < 2 ? 0 : r->rank - 2;
  const bool last = inner_is_last(r);
  const uint32_t inner = last ? r->rank - 1 : r->rank - 2, other = last ? r->rank - 2 : r->rank - 1;
  const size_t lines = r->rank < 2 ? 1 : r->dims[other];
  for (size_t row = begin; row < end; row++) {
    size_t index = row, to = 0;
    ptrdiff_t from = 0;
    for (uint32_t axis = outer_rank; axis-- > 0;) {
      const size_t i = index % r->dims[axis];
      from += (ptrdiff_t)i * r->x_strides[axis];
      to += i * r->y_strides[axis];
      index /= r->dims[axis];
    }
    const unsigned char *x = (const unsigned char *)ed_read(context, r->x) + from * (ptrdiff_t)r->element;
    unsigned char *y = (unsigned char *)ed_write(context, r->y) + to * r->element;
    for (size_t line = 0; line < lines; line++) {
      const ptrdiff_t skip = lines == 1 ? 0 : (ptrdiff_t)line * r->x_strides[other];
      const size_t jump = lines == 1 ? 0 : line * r->y_strides[other];
      copy_line(y + jump * r->element, x + skip * (ptrdiff_t)r->element, r->element, r->dims[inner], r->x_strides[inner],
                r->y_strides[inner]);
    }
  }
}

void ed_run_copy(const struct ed_context *context, const struct ed_copy_record *r) {
  const size_t count = (size_t)ed_count(r->rank, r->dims);
  if (count == 0) return;
  if (r->rank == 0) {
    memmove(ed_write(context, r->y), ed_read(context, r->x), r->element);
    return;
  }
  const size_t rows = (size_t)ed_count(r->rank < 2 ? 0 : r->rank - 2, r->dims);
  ed_for_rows(context, r, rows, count / rows, run_rows);
}
