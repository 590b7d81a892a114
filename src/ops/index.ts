import { EdgeDeployError } from '../base/errors.js';
import { affine } from './affine.js';
import { arg_max } from './arg-max.js';
import { batch_norm } from './batch-norm.js';
import { binary } from './binary.js';
import { cast } from './cast.js';
import { concat } from './concat.js';
import { conv2d } from './conv2d.js';
import { conv2d_transpose } from './conv2d-transpose.js';
import { fc } from './fc.js';
import { gather } from './gather.js';
import { identity } from './identity.js';
import { int8_conv2d } from './int8-conv2d.js';
import { int8_fc } from './int8-fc.js';
import { layer_norm } from './layer-norm.js';
import { matmul } from './matmul.js';
import type { OpDefinition } from './op.js';
import { pad } from './pad.js';
import { pool2d } from './pool2d.js';
import { prelu } from './prelu.js';
import { quantize } from './quantize.js';
import { reduce } from './reduce.js';
import { reshape } from './reshape.js';
import { resize } from './resize.js';
import { slice } from './slice.js';
import { softmax } from './softmax.js';
import { tile } from './tile.js';
import { transpose } from './transpose.js';
import { unary } from './unary.js';

/** The op ledger: every op a graph may hold. Tables elsewhere are `satisfies Record<OpName, …>`. */
export const ops = {
  conv2d,
  conv2d_transpose,
  fc,
  matmul,
  quantize,
  int8_conv2d,
  int8_fc,
  batch_norm,
  affine,
  binary,
  unary,
  prelu,
  softmax,
  pool2d,
  resize,
  reshape,
  transpose,
  concat,
  slice,
  pad,
  tile,
  gather,
  cast,
  arg_max,
  reduce,
  layer_norm,
  identity,
} as const;

export type OpName = keyof typeof ops;

export type AttributesOf<K extends OpName> = (typeof ops)[K] extends OpDefinition<infer A extends object> ? A : never;

export function isOpName(name: string): name is OpName {
  return Object.hasOwn(ops, name);
}

/** The definition of a node's op, with its attribute type erased: the verifier vouches for the attributes. */
export function definitionOf(name: string): OpDefinition<object> {
  if (!isOpName(name)) throw new EdgeDeployError('E_INTERNAL', `the graph holds an unknown op '${name}'`);
  return ops[name] as OpDefinition<object>;
}
