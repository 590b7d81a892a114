import type { Activation, AttributeValue, Graph, Node } from '../../ir/graph.js';
import type { OpName } from '../../ops/index.js';
import type { NodeKind } from './page/data.js';

/** Which ops look alike. */
export const KINDS = {
  conv2d: 'convolution',
  conv2d_transpose: 'convolution',
  fc: 'matrix',
  int8_conv2d: 'convolution',
  int8_fc: 'matrix',
  matmul: 'matrix',
  batch_norm: 'normalisation',
  affine: 'normalisation',
  layer_norm: 'normalisation',
  unary: 'activation',
  prelu: 'activation',
  softmax: 'activation',
  quantize: 'arithmetic',
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

/** What an op is called in a drawing: the function of an elementwise op, a depthwise convolution, what is fused into it. */
export function titleOf({ op, attributes, outputs }: Node, types: Graph['types']): string {
  const { groups } = attributes;
  const isDepthwise = op === 'conv2d' && groups !== 1 && groups === types.get(outputs[0]!)?.shape[1];
  const activation = attributes.activation as Activation | undefined;
  if (op === 'unary') return activation === undefined ? op : activationName(activation);
  const own = isDepthwise ? 'depthwise' : nameOf(op, attributes.kind);
  return activation === undefined ? own : `${own} + ${activationName(activation)}`;
}

function nameOf(op: string, kind: AttributeValue): string {
  if (op === 'pool2d') return `${kind} pool`;
  return op === 'binary' || op === 'reduce' ? String(kind) : op;
}

function activationName({ kind, a, b }: Activation): string {
  if (kind !== 'clamp' || a !== 0) return kind;
  return b === Number.POSITIVE_INFINITY ? 'relu' : b === 6 ? 'relu6' : kind;
}
