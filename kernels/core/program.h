/* Generated from src/steps/ledger.ts by `npm run generate`; do not edit. A test fails when it is stale. */
#ifndef ED_PROGRAM_H
#define ED_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

#define ED_ABI 0x40c11b76u
#define ED_MAX_RANK 8

/* Address of an operand: bit 31 set = constants, else arena; the other bits are a byte offset. */
typedef uint32_t ed_ref;
#define ED_REF_NONE 0xffffffffu
#define ED_REF_CONSTANT 0x80000000u

enum ed_activation {
  ED_ACT_NONE = 0,
  ED_ACT_CLAMP = 1,
  ED_ACT_LEAKY_RELU = 2,
  ED_ACT_SIGMOID = 3,
  ED_ACT_TANH = 4,
  ED_ACT_HARD_SIGMOID = 5,
  ED_ACT_HARD_SWISH = 6,
  ED_ACT_SWISH = 7,
  ED_ACT_GELU = 8,
  ED_ACT_GELU_TANH = 9,
  ED_ACT_EXP = 10,
  ED_ACT_LOG = 11,
  ED_ACT_SQRT = 12,
  ED_ACT_RSQRT = 13,
  ED_ACT_ABS = 14,
  ED_ACT_SQUARE = 15,
  ED_ACT_FLOOR = 16,
  ED_ACT_POW = 17,
  ED_ACT_LINEAR = 18,
  ED_ACT_SOFTPLUS = 19,
  ED_ACT_RECIPROCAL = 20,
  ED_ACT_COUNT = 21
};

enum ed_binary {
  ED_BINARY_ADD = 0,
  ED_BINARY_SUB = 1,
  ED_BINARY_MUL = 2,
  ED_BINARY_DIV = 3,
  ED_BINARY_MAX = 4,
  ED_BINARY_MIN = 5,
  ED_BINARY_POW = 6,
  ED_BINARY_MOD = 7,
  ED_BINARY_FLOORDIV = 8,
  ED_BINARY_COUNT = 9
};

enum ed_dtype {
  ED_DTYPE_F32 = 0,
  ED_DTYPE_F64 = 1,
  ED_DTYPE_I8 = 2,
  ED_DTYPE_U8 = 3,
  ED_DTYPE_I16 = 4,
  ED_DTYPE_I32 = 5,
  ED_DTYPE_I64 = 6,
  ED_DTYPE_BOOL = 7,
  ED_DTYPE_COUNT = 8
};

enum ed_path {
  ED_PATH_REF = 0,
  ED_PATH_NEON = 1,
  ED_PATH_DOTPROD = 2,
  ED_PATH_I8MM = 3,
  ED_PATH_COUNT = 4
};

/* Every step, in the order of its code (1, 2, …). */
#define ED_STEPS(X) \
  X(conv2d, 1) \
  X(depthwise_conv2d, 2) \
  X(quantize, 3) \
  X(static_quantize, 4) \
  X(matmul, 5) \
  X(affine, 6) \
  X(binary, 7) \
  X(unary, 8) \
  X(prelu, 9) \
  X(softmax, 10) \
  X(pool2d, 11) \
  X(resize, 12) \
  X(copy, 13) \
  X(fill, 14) \
  X(pad, 15) \
  X(cast, 16) \
  X(arg_max, 17) \
  X(reduce, 18) \
  X(layer_norm, 19) \
  X(gather, 20)

#define ED_STEP_CODE(step, code) ED_STEP_##step = code,
enum ed_step { ED_STEPS(ED_STEP_CODE) };
#undef ED_STEP_CODE

struct ed_conv2d_record {
  ed_ref x;
  ed_ref w;
  ed_ref bias;
  ed_ref scale;
  ed_ref sums;
  ed_ref x_params;
  ed_ref residual;
  ed_ref y;
  uint32_t n;
  uint32_t ih;
  uint32_t iw;
  uint32_t ci;
  uint32_t oh;
  uint32_t ow;
  uint32_t co;
  uint32_t groups;
  uint32_t kh;
  uint32_t kw;
  uint32_t stride_h;
  uint32_t stride_w;
  int32_t pad_top;
  int32_t pad_left;
  uint32_t dilation_h;
  uint32_t dilation_w;
  uint32_t x_pixel;
  uint32_t y_batch;
  uint32_t y_row;
  uint32_t y_pixel;
  uint32_t r_batch;
  uint32_t r_row;
  uint32_t r_pixel;
  uint32_t weight_type;
  uint32_t input_type;
  uint32_t block_rows;
  uint32_t activation;
  float act_a;
  float act_b;
  float act_c;
};
_Static_assert(sizeof(struct ed_conv2d_record) == 152, "conv2d");
_Static_assert(offsetof(struct ed_conv2d_record, act_c) == 148, "conv2d.act_c");

struct ed_depthwise_conv2d_record {
  ed_ref x;
  ed_ref w;
  ed_ref bias;
  ed_ref scale;
  ed_ref residual;
  ed_ref y;
  uint32_t n;
  uint32_t ih;
  uint32_t iw;
  uint32_t c;
  uint32_t oh;
  uint32_t ow;
  uint32_t kh;
  uint32_t kw;
  uint32_t stride_h;
  uint32_t stride_w;
  int32_t pad_top;
  int32_t pad_left;
  uint32_t dilation_h;
  uint32_t dilation_w;
  uint32_t weight_type;
  uint32_t activation;
  float act_a;
  float act_b;
  float act_c;
};
_Static_assert(sizeof(struct ed_depthwise_conv2d_record) == 100, "depthwise_conv2d");
_Static_assert(offsetof(struct ed_depthwise_conv2d_record, act_c) == 96, "depthwise_conv2d.act_c");

struct ed_quantize_record {
  ed_ref x;
  ed_ref y;
  ed_ref params;
  uint32_t count;
};
_Static_assert(sizeof(struct ed_quantize_record) == 16, "quantize");
_Static_assert(offsetof(struct ed_quantize_record, count) == 12, "quantize.count");

struct ed_static_quantize_record {
  ed_ref x;
  ed_ref y;
  uint32_t count;
  float factor;
};
_Static_assert(sizeof(struct ed_static_quantize_record) == 16, "static_quantize");
_Static_assert(offsetof(struct ed_static_quantize_record, factor) == 12, "static_quantize.factor");

struct ed_matmul_record {
  ed_ref x;
  ed_ref y;
  ed_ref out;
  uint32_t m;
  uint32_t n;
  uint32_t k;
  uint32_t batch[4];
  uint32_t x_batch[4];
  uint32_t y_batch[4];
  uint32_t x_row;
  uint32_t x_col;
  uint32_t y_row;
  uint32_t y_col;
  float alpha;
  uint32_t activation;
  float act_a;
  float act_b;
  float act_c;
};
_Static_assert(sizeof(struct ed_matmul_record) == 108, "matmul");
_Static_assert(offsetof(struct ed_matmul_record, act_c) == 104, "matmul.act_c");

struct ed_affine_record {
  ed_ref x;
  ed_ref a;
  ed_ref b;
  ed_ref y;
  uint32_t outer;
  uint32_t c;
  uint32_t inner;
  uint32_t activation;
  float act_a;
  float act_b;
  float act_c;
};
_Static_assert(sizeof(struct ed_affine_record) == 44, "affine");
_Static_assert(offsetof(struct ed_affine_record, act_c) == 40, "affine.act_c");

struct ed_binary_record {
  ed_ref x;
  ed_ref y;
  ed_ref out;
  uint32_t kind;
  uint32_t dtype;
  uint32_t rank;
  uint32_t dims[8];
  uint32_t x_strides[8];
  uint32_t y_strides[8];
  uint32_t activation;
  float act_a;
  float act_b;
  float act_c;
};
_Static_assert(sizeof(struct ed_binary_record) == 136, "binary");
_Static_assert(offsetof(struct ed_binary_record, act_c) == 132, "binary.act_c");

struct ed_unary_record {
  ed_ref x;
  ed_ref y;
  uint32_t count;
  uint32_t activation;
  float act_a;
  float act_b;
  float act_c;
};
_Static_assert(sizeof(struct ed_unary_record) == 28, "unary");
_Static_assert(offsetof(struct ed_unary_record, act_c) == 24, "unary.act_c");

struct ed_prelu_record {
  ed_ref x;
  ed_ref alpha;
  ed_ref y;
  uint32_t outer;
  uint32_t c;
  uint32_t inner;
};
_Static_assert(sizeof(struct ed_prelu_record) == 24, "prelu");
_Static_assert(offsetof(struct ed_prelu_record, inner) == 20, "prelu.inner");

struct ed_softmax_record {
  ed_ref x;
  ed_ref y;
  uint32_t outer;
  uint32_t n;
  uint32_t inner;
};
_Static_assert(sizeof(struct ed_softmax_record) == 20, "softmax");
_Static_assert(offsetof(struct ed_softmax_record, inner) == 16, "softmax.inner");

struct ed_pool2d_record {
  ed_ref x;
  ed_ref y;
  uint32_t kind;
  uint32_t n;
  uint32_t ih;
  uint32_t iw;
  uint32_t c;
  uint32_t oh;
  uint32_t ow;
  uint32_t kh;
  uint32_t kw;
  uint32_t stride_h;
  uint32_t stride_w;
  int32_t pad_top;
  int32_t pad_left;
  uint32_t exclusive;
  uint32_t adaptive;
};
_Static_assert(sizeof(struct ed_pool2d_record) == 68, "pool2d");
_Static_assert(offsetof(struct ed_pool2d_record, adaptive) == 64, "pool2d.adaptive");

struct ed_resize_record {
  ed_ref x;
  ed_ref y;
  uint32_t mode;
  uint32_t n;
  uint32_t ih;
  uint32_t iw;
  uint32_t c;
  uint32_t oh;
  uint32_t ow;
  float ratio_h;
  float ratio_w;
  uint32_t align_corners;
  uint32_t half_pixel;
};
_Static_assert(sizeof(struct ed_resize_record) == 52, "resize");
_Static_assert(offsetof(struct ed_resize_record, half_pixel) == 48, "resize.half_pixel");

struct ed_copy_record {
  ed_ref x;
  ed_ref y;
  uint32_t element;
  uint32_t rank;
  uint32_t dims[8];
  int32_t x_strides[8];
  uint32_t y_strides[8];
};
_Static_assert(sizeof(struct ed_copy_record) == 112, "copy");
_Static_assert(offsetof(struct ed_copy_record, y_strides) == 80, "copy.y_strides");

struct ed_fill_record {
  ed_ref y;
  uint32_t element;
  uint32_t count;
  uint32_t low;
  uint32_t high;
};
_Static_assert(sizeof(struct ed_fill_record) == 20, "fill");
_Static_assert(offsetof(struct ed_fill_record, high) == 16, "fill.high");

struct ed_pad_record {
  ed_ref x;
  ed_ref y;
  uint32_t mode;
  float value;
  uint32_t rank;
  uint32_t dims[8];
  uint32_t before[8];
  uint32_t after[8];
};
_Static_assert(sizeof(struct ed_pad_record) == 116, "pad");
_Static_assert(offsetof(struct ed_pad_record, after) == 84, "pad.after");

struct ed_cast_record {
  ed_ref x;
  ed_ref y;
  uint32_t count;
  uint32_t from;
  uint32_t to;
};
_Static_assert(sizeof(struct ed_cast_record) == 20, "cast");
_Static_assert(offsetof(struct ed_cast_record, to) == 16, "cast.to");

struct ed_arg_max_record {
  ed_ref x;
  ed_ref y;
  uint32_t outer;
  uint32_t n;
  uint32_t inner;
  uint32_t y_type;
};
_Static_assert(sizeof(struct ed_arg_max_record) == 24, "arg_max");
_Static_assert(offsetof(struct ed_arg_max_record, y_type) == 20, "arg_max.y_type");

struct ed_reduce_record {
  ed_ref x;
  ed_ref y;
  uint32_t kind;
  uint32_t outer;
  uint32_t n;
  uint32_t inner;
};
_Static_assert(sizeof(struct ed_reduce_record) == 24, "reduce");
_Static_assert(offsetof(struct ed_reduce_record, inner) == 20, "reduce.inner");

struct ed_layer_norm_record {
  ed_ref x;
  ed_ref scale;
  ed_ref bias;
  ed_ref y;
  uint32_t rows;
  uint32_t n;
  float epsilon;
};
_Static_assert(sizeof(struct ed_layer_norm_record) == 28, "layer_norm");
_Static_assert(offsetof(struct ed_layer_norm_record, epsilon) == 24, "layer_norm.epsilon");

struct ed_gather_record {
  ed_ref x;
  ed_ref indices;
  ed_ref y;
  uint32_t outer;
  uint32_t n;
  uint32_t inner_bytes;
  uint32_t count;
  uint32_t index_type;
};
_Static_assert(sizeof(struct ed_gather_record) == 32, "gather");
_Static_assert(offsetof(struct ed_gather_record, index_type) == 28, "gather.index_type");

#endif
