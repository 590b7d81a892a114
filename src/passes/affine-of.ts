import type { Activation, Node } from '../ir/graph.js';
import { elementCount } from '../ir/tensor.js';
import { numbers } from '../ops/data.js';
import type { Draft } from './draft.js';

/** y = factors[c] · x + offsets[c], in double; c along the axis the caller asked for. */
export interface ChannelAffine {
  readonly factors: Float64Array;
  readonly offsets: Float64Array;
  /** Whether every factor is 1: only a bias. */
  readonly onlyOffsets: boolean;
}

/**
 * A node read as a scaling and shift of each channel of `value`, one of its inputs, whose channels lie along `axis`; or
 * undefined when it is something else, its parameters are not constants, or it does more than that (an activation is
 * left to the caller). Understands batch_norm, affine, scale (unary linear) and binary ops with a constant.
 */
export function affineOf(draft: Draft, node: Node, value: string, axis: number): ChannelAffine | undefined {
  const { shape, dtype } = draft.typeOf(value);
  const channels = shape[axis];
  if (channels === undefined || dtype !== 'f32') return undefined;
  switch (node.op) {
    case 'batch_norm':
      return axis === 1 ? batchNorm(draft, node) : undefined;
    case 'affine': {
      const [a, b] = [constantNumbers(draft, node.inputs[1]!), constantNumbers(draft, node.inputs[2]!)];
      if (axis !== 1 || !a || !b) return undefined;
      return affine(Float64Array.from(a), Float64Array.from(b));
    }
    case 'unary': {
      const { kind, a, b } = node.attributes.activation as Activation;
      if (kind !== 'linear') return undefined;
      return affine(new Float64Array(channels).fill(a), new Float64Array(channels).fill(b));
    }
    case 'binary':
      return binary(draft, node, value, axis);
    default:
      return undefined;
  }
}

/** Undefined where a parameter is not finite: folding it would turn an infinity into NaN. */
function affine(factors: Float64Array, offsets: Float64Array): ChannelAffine | undefined {
  if (!factors.every(Number.isFinite) || !offsets.every(Number.isFinite)) return undefined;
  return { factors, offsets, onlyOffsets: factors.every((factor) => factor === 1) };
}

function batchNorm(draft: Draft, node: Node): ChannelAffine | undefined {
  const [scale, bias, mean, variance] = node.inputs.slice(1).map((name) => constantNumbers(draft, name));
  if (!scale || !bias || !mean || !variance) return undefined;
  const epsilon = node.attributes.epsilon as number;
  const factors = Float64Array.from(scale, (s, c) => s / Math.sqrt(variance[c]! + epsilon));
  const offsets = factors.map((factor, c) => bias[c]! - mean[c]! * factor);
  return affine(factors, offsets);
}

function binary(draft: Draft, node: Node, value: string, axis: number): ChannelAffine | undefined {
  const first = node.inputs[0] === value;
  const other = node.inputs[first ? 1 : 0]!;
  const constants = perChannel(draft, other, value, axis);
  if (!constants) return undefined;
  const uniform = (number: number) => new Float64Array(constants.length).fill(number);
  const negated = () => constants.map((c) => -c);
  const inverted = () => constants.map((c) => 1 / c);
  switch (node.attributes.kind) {
    case 'add':
      return affine(uniform(1), constants);
    case 'sub':
      return first ? affine(uniform(1), negated()) : affine(uniform(-1), constants);
    case 'mul':
      return affine(constants, uniform(0));
    case 'div':
      return first ? affine(inverted(), uniform(0)) : undefined;
    default:
      return undefined;
  }
}

/** A constant that broadcasts to the value without enlarging it, and along `axis` only, as one number per channel. */
function perChannel(draft: Draft, name: string, value: string, axis: number): Float64Array | undefined {
  const constant = constantNumbers(draft, name);
  if (!constant) return undefined;
  const { shape } = draft.typeOf(value);
  const own = draft.typeOf(name).shape;
  const extra = shape.length - own.length;
  if (extra < 0 || own.some((dimension, i) => dimension !== 1 && i + extra !== axis)) return undefined;
  const count = elementCount(own);
  if (count !== 1 && count !== shape[axis]) return undefined;
  return Float64Array.from({ length: shape[axis]! }, (_, c) => constant[count === 1 ? 0 : c]!);
}

function constantNumbers(draft: Draft, name: string): ArrayLike<number> | undefined {
  const constant = draft.constantOf(name);
  return constant && constant.type.dtype === 'f32' ? numbers(constant) : undefined;
}
