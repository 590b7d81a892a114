/* The ladder: every slot gets its reference, then whatever newer instructions the program's path allows. */
#include "kernels.h"

#include "program.h"

#define ED_GEMM(function, rows, columns, depth) \
  ((struct ed_gemm){.run = function, .mr = rows, .nr = columns, .kr = depth, .name = #function})

void ed_kernels_init(struct ed_kernels *k, uint32_t path) {
  k->depthwise_span = ed_f32_depthwise_span__ref;
  k->depthwise_pixel = ed_f32_depthwise_pixel__ref;
  k->range = ed_f32_range__ref;
  k->quantize = ed_f32_quantize__ref;
  k->dequantize_i8 = ed_i8_dequantize__ref;
  k->dequantize_i16 = ed_i16_dequantize__ref;
#if defined(__aarch64__)
  k->f32_gemm = ED_GEMM(ed_f32_gemm_8x8__ref, 8, 8, 1);
  k->s8_gemm = ED_GEMM(ed_s8_gemm_4x4c16__ref, 4, 4, 16);
#elif defined(__arm__)
  k->f32_gemm = ED_GEMM(ed_f32_gemm_4x8__ref, 4, 8, 1);
  k->s8_gemm = ED_GEMM(ed_s8_gemm_2x4c16__ref, 2, 4, 16);
#else
  k->f32_gemm = ED_GEMM(ed_f32_gemm_4x8__ref, 4, 8, 1);
  k->s8_gemm = ED_GEMM(ed_s8_gemm_4x8c4__ref, 4, 8, 4);
#endif
#if defined(__ARM_NEON)
  if (path < ED_PATH_NEON) return;
  k->depthwise_span = ed_f32_depthwise_span__neon;
  k->depthwise_pixel = ed_f32_depthwise_pixel__neon;
  k->range = ed_f32_range__neon;
  k->quantize = ed_f32_quantize__neon;
  k->dequantize_i8 = ed_i8_dequantize__neon;
  k->dequantize_i16 = ed_i16_dequantize__neon;
#endif
#if defined(__arm__) && defined(__ARM_NEON)
  k->f32_gemm = ED_GEMM(ed_f32_gemm_4x8__neon, 4, 8, 1);
  k->s8_gemm = ED_GEMM(ed_s8_gemm_2x4c16__neon, 2, 4, 16);
#endif
#if defined(__aarch64__)
  k->f32_gemm = ED_GEMM(ed_f32_gemm_8x8__neon, 8, 8, 1);
  k->s8_gemm = ED_GEMM(ed_s8_gemm_4x4c16__neon, 4, 4, 16);
  if (path < ED_PATH_DOTPROD) return;
  k->s8_gemm = ED_GEMM(ed_s8_gemm_8x8c4__dotprod, 8, 8, 4);
  if (path < ED_PATH_I8MM) return;
  k->s8_gemm = ED_GEMM(ed_s8_gemm_8x8c8__i8mm, 8, 8, 8);
#endif
  (void)path;
}
