/* The tiles in plain C: small enough to be obviously right, and what runs where there is no NEON. */
#include "../core/kernels.h"

static inline float clampf(float v, float low, float high) { return v < low ? low : v > high ? high : v; }

#define ED_F32_GEMM(name, MR, NR)                                                                                    \
  void name(const struct ed_tile *t) {                                                                               \
    float sum[MR][NR];                                                                                               \
    const float *w = t->w;                                                                                           \
    const float *const *rows = (const float *const *)t->rows;                                                        \
    for (int i = 0; i < MR; i++)                                                                                     \
      for (int j = 0; j < NR; j++) sum[i][j] = t->bias ? t->bias[j] : 0;                                              \
    for (size_t tap = 0; tap < t->taps; tap++, rows += MR)                                                            \
      for (size_t k = 0; k < t->depth; k++, w += NR)                                                                  \
        for (int i = 0; i < MR; i++)                                                                                 \
          for (int j = 0; j < NR; j++) sum[i][j] += rows[i][k] * w[j];                                                \
    for (int i = 0; i < MR; i++)                                                                                     \
      for (int j = 0; j < NR; j++)                                                                                   \
        t->y[i][t->column + j] = clampf(t->residual ? sum[i][j] + t->residual[i][t->column + j] : sum[i][j], t->low, t->high);                \
  }

ED_F32_GEMM(ed_f32_gemm_4x8__ref, 4, 8)
ED_F32_GEMM(ed_f32_gemm_8x8__ref, 8, 8)

/* Sums wrap like the vector units' do (a hostile file can ask for more products than 32 bits hold). */
#define ED_S8_GEMM(name, MR, NR, KR)                                                                                 \
  void name(const struct ed_tile *t) {                                                                               \
    uint32_t sum[MR][NR];                                                                                            \
    const int8_t *w = t->w;                                                                                          \
    const int8_t *const *rows = (const int8_t *const *)t->rows;                                                      \
    for (int i = 0; i < MR; i++)                                                                                     \
      for (int j = 0; j < NR; j++) sum[i][j] = (uint32_t)t->start[j];                                                 \
    for (size_t tap = 0; tap < t->taps; tap++, rows += MR)                                                            \
      for (size_t k = 0; k < t->depth; k += KR, w += NR * KR)                                                         \
        for (int i = 0; i < MR; i++)                                                                                 \
          for (int j = 0; j < NR; j++)                                                                               \
            for (int p = 0; p < KR; p++) sum[i][j] += (uint32_t)(rows[i][k + p] * w[j * KR + p]);                     \
    for (int i = 0; i < MR; i++)                                                                                     \
      for (int j = 0; j < NR; j++) {                                                                                 \
        float v = (float)(int32_t)sum[i][j] * t->scale[j] + (t->bias ? t->bias[j] : 0);                               \
        if (t->residual) v += t->residual[i][t->column + j];                                                                     \
        t->y[i][t->column + j] = clampf(v, t->low, t->high);                                                                     \
      }                                                                                                              \
  }

ED_S8_GEMM(ed_s8_gemm_2x4c16__ref, 2, 4, 16)
ED_S8_GEMM(ed_s8_gemm_4x4c16__ref, 4, 4, 16)
ED_S8_GEMM(ed_s8_gemm_4x8c4__ref, 4, 8, 4)
ED_S8_GEMM(ed_s8_gemm_8x8c4__ref, 8, 8, 4)
ED_S8_GEMM(ed_s8_gemm_8x8c8__ref, 8, 8, 8)
