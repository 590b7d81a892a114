/* Dynamic quantisation: the range of a whole tensor, then its values as int8 around a zero point. */
#include <math.h>
#include <string.h>

#include "../core/kernels.h"
#include "../core/op.h"

bool ed_check_quantize(struct ed_check *check, const struct ed_quantize_record *r) {
  return ed_can_read_floats(check, r->x, r->count) && ed_can_write(check, r->y, r->count, 1) &&
         ed_can_write(check, r->params, 8, 4);
}

/*
 * Zero is always in the range, so that padding is exact. A range that is 0, infinite, or too small for a scale with a finite
 * reciprocal gets the scale 1.
 */
static void params_of(float low, float high, float *scale, int32_t *zero_point) {
  const float width = (high - low) / 255.0f;
  *scale = isnormal(width) ? width : 1.0f;
  const float shifted = rintf(-128.0f - low / *scale);
  *zero_point = shifted < -128 ? -128 : shifted > 127 ? 127 : (int32_t)shifted;
}

void ed_run_quantize(const struct ed_context *context, const struct ed_quantize_record *r) {
  const float *x = ed_read(context, r->x);
  float low, high, scale;
  int32_t zero_point;
  context->kernels->range(x, r->count, &low, &high);
  params_of(low, high, &scale, &zero_point);
  unsigned char *params = ed_write(context, r->params);
  memcpy(params, &scale, 4);
  memcpy(params + 4, &zero_point, 4);
  context->kernels->quantize(x, ed_write(context, r->y), r->count, 1.0f / scale, zero_point);
}
