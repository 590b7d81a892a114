import type { Activation, Node } from '../../ir/graph.js';
import type { OpName } from '../../ops/index.js';
import type { NodeKind } from './page/data.js';

/** Which ops look alike. */
export const KINDS = {
  conv2d: 'convolution',
  conv2d_transpose: 'convolution',
  fc: 'matrix',
  matmul: 'matrix',
  batch_norm: 'normalisation',
  affine: 'normalisation',
  layer_norm: 'normalisation',
  unary: 'activation',
  prelu: 'activation',
  softmax: 'activation',
  binary: 'arithmetic',
  reduce: 'arithmetic',
  arg_max: 'arithmetic',
  pool2d: 'image',
  resize: 'image',
  reshape: 'movement',
  transpose: 'movement',
  concat: 'movement',
  slice: 'movement',
  pad: 'movement',
  tile: 'movement',
  gather: 'movement',
  cast: 'movement',
  identity: 'movement',
} as const satisfies Record<OpName, NodeKind>;

/** What an op is called in a drawing: the function of an elementwise op, and what is fused into it. */
export function titleOf({ op, attributes }: Node): string {
  const activation = attributes.activation as Activation | undefined;
  if (op === 'unary') return activation === undefined ? op : activationName(activation);
  const own = op === 'binary' || op === 'reduce' ? String(attributes.kind) : op;
  return activation === undefined ? own : `${own} + ${activationName(activation)}`;
}

function activationName({ kind, a, b }: Activation): string {
  if (kind !== 'clamp' || a !== 0) return kind;
  return b === Number.POSITIVE_INFINITY ? 'relu' : b === 6 ? 'relu6' : kind;
}
