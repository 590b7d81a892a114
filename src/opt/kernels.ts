/**
 * The kernels of Paddle-Lite for ARM that a file may name: op → keys `alias/target/precision/layout` (numbers: targets
 * 1 Host, 4 ARM; precisions 1 float, 2 int8, 3 int32, 4 any, 7 int64; layouts 1 NCHW, 2 any). The first is the one of
 * fp32 programs. Release 2.13; a loader from 2.8 on finds nearly all of them.
 */
import { EdgeDeployError } from '../base/errors.js';
import { VarKind } from '../paddle/index.js';
import type { Node, Value } from './graph.js';

const ARM = 'def/4/1/1';
const ARM_ANY = 'def/4/4/1';
const HOST = 'def/1/1/1';
const HOST_ANY = 'def/1/4/2';

const ELEMENTWISE_INTEGERS = ['def/4/3/1', 'def/4/7/1'];

export const kernelKeys: Readonly<Record<string, readonly string[]>> = {
  ...each(
    [ARM],
    ['conv2d', 'depthwise_conv2d', 'conv2d_transpose', 'depthwise_conv2d_transpose', 'sparse_conv2d'],
    ['fc', 'mul', 'matmul', 'matmul_v2', 'pool2d', 'softmax', 'scale', 'dropout', 'pixel_shuffle', 'pad2d'],
    ['batch_norm', 'sync_batch_norm', 'layer_norm', 'instance_norm', 'group_norm'],
    ['relu', 'relu6', 'leaky_relu', 'prelu', 'sigmoid', 'tanh', 'swish', 'exp', 'hard_sigmoid', 'hard_swish'],
    ['abs', 'gelu', 'sqrt', 'silu', 'clip', 'elementwise_min', 'elementwise_pow', 'elementwise_max'],
    ['fusion_elementwise_add_activation', 'fusion_elementwise_sub_activation'],
    ['fusion_elementwise_mul_activation', 'fusion_elementwise_div_activation'],
    ['nearest_interp', 'bilinear_interp', 'nearest_interp_v2', 'bilinear_interp_v2'],
    ['reduce_mean', 'reduce_max', 'reduce_sum', 'gru', 'lstm', 'rnn'],
  ),
  ...each([ARM, ...ELEMENTWISE_INTEGERS], ['elementwise_add', 'elementwise_sub', 'elementwise_mul', 'elementwise_div']),
  ...each([ARM_ANY], ['concat', 'transpose', 'transpose2', 'lookup_table', 'lookup_table_v2']),
  ...each([HOST], ['split', 'shuffle_channel', 'pad3d', 'top_k', 'top_k_v2', 'im2sequence']),
  ...each([HOST], ['prior_box', 'yolo_box', 'box_coder', 'multiclass_nms', 'multiclass_nms2', 'multiclass_nms3']),
  ...each([HOST_ANY], ['feed', 'fetch', 'shape', 'expand', 'assign', 'flatten_contiguous_range']),
  ...each(
    [HOST_ANY],
    ['reshape', 'flatten', 'squeeze', 'unsqueeze'],
    ['reshape2', 'flatten2', 'squeeze2', 'unsqueeze2'],
  ),
  ...each(['def/1/1/2'], ['expand_v2', 'stack']),
  ...each(['def/1/4/1'], ['cast', 'fill_constant']),
  slice: [ARM, 'int32_slice/4/1/1', 'int64_slice/4/1/1'],
  arg_max: ['fp32/4/4/1', 'int64/4/4/1', 'int32/4/4/1', 'int16/4/4/1', 'uint8/4/4/1'],
};

function each(keys: readonly string[], ...groups: readonly (readonly string[])[]): Record<string, readonly string[]> {
  return Object.fromEntries(groups.flat().map((op) => [op, keys]));
}

/** Element type → the beginning of the key of kernels that are there for several. */
const BY_TYPE: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  slice: { [VarKind.INT32]: 'int32_slice', [VarKind.INT64]: 'int64_slice' },
  arg_max: {
    [VarKind.INT64]: 'int64',
    [VarKind.INT32]: 'int32',
    [VarKind.INT16]: 'int16',
    [VarKind.UINT8]: 'uint8',
  },
  ...Object.fromEntries(
    ['add', 'sub', 'mul', 'div'].map((name) => [
      `elementwise_${name}`,
      { [VarKind.INT32]: 'def/4/3', [VarKind.INT64]: 'def/4/7' },
    ]),
  ),
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
  [VarKind.FP64]: 10,
};

/** Paddle-Lite's number of an element type. */
export function precisionOf(value: Value | undefined): number {
  return PRECISIONS[value?.dataType ?? VarKind.FP32] ?? PRECISIONS[VarKind.FP32]!;
}

/** The whole kernel attribute of an op: `conv2d/def/4/1/1`. Throws E_OP for an op without a kernel. */
export function kernelOf(node: Node): string {
  const keys = Object.hasOwn(kernelKeys, node.type) ? kernelKeys[node.type]! : [];
  const type = (node.input('X') ?? node.input('Input'))?.dataType ?? VarKind.FP32;
  const wanted = BY_TYPE[node.type]?.[type];
  const key = wanted === undefined ? keys[0] : keys.find((one) => one.startsWith(`${wanted}/`));
  if (key !== undefined) return `${node.type}/${key}`;
  throw new EdgeDeployError('E_OP', `Paddle-Lite has no kernel for '${node.type}' on 'arm'`, {
    hint: 'Run the model with edge-deploy push, or take the op out of the model.',
    details: { op: node.type },
  });
}
