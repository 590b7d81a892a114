#ifndef ED_STRIDES_H
#define ED_STRIDES_H
/* Walking over tensors whose elements stand at Σ index[axis] · stride[axis]. */
#include "../core/op.h"

/* Product of dimensions; saturates. */
static inline uint64_t ed_count(uint32_t rank, const uint32_t *dims) {
  uint64_t count = 1;
  for (uint32_t axis = 0; axis < rank; axis++) count = ed_product(count, dims[axis]);
  return count;
}

/* Elements from the first to behind the last one reached; every dimension is at least 1. Saturates. */
static inline uint64_t ed_extent(uint32_t rank, const uint32_t *dims, const uint32_t *strides) {
  uint64_t last = 0;
  for (uint32_t axis = 0; axis < rank; axis++) last = ed_sum(last, ed_product(dims[axis] - 1u, strides[axis]));
  return ed_sum(last, 1);
}

/* Offset of element `index` (row-major over dims), in elements. */
static inline size_t ed_offset(size_t index, uint32_t rank, const uint32_t *dims, const uint32_t *strides) {
  size_t offset = 0;
  for (uint32_t axis = rank; axis-- > 0;) {
    offset += index % dims[axis] * strides[axis];
    index /= dims[axis];
  }
  return offset;
}

#endif
