/**
 * The kernels of Paddle-Lite for ARM that a file may name, `alias/target/precision/layout` (targets: 1 Host, 4 ARM;
 * precisions: 1 float, 2 int8, 3 int32, 4 any, 7 int64; layouts: 1 NCHW, 2 any), as opt of release 2.13 chooses them. A
 * loader from 2.8 on finds nearly all of them.
 */
import { EdgeDeployError } from '../base/errors.js';
import { VarKind } from '../paddle/model.js';
import type { Node, Value } from './node.js';

const ARM = 'def/4/1/1';
const HOST = 'def/1/1/1';
/** For elements of any type. */
const ARM_ANY = 'def/4/4/1';
const HOST_ANY = 'def/1/4/2';
const ANY = '4';

/** The kernels of one op by the type of its elements. */
type ByType = Readonly<Partial<Record<ElementName, string>>>;
type ElementName = 'fp32' | 'int64' | 'int32' | 'int16' | 'uint8' | 'bool';

const KERNELS: Readonly<Record<string, string | ByType>> = {
  ...each(
    ARM,
    ['conv2d', 'depthwise_conv2d', 'conv2d_transpose', 'depthwise_conv2d_transpose', 'sparse_conv2d'],
    ['fc', 'mul', 'matmul', 'matmul_v2', 'pool2d', 'softmax', 'dropout', 'pixel_shuffle', 'pad2d'],
    ['batch_norm', 'sync_batch_norm', 'layer_norm', 'instance_norm', 'group_norm'],
    ['relu', 'relu6', 'leaky_relu', 'prelu', 'sigmoid', 'tanh', 'swish', 'exp', 'hard_sigmoid', 'hard_swish'],
    ['abs', 'gelu', 'sqrt', 'silu', 'clip', 'pow', 'square', 'rsqrt', 'reciprocal', 'floor', 'log', 'mish', 'softplus'],
    ['elementwise_min', 'elementwise_max', 'reduce_mean', 'reduce_min', 'mean'],
    ['fusion_elementwise_add_activation', 'fusion_elementwise_sub_activation'],
    ['fusion_elementwise_mul_activation', 'fusion_elementwise_div_activation'],
    ['nearest_interp', 'bilinear_interp', 'nearest_interp_v2', 'bilinear_interp_v2', 'gru', 'lstm', 'rnn'],
    [
      'linear_interp',
      'linear_interp_v2',
      'affine_channel',
      'affine_grid',
      'grid_sampler',
      'deformable_conv',
      'gru_unit',
    ],
    ['elu', 'erf', 'negative', 'sign', 'relu_clipped', 'thresholded_relu', 'lrn', 'axpy', 'decode_bboxes'],
    ['fusion_elementwise_max_activation', 'fusion_elementwise_min_activation'],
  ),
  ...each(ARM_ANY, ['concat', 'transpose', 'transpose2', 'lookup_table', 'lookup_table_v2']),
  ...each(HOST, ['shuffle_channel', 'pad3d', 'top_k', 'top_k_v2', 'im2sequence']),
  ...each(
    HOST,
    ['prior_box', 'density_prior_box', 'yolo_box', 'box_coder', 'box_clip', 'anchor_generator', 'roi_align'],
    [
      'multiclass_nms',
      'multiclass_nms2',
      'multiclass_nms3',
      'matrix_nms',
      'generate_proposals',
      'generate_proposals_v2',
    ],
    ['distribute_fpn_proposals', 'collect_fpn_proposals', 'retinanet_detection_output', 'polygon_box_transform'],
    ['sin', 'cos', 'log_softmax', 'norm', 'p_norm', 'correlation', 'reduce_all', 'reduce_any', 'sequence_softmax'],
  ),
  ...each(HOST_ANY, ['feed', 'fetch', 'shape', 'expand', 'assign', 'flatten_contiguous_range']),
  ...each(HOST_ANY, [
    'logical_and',
    'logical_or',
    'logical_xor',
    'logical_not',
    'where',
    'where_index',
    'gather_nd',
    'one_hot',
  ]),
  ...each(HOST_ANY, ['reshape', 'flatten', 'squeeze', 'unsqueeze'], ['reshape2', 'flatten2', 'squeeze2', 'unsqueeze2']),
  ...each('def/1/4/1', [
    'cast',
    'fill_constant',
    'fill_constant_batch_size_like',
    'assign_value',
    'fill_any_like',
    'increment',
  ]),
  ...each('def/1/1/2', ['expand_v2', 'unstack', 'roll']),
  ...each({ fp32: 'def/1/1/2', int32: 'int32/1/1/2', int64: 'int64/1/1/2' }, [
    'equal',
    'not_equal',
    'less_than',
    'less_equal',
    'range',
  ]),
  ...each({ fp32: 'def/1/1/2', int32: 'def_int32/1/1/2', int64: 'def_int64/1/1/2' }, ['greater_than', 'greater_equal']),
  ...each({ fp32: ARM, int32: 'int32/4/1/1', int64: 'int64/4/1/1' }, ['scale'], elementwise('add', 'sub', 'mul')),
  elementwise_div: { fp32: ARM, int32: 'def/4/3/1', int64: 'def/4/7/1' },
  elementwise_pow: { fp32: ARM, int32: 'def/4/3/1' },
  elementwise_mod: { int32: 'int32_mod/4/1/1', int64: 'int64/4/1/1' },
  elementwise_floordiv: { fp32: ARM, int32: ARM, int64: 'int64/4/1/1' },
  reduce_sum: { fp32: ARM, int32: 'def_int32/4/1/1', int64: 'def_int64/4/1/1' },
  reduce_max: { fp32: ARM, int32: 'i32/4/1/1', int64: 'i64/4/1/1' },
  reduce_prod: { fp32: ARM, int32: 'int32/4/1/1', int64: 'reduce_prod_i64/4/1/1' },
  arg_max: {
    fp32: 'fp32/4/4/1',
    int64: 'int64/4/4/1',
    int32: 'int32/4/4/1',
    int16: 'int16/4/4/1',
    uint8: 'uint8/4/4/1',
  },
  sum: { fp32: 'sum_fp32/4/1/1', int64: 'sum_i64/4/1/1' },
  slice: { fp32: ARM, int32: 'int32_slice/4/1/1', int64: 'def_int64/4/1/1', bool: 'bool_slice/4/1/1' },
  strided_slice: { fp32: HOST, int32: 'def_int32/1/1/1', int64: 'def_int64/1/1/1' },
  split: { fp32: HOST, int32: 'int32/1/1/1' },
  stack: { fp32: 'def/1/1/2', int32: 'int32_def/1/1/2', int64: 'int64_def/1/1/2' },
  expand_as: { fp32: 'def/1/1/2', int64: 'int64/1/1/2' },
  cumsum: { fp32: 'float32/1/1/2', int32: 'int32/1/1/2', int64: 'int64/1/1/2' },
  argsort: { fp32: 'argsort_fp32/1/1/2', int32: 'argsort_int32/1/1/2', int64: 'argsort_int64/1/1/2' },
  temporal_shift: { fp32: 'fp32/1/1/1' },
  inverse: { fp32: 'fp32/1/1/1' },
  tile: { fp32: 'def_float/1/1/1' },
  pad: { fp32: 'def/1/1/2', int64: 'int64/1/1/2' },
  max_pool2d_with_index: { fp32: 'fp32/1/1/1' },
  reverse: { fp32: 'fp32/1/4/1' },
  flip: { fp32: 'flip_fp32/1/4/1' },
  // Named after the type of its indices.
  gather: { int32: 'int32int32/1/1/1', int64: 'int64int64/1/1/1' },
};

/** The same by op alone: what a file may hold. */
export const kernelKeys: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(KERNELS).map(([op, kernel]) => [op, typeof kernel === 'string' ? [kernel] : Object.values(kernel)]),
);

function each<T>(kernel: T, ...groups: readonly (readonly string[])[]): Record<string, T> {
  return Object.fromEntries(groups.flat().map((op) => [op, kernel]));
}

function elementwise(...operations: readonly string[]): string[] {
  return operations.map((operation) => `elementwise_${operation}`);
}

const ELEMENT_NAMES: Readonly<Record<number, ElementName>> = {
  [VarKind.FP32]: 'fp32',
  [VarKind.INT64]: 'int64',
  [VarKind.INT32]: 'int32',
  [VarKind.INT16]: 'int16',
  [VarKind.UINT8]: 'uint8',
  [VarKind.BOOL]: 'bool',
};

const PRECISIONS: Readonly<Record<number, number>> = {
  [VarKind.FP32]: 1,
  [VarKind.INT8]: 2,
  [VarKind.INT32]: 3,
  [VarKind.FP16]: 5,
  [VarKind.BOOL]: 6,
  [VarKind.INT64]: 7,
  [VarKind.INT16]: 8,
  [VarKind.UINT8]: 9,
};

/** Paddle-Lite's number of an element type; undefined for one it does not number. */
export function precisionOf({ dataType }: Value): number | undefined {
  return PRECISIONS[dataType];
}

/**
 * The whole kernel attribute of an op: `conv2d/def/4/1/1`. Throws E_OP for an op without a kernel, or without one for the
 * type of its elements: Paddle-Lite would compute integers in fp32 there and hand on fp32.
 */
export function kernelOf(node: Node): string {
  const kernel = Object.hasOwn(KERNELS, node.type) ? KERNELS[node.type]! : {};
  const from = node.type === 'gather' ? 'Index' : node.inputs.has('Input') ? 'Input' : 'X';
  const type = node.inputs.get(from)?.[0]?.dataType ?? VarKind.FP32;
  const name = ELEMENT_NAMES[type] ?? 'fp32';
  if (typeof kernel !== 'string' && kernel[name]) return `${node.type}/${kernel[name]}`;
  const takesAny = typeof kernel === 'string' && kernel.split('/')[2] === ANY;
  if (typeof kernel === 'string' && (takesAny || name === 'fp32')) return `${node.type}/${kernel}`;
  throw new EdgeDeployError('E_OP', `Paddle-Lite for arm has no kernel for '${node.type}' of ${name}`, {
    hint: 'Run the model with edge-deploy push, or compute this part of the model in float32.',
    details: { op: node.type, elements: name },
  });
}
