#ifndef ED_KERNELS_H
#define ED_KERNELS_H
/*
 * The kernels a program runs on, chosen once per session. A path fixes how weights are packed; the tile beside each
 * pointer says how (src/steps/ledger.ts, TILES, says the same to the compiler).
 */
#include <stddef.h>
#include <stdint.h>

/*
 * One tile of a convolution: mr pixels times nr output channels.
 *   y[i][column + j] = clamp(Σ over taps t and depth k of rows[t·mr + i][k] · w[t][k][j] …, low, high)
 * rows: taps × mr pointers, one input pixel each. w: taps × ⌈depth/kr⌉ blocks of nr × kr. bias, start, scale: nr values.
 * f32: the sum starts from bias (NULL: 0). s8: the sum is integer and starts from start (−zero_point · Σw);
 * result = sum · scale + bias. Weights are within ±127 (else sums differ by path) and sums wrap at 32 bits; the compiler
 * keeps to both limits (src/lower/gemm.ts). residual[i][column + j], when residual is not NULL, is added before the clamp.
 */
struct ed_tile {
  const void *const *rows;
  const void *w;
  size_t taps, depth;
  const float *bias;
  const int32_t *start;
  const float *scale;
  float *const *y;
  const float *const *residual;
  size_t column; /* first of the nr channels: added to every y[i] and residual[i] */
  float low, high;
};

struct ed_gemm {
  void (*run)(const struct ed_tile *);
  uint32_t mr, nr, kr;
  const char *name;
};

/*
 * `count` pixels of a 3×3 depthwise convolution whose windows lie inside the image. x: the first window's corner; `step`:
 * elements between windows (stride · c); `row`: elements between image rows. w: [9][c]. residual may be NULL.
 */
struct ed_depthwise_span {
  const float *x, *w, *bias, *residual;
  float *y;
  size_t count, c, step, row;
  float low, high;
};

/* One pixel of any depthwise convolution: rows[t] points to the pixel under tap t. */
struct ed_depthwise_pixel {
  const float *const *rows;
  const float *w, *bias, *residual;
  float *y;
  size_t taps, c;
  float low, high;
};

#define ED_MAX_MR 16
#define ED_MAX_NR 16

struct ed_kernels {
  struct ed_gemm f32_gemm, s8_gemm;
  void (*depthwise_span)(const struct ed_depthwise_span *);
  void (*depthwise_pixel)(const struct ed_depthwise_pixel *);
  /* Smallest and largest of n values and 0. */
  void (*range)(const float *x, size_t n, float *low, float *high);
  /* y = clamp(round(x · inverse_scale) + zero_point, −128, 127), halves to even. */
  void (*quantize)(const float *x, int8_t *y, size_t n, float inverse_scale, int32_t zero_point);
  /* y[i·nr + j] = w[i·nr + j] · scale[j] for `blocks` rows of nr. */
  void (*dequantize_i8)(const int8_t *w, const float *scale, float *y, size_t blocks, size_t nr);
  void (*dequantize_i16)(const int16_t *w, const float *scale, float *y, size_t blocks, size_t nr);
};

/* Fills every slot for a path (index in enum ed_path); a path this build does not have leaves the best below it. */
void ed_kernels_init(struct ed_kernels *kernels, uint32_t path);

#define ED_DECLARE_GEMM(name) void name(const struct ed_tile *tile)
#define ED_DECLARE_DEPTHWISE(suffix)                                            \
  void ed_f32_depthwise_span__##suffix(const struct ed_depthwise_span *span);    \
  void ed_f32_depthwise_pixel__##suffix(const struct ed_depthwise_pixel *pixel)
#define ED_DECLARE_QUANTIZE(suffix)                                                                                  \
  void ed_f32_range__##suffix(const float *x, size_t n, float *low, float *high);                                    \
  void ed_f32_quantize__##suffix(const float *x, int8_t *y, size_t n, float inverse_scale, int32_t zero_point);       \
  void ed_i8_dequantize__##suffix(const int8_t *w, const float *scale, float *y, size_t blocks, size_t nr);           \
  void ed_i16_dequantize__##suffix(const int16_t *w, const float *scale, float *y, size_t blocks, size_t nr)

ED_DECLARE_GEMM(ed_f32_gemm_4x8__ref);
ED_DECLARE_GEMM(ed_f32_gemm_8x8__ref);
ED_DECLARE_GEMM(ed_s8_gemm_2x4c16__ref);
ED_DECLARE_GEMM(ed_s8_gemm_4x4c16__ref);
ED_DECLARE_GEMM(ed_s8_gemm_4x8c4__ref);
ED_DECLARE_GEMM(ed_s8_gemm_8x8c4__ref);
ED_DECLARE_GEMM(ed_s8_gemm_8x8c8__ref);
ED_DECLARE_DEPTHWISE(ref);
ED_DECLARE_QUANTIZE(ref);

#if defined(__ARM_NEON)
ED_DECLARE_DEPTHWISE(neon);
ED_DECLARE_QUANTIZE(neon);
#endif
#if defined(__arm__)
ED_DECLARE_GEMM(ed_f32_gemm_4x8__neon);
ED_DECLARE_GEMM(ed_s8_gemm_2x4c16__neon);
#endif
#if defined(__aarch64__)
ED_DECLARE_GEMM(ed_f32_gemm_8x8__neon);
ED_DECLARE_GEMM(ed_s8_gemm_4x4c16__neon);
ED_DECLARE_GEMM(ed_s8_gemm_8x8c4__dotprod);
ED_DECLARE_GEMM(ed_s8_gemm_8x8c8__i8mm);
#endif

#endif
