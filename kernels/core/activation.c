#include "activation.h"

#include <math.h>

#include "program.h"
#include "vector.h"

bool ed_check_activation(uint32_t code) { return code < ED_ACT_COUNT; }

/* Rounds towards minus infinity; numbers beyond 2^23 are whole already. */
static inline ed_f32x4 floor4(ed_f32x4 x) {
  const ed_f32x4 round = ed_set4(12582912.0f);
  ed_f32x4 nearest = (x + round) - round;
  ed_f32x4 floored = nearest - (ed_f32x4)((nearest > x) & (ed_i32x4)ed_set4(1.0f));
  ed_f32x4 magnitude = (ed_f32x4)((ed_i32x4)x & 0x7fffffff);
  return ed_select4(magnitude < 4194304.0f, floored, x);
}

static inline float gelu(float x) { return 0.5f * x * (1.0f + erff(x * 0.70710678f)); }

static inline float softplus(float x, float a, float b) { return a * x > b ? x : log1pf(expf(a * x)) / a; }

/* Defines `name`: four lanes at a time, the tail through a padded vector. `value` is an expression of the vector x. */
#define DEFINE_VECTOR(name, value)                                                                     \
  static void name(float *to, const float *from, size_t n, struct ed_activate act) {                   \
    const ed_f32x4 a = ed_set4(act.a), b = ed_set4(act.b), c = ed_set4(act.c);                         \
    (void)a, (void)b, (void)c;                                                                         \
    size_t i = 0;                                                                                      \
    for (; i + 4 <= n; i += 4) {                                                                       \
      ed_f32x4 x = ed_load4(from + i);                                                                 \
      ed_store4(to + i, value);                                                                        \
    }                                                                                                  \
    if (i < n) {                                                                                       \
      ed_f32x4 x = ed_load_tail(from + i, n - i);                                                      \
      ed_store_tail(to + i, value, n - i);                                                             \
    }                                                                                                  \
  }

/* The same, one value at a time, for functions of the C library. `value` is an expression of the float x. */
#define DEFINE_SCALAR(name, value)                                                                     \
  static void name(float *to, const float *from, size_t n, struct ed_activate act) {                   \
    const float a = act.a, b = act.b;                                                                  \
    (void)a, (void)b;                                                                                  \
    for (size_t i = 0; i < n; i++) {                                                                   \
      float x = from[i];                                                                               \
      to[i] = value;                                                                                   \
    }                                                                                                  \
  }

DEFINE_VECTOR(map_clamp, ed_at_most4(ed_at_least4(x, a), b))
DEFINE_VECTOR(map_leaky_relu, ed_select4(x > 0.0f, x, a * x))
DEFINE_VECTOR(map_sigmoid, ed_sigmoid4(x))
DEFINE_VECTOR(map_tanh, ed_tanh4(x))
DEFINE_VECTOR(map_hard_sigmoid, ed_at_most4(ed_at_least4(a * x + b, ed_set4(0.0f)), ed_set4(1.0f)))
DEFINE_VECTOR(map_hard_swish, x * ed_at_most4(ed_at_least4(x + a, ed_set4(0.0f)), b) * (1.0f / c))
DEFINE_VECTOR(map_swish, x / (1.0f + ed_exp4(-a * x)))
DEFINE_SCALAR(map_gelu, gelu(x))
DEFINE_VECTOR(map_gelu_tanh, 0.5f * x * (1.0f + ed_tanh4(0.79788456f * (x + 0.044715f * x * x * x))))
DEFINE_VECTOR(map_exp, ed_exp4(x))
DEFINE_SCALAR(map_log, logf(x))
DEFINE_SCALAR(map_sqrt, sqrtf(x))
DEFINE_SCALAR(map_rsqrt, 1.0f / sqrtf(x))
DEFINE_VECTOR(map_abs, (ed_f32x4)((ed_i32x4)x & 0x7fffffff))
DEFINE_VECTOR(map_square, x * x)
DEFINE_VECTOR(map_floor, floor4(x))
DEFINE_SCALAR(map_pow, powf(x, a))
DEFINE_VECTOR(map_linear, a * x + b)
DEFINE_SCALAR(map_softplus, softplus(x, a, b))
DEFINE_VECTOR(map_reciprocal, 1.0f / x)

void ed_activate_copy(float *to, const float *from, size_t n, struct ed_activate activation) {
  switch ((enum ed_activation)activation.code) {
    case ED_ACT_CLAMP: map_clamp(to, from, n, activation); return;
    case ED_ACT_LEAKY_RELU: map_leaky_relu(to, from, n, activation); return;
    case ED_ACT_SIGMOID: map_sigmoid(to, from, n, activation); return;
    case ED_ACT_TANH: map_tanh(to, from, n, activation); return;
    case ED_ACT_HARD_SIGMOID: map_hard_sigmoid(to, from, n, activation); return;
    case ED_ACT_HARD_SWISH: map_hard_swish(to, from, n, activation); return;
    case ED_ACT_SWISH: map_swish(to, from, n, activation); return;
    case ED_ACT_GELU: map_gelu(to, from, n, activation); return;
    case ED_ACT_GELU_TANH: map_gelu_tanh(to, from, n, activation); return;
    case ED_ACT_EXP: map_exp(to, from, n, activation); return;
    case ED_ACT_LOG: map_log(to, from, n, activation); return;
    case ED_ACT_SQRT: map_sqrt(to, from, n, activation); return;
    case ED_ACT_RSQRT: map_rsqrt(to, from, n, activation); return;
    case ED_ACT_ABS: map_abs(to, from, n, activation); return;
    case ED_ACT_SQUARE: map_square(to, from, n, activation); return;
    case ED_ACT_FLOOR: map_floor(to, from, n, activation); return;
    case ED_ACT_POW: map_pow(to, from, n, activation); return;
    case ED_ACT_LINEAR: map_linear(to, from, n, activation); return;
    case ED_ACT_SOFTPLUS: map_softplus(to, from, n, activation); return;
    case ED_ACT_RECIPROCAL: map_reciprocal(to, from, n, activation); return;
    case ED_ACT_NONE:
    case ED_ACT_COUNT: break;
  }
  if (to != from) memmove(to, from, n * sizeof *to);
}

void ed_activate_row(float *row, size_t n, uint32_t code, float a, float b, float c) {
  ed_activate_copy(row, row, n, (struct ed_activate){code, a, b, c});
}
