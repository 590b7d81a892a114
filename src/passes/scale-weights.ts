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
    : scaleReals(constant, outputChannels(node, constant), factors);
  return scaled && draft.addConstant(`${name}.folded`, scaled);
}

/** The output channel of the weight element at a row-major index. */
function outputChannels({ op, attributes }: Node, { type: { shape } }: Constant): (index: number) => number {
  if (op === 'fc') return (index) => index % shape[1]!;
  if (op !== 'conv2d_transpose') {
    const perChannel = elementCount(shape.slice(1));
    return (index) => Math.floor(index / perChannel);
  }
  const [inputs, perGroup] = [shape[0]!, shape[1]!];
  const taps = elementCount(shape.slice(2));
  const inputsPerGroup = inputs / (attributes.groups as number);
  return (index) => {
    const plane = Math.floor(index / taps);
    return Math.floor(plane / perGroup / inputsPerGroup) * perGroup + (plane % perGroup);
  };
}

function scaleReals(
  constant: Constant,
  channelOf: (index: number) => number,
  factors: Float64Array,
): Constant | undefined {
  const { type, data } = constant;
  if (!(data instanceof Float32Array)) return undefined;
  return { type, data: data.map((weight, index) => weight * factors[channelOf(index)]!) };
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
