#if defined(__ARM_NEON)
#include <arm_neon.h>

#include "../core/kernels.h"

/* The smaller and the larger of both; a NaN in `v` is passed over, as ref does. */
#if defined(__aarch64__)
static inline float32x4_t lesser(float32x4_t least, float32x4_t v) { return vminnmq_f32(least, v); }
static inline float32x4_t greater(float32x4_t most, float32x4_t v) { return vmaxnmq_f32(most, v); }
#else
static inline float32x4_t lesser(float32x4_t least, float32x4_t v) { return vbslq_f32(vcltq_f32(v, least), v, least); }
static inline float32x4_t greater(float32x4_t most, float32x4_t v) { return vbslq_f32(vcgtq_f32(v, most), v, most); }
#endif

void ed_f32_range__neon(const float *x, size_t n, float *low, float *high) {
  float32x4_t least0 = vdupq_n_f32(0), least1 = least0, most0 = least0, most1 = least0;
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const float32x4_t a = vld1q_f32(x + i), b = vld1q_f32(x + i + 4);
    least0 = lesser(least0, a), most0 = greater(most0, a);
    least1 = lesser(least1, b), most1 = greater(most1, b);
  }
  float lanes[8];
  vst1q_f32(lanes, vminq_f32(least0, least1));
  vst1q_f32(lanes + 4, vmaxq_f32(most0, most1));
  float least = 0, most = 0;
  ed_f32_range__ref(x + i, n - i, &least, &most);
  for (int j = 0; j < 4; j++) {
    least = lanes[j] < least ? lanes[j] : least;
    most = lanes[j + 4] > most ? lanes[j + 4] : most;
  }
  *low = least;
  *high = most;
}

/* Nearest integer, halves to even, 0 for NaN. armv7 has no such instruction: adding 1.5 · 2^23 leaves it in the low bits. */
static inline int32x4_t nearest(float32x4_t v) {
#if defined(__aarch64__)
  return vcvtnq_s32_f32(v);
#else
  const float32x4_t limit = vdupq_n_f32(512.0f), magic = vdupq_n_f32(12582912.0f);
  const float32x4_t bounded = vminq_f32(vmaxq_f32(v, vnegq_f32(limit)), limit);
  const int32x4_t whole = vsubq_s32(vreinterpretq_s32_f32(vaddq_f32(bounded, magic)), vreinterpretq_s32_f32(magic));
  return vandq_s32(whole, vreinterpretq_s32_u32(vceqq_f32(v, v)));
#endif
}

void ed_f32_quantize__neon(const float *x, int8_t *y, size_t n, float inverse_scale, int32_t zero_point) {
  const float32x4_t scale = vdupq_n_f32(inverse_scale);
  const int16x8_t zero = vdupq_n_s16((int16_t)zero_point);
  size_t i = 0;
  for (; i + 16 <= n; i += 16) {
    const int32x4_t a = nearest(vmulq_f32(vld1q_f32(x + i), scale)), b = nearest(vmulq_f32(vld1q_f32(x + i + 4), scale));
    const int32x4_t c = nearest(vmulq_f32(vld1q_f32(x + i + 8), scale)), d = nearest(vmulq_f32(vld1q_f32(x + i + 12), scale));
    const int16x8_t low = vqaddq_s16(vcombine_s16(vqmovn_s32(a), vqmovn_s32(b)), zero);
    const int16x8_t high = vqaddq_s16(vcombine_s16(vqmovn_s32(c), vqmovn_s32(d)), zero);
    vst1q_s8(y + i, vcombine_s8(vqmovn_s16(low), vqmovn_s16(high)));
  }
  ed_f32_quantize__ref(x + i, y + i, n - i, inverse_scale, zero_point);
}

static inline void dequantize8(int16x8_t w, const float *scale, float *y) {
  vst1q_f32(y, vmulq_f32(vcvtq_f32_s32(vmovl_s16(vget_low_s16(w))), vld1q_f32(scale)));
  vst1q_f32(y + 4, vmulq_f32(vcvtq_f32_s32(vmovl_s16(vget_high_s16(w))), vld1q_f32(scale + 4)));
}

void ed_i8_dequantize__neon(const int8_t *w, const float *scale, float *y, size_t blocks, size_t nr) {
  const size_t whole = nr / 8 * 8;
  for (size_t i = 0; i < blocks; i++, w += nr, y += nr) {
    for (size_t j = 0; j < whole; j += 8) dequantize8(vmovl_s8(vld1_s8(w + j)), scale + j, y + j);
    for (size_t j = whole; j < nr; j++) y[j] = (float)w[j] * scale[j];
  }
}

void ed_i16_dequantize__neon(const int16_t *w, const float *scale, float *y, size_t blocks, size_t nr) {
  const size_t whole = nr / 8 * 8;
  for (size_t i = 0; i < blocks; i++, w += nr, y += nr) {
    for (size_t j = 0; j < whole; j += 8) dequantize8(vld1q_s16(w + j), scale + j, y + j);
    for (size_t j = whole; j < nr; j++) y[j] = (float)w[j] * scale[j];
  }
}
#else
typedef int ed_not_this_architecture;
#endif
