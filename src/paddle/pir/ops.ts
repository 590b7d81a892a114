/**
 * PIR operations as classic ops: type, slots in the order of PIR's operands and results, and attributes that are called
 * otherwise. An operand `@name` stands for the attribute `name`: PIR hands shapes, axes and scales over as values.
 */
export interface PirMapping {
  readonly type: string;
  /** '' drops an operand. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** PIR's name → the classic one. */
  readonly attributes?: Readonly<Record<string, string>>;
}

const op = (
  type: string,
  inputs: readonly string[],
  outputs: readonly string[] = ['Out'],
  attributes?: Readonly<Record<string, string>>,
): PirMapping => ({ type, inputs, outputs, ...(attributes ? { attributes } : {}) });

/** One operand X, one result Out, attributes under the same names. */
const SAME = [
  ...['abs', 'elu', 'exp', 'floor', 'gelu', 'log', 'mish', 'pixel_shuffle', 'reciprocal', 'relu', 'relu6', 'rsqrt'],
  ...['shuffle_channel', 'sigmoid', 'silu', 'softmax', 'softplus', 'sqrt', 'square', 'swish', 'tanh', 'assign'],
];

const INTERPOLATION = ['X', 'OutSize', 'SizeTensor', 'Scale'];
const REDUCTION = { axis: 'dim', keepdim: 'keep_dim' };

export const PIR_OPS: Readonly<Record<string, PirMapping>> = {
  ...Object.fromEntries(SAME.map((type) => [type, op(type, ['X'])])),
  conv2d: op('conv2d', ['Input', 'Filter'], ['Output']),
  depthwise_conv2d: op('depthwise_conv2d', ['Input', 'Filter'], ['Output']),
  conv2d_transpose: op('conv2d_transpose', ['Input', 'Filter', '@output_size'], ['Output']),
  depthwise_conv2d_transpose: op('depthwise_conv2d_transpose', ['Input', 'Filter', '@output_size'], ['Output']),
  matmul_with_flatten: op('mul', ['X', 'Y']),
  legacy_matmul: op('matmul', ['X', 'Y'], ['Out'], { transpose_x: 'transpose_X', transpose_y: 'transpose_Y' }),
  matmul: op('matmul_v2', ['X', 'Y'], ['Out'], { transpose_x: 'trans_x', transpose_y: 'trans_y' }),
  bmm: op('bmm', ['X', 'Y']),
  add: op('elementwise_add', ['X', 'Y']),
  subtract: op('elementwise_sub', ['X', 'Y']),
  multiply: op('elementwise_mul', ['X', 'Y']),
  divide: op('elementwise_div', ['X', 'Y']),
  maximum: op('elementwise_max', ['X', 'Y']),
  minimum: op('elementwise_min', ['X', 'Y']),
  elementwise_pow: op('elementwise_pow', ['X', 'Y']),
  remainder: op('elementwise_mod', ['X', 'Y']),
  floor_divide: op('elementwise_floordiv', ['X', 'Y']),
  add_n: op('sum', ['X']),
  batch_norm: op('batch_norm', ['X', 'Mean', 'Variance', 'Scale', 'Bias'], ['Y'], { data_format: 'data_layout' }),
  layer_norm: op('layer_norm', ['X', 'Scale', 'Bias'], ['Y']),
  pool2d: op('pool2d', ['X', '@ksize']),
  hardsigmoid: op('hard_sigmoid', ['X']),
  hardswish: op('hard_swish', ['X']),
  hardtanh: op('brelu', ['X']),
  leaky_relu: op('leaky_relu', ['X'], ['Out'], { negative_slope: 'alpha' }),
  prelu: op('prelu', ['X', 'Alpha']),
  clip: op('clip', ['X', 'Min', 'Max']),
  pow: op('pow', ['X', 'FactorTensor'], ['Out'], { y: 'factor' }),
  scale: op('scale', ['X', 'ScaleTensor']),
  dropout: op('dropout', ['X', '', '@dropout_prob'], ['Out'], { mode: 'dropout_implementation', p: 'dropout_prob' }),
  reshape: op('reshape2', ['X', '@shape']),
  flatten: op('flatten_contiguous_range', ['X']),
  transpose: op('transpose2', ['X'], ['Out'], { perm: 'axis' }),
  squeeze: op('squeeze2', ['X', '@axes'], ['Out'], { axis: 'axes' }),
  unsqueeze: op('unsqueeze2', ['X', '@axes'], ['Out'], { axis: 'axes' }),
  concat: op('concat', ['X', '@axis']),
  stack: op('stack', ['X'], ['Y']),
  split: op('split', ['X', '@sections', '@axis']),
  split_with_num: op('split', ['X', '@axis']),
  slice: op('slice', ['Input', '@starts', '@ends']),
  strided_slice: op('strided_slice', ['Input', '@starts', '@ends', '@strides']),
  shape: op('shape', ['Input']),
  shape64: op('shape', ['Input']),
  cast: op('cast', ['X'], ['Out'], { dtype: 'out_dtype' }),
  full: op('fill_constant', []),
  full_int_array: op('assign_value', []),
  argmax: op('arg_max', ['X', '@axis']),
  mean: op('reduce_mean', ['X'], ['Out'], REDUCTION),
  sum: op('reduce_sum', ['X', '@dim'], ['Out'], REDUCTION),
  max: op('reduce_max', ['X', '@dim'], ['Out'], REDUCTION),
  min: op('reduce_min', ['X', '@dim'], ['Out'], REDUCTION),
  prod: op('reduce_prod', ['X', '@dim'], ['Out'], REDUCTION),
  mean_all: op('mean', ['X']),
  expand: op('expand_v2', ['X', '@shape']),
  tile: op('tile', ['X', '@repeat_times']),
  gather: op('gather', ['X', 'Index', '@axis']),
  embedding: op('lookup_table_v2', ['Ids', 'W']),
  pad3d: op('pad3d', ['X', '@paddings'], ['Out'], { pad_value: 'value' }),
  nearest_interp: op('nearest_interp_v2', INTERPOLATION, ['Out'], { data_format: 'data_layout' }),
  bilinear_interp: op('bilinear_interp_v2', INTERPOLATION, ['Out'], { data_format: 'data_layout' }),
  legacy_nearest_interp: op('nearest_interp', INTERPOLATION, ['Out'], { data_format: 'data_layout' }),
  legacy_bilinear_interp: op('bilinear_interp', INTERPOLATION, ['Out'], { data_format: 'data_layout' }),
};
