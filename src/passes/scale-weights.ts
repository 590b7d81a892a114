import type { Node } from '../ir/graph.js';
import { type Constant, elementCount } from '../ir/tensor.js';
import type { Draft } from './draft.js';

/**
 * Adds a copy of the node's weights (input 1) whose output channel o is multiplied by factors[o], and returns its name.
 * Undefined when that is not possible: the weights are computed, or they are integers whose scales do not run along the
 * output channels.
 */
export function scaleWeights(draft: Draft, node: Node, factors: Float64Array): string | undefined {
  const name = node.inputs[1]!;
  const constant = draft.constantOf(name);
  if (!constant) return undefined;
  const scaled = constant.quantization
    ? scaleIntegers(constant, node, factors)
    : scaleReals(constant, planesOf(node, constant), factors);
  return scaled && draft.addConstant(`${name}.folded`, scaled);
}

/** How output channels lie in weights: `planes` of `inner` consecutive elements, each of one channel. */
interface Planes {
  readonly inner: number;
  readonly channelOf: (plane: number) => number;
}

function planesOf({ op, attributes }: Node, { type: { shape } }: Constant): Planes {
  if (op === 'fc') return { inner: 1, channelOf: (plane) => plane % shape[1]! };
  if (op !== 'conv2d_transpose') return { inner: elementCount(shape.slice(1)), channelOf: (plane) => plane };
  const [inputs, perGroup] = [shape[0]!, shape[1]!];
  const inputsPerGroup = inputs / (attributes.groups as number);
  return {
    inner: elementCount(shape.slice(2)),
    channelOf: (plane) => Math.floor(plane / perGroup / inputsPerGroup) * perGroup + (plane % perGroup),
  };
}

function scaleReals(
  { type, data }: Constant,
  { inner, channelOf }: Planes,
  factors: Float64Array,
): Constant | undefined {
  if (!(data instanceof Float32Array)) return undefined;
  const scaled = new Float32Array(data.length);
  for (let start = 0, plane = 0; start < data.length; start += inner, plane++) {
    const factor = factors[channelOf(plane)]!;
    for (let i = start; i < start + inner; i++) scaled[i] = data[i]! * factor;
  }
  return { type, data: scaled };
}

function scaleIntegers(constant: Constant, { op, attributes }: Node, factors: Float64Array): Constant | undefined {
  const quantization = constant.quantization!;
  const { axis, scales } = quantization;
  const { shape } = constant.type;
  const axisOfOutputs = outputAxis(op, attributes.groups as number | undefined, shape);
  if (axis !== axisOfOutputs || scales.length !== factors.length) return undefined;
  return { ...constant, quantization: { ...quantization, scales: scales.map((scale, c) => scale * factors[c]!) } };
}

/** The axis of the weights that counts output channels, if there is one: a grouped transposed convolution spreads them over two. */
function outputAxis(op: string, groups: number | undefined, shape: readonly number[]): number | undefined {
  if (op === 'conv2d') return 0;
  if (op === 'fc') return 1;
  if (op !== 'conv2d_transpose') return undefined;
  if (groups === 1) return 1;
  return groups === shape[0] && shape[1] === 1 ? 0 : undefined;
}
