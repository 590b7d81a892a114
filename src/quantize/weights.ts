import type { Graph, Node } from '../ir/graph.js';
import { type QuantizationMode, quantizeTensor } from '../ir/quantization.js';
import type { Constant, TensorType } from '../ir/tensor.js';
import { measureError, type WeightReport } from '../ir/weight-report.js';
import { realValues } from '../ops/evaluate.js';

export interface WeightOptions {
  readonly bits: 8 | 16;
  readonly mode: QuantizationMode;
}

/** Place of the weights among the inputs of the ops whose weights are quantised. */
const WEIGHT_INPUT: Readonly<Record<string, number>> = { conv2d: 1, conv2d_transpose: 1, fc: 1, matmul: 1 };

/**
 * Replaces the fp32 weights of conv2d, conv2d_transpose, fc and matmul by integers with scales. Biases, weights with
 * another use, weights that several ops would scale along different axes, and weights that are integers already stay as
 * they are. A per-tensor scale is stored once per channel. Throws E_WEIGHTS, naming the tensor, for NaN and infinities.
 */
export function quantizeWeights(graph: Graph, { bits, mode }: WeightOptions): { graph: Graph; report: WeightReport[] } {
  const constants = new Map(graph.constants);
  const types = new Map(graph.types);
  const report: WeightReport[] = [];
  for (const [name, { axis, node }] of weightAxes(graph)) {
    const constant = graph.constants.get(name)!;
    const { shape } = constant.type;
    const weights = constant.data as Float32Array;
    const { data, scales } = quantizeTensor(name, weights, shape, { bits, mode, axis });
    const perChannel = mode === 'abs_max' ? new Float32Array(shape[axis]!).fill(scales[0]!) : scales;
    const quantized: Constant = {
      type: { dtype: bits === 8 ? 'i8' : 'i16', shape },
      data,
      quantization: { bits, axis, scales: perChannel },
    };
    constants.set(name, quantized);
    types.set(name, quantized.type);
    report.push({
      name,
      node,
      bits,
      bytesBefore: weights.byteLength,
      bytesAfter: data.byteLength + scales.byteLength,
      ...measureError(weights, realValues(quantized).data as Float32Array),
      minScale: scales.reduce((a, b) => Math.min(a, b)),
      maxScale: scales.reduce((a, b) => Math.max(a, b)),
    });
  }
  return { graph: { ...graph, stage: 'quantized', types, constants }, report };
}

/** Turns every integer weight back into fp32, w = fround(scale · q). */
export function dequantizeWeights(graph: Graph): Graph {
  const constants = new Map<string, Constant>();
  const types = new Map(graph.types);
  for (const [name, constant] of graph.constants) {
    const real = realValues(constant);
    constants.set(name, real);
    types.set(name, real.type);
  }
  return { ...graph, types, constants };
}

/** Which constants to quantise, and along which axis their channels lie; the node is the first that uses them. */
function weightAxes(graph: Graph): Map<string, { axis: number; node: string }> {
  const axes = new Map<string, { axis: number; node: string }>();
  const excluded = new Set<string>(graph.outputs);
  for (const node of graph.nodes) {
    node.inputs.forEach((input, place) => {
      const constant = graph.constants.get(input);
      if (constant?.type.dtype !== 'f32' || constant.data.length === 0) return;
      const axis = place === WEIGHT_INPUT[node.op] ? channelAxis(node, constant.type) : undefined;
      const known = axes.get(input);
      if (axis === undefined || (known && known.axis !== axis)) excluded.add(input);
      else if (!known) axes.set(input, { axis, node: node.name });
    });
  }
  for (const name of excluded) axes.delete(name);
  return axes;
}

/**
 * The axis along which a GEMM's result can be scaled afterwards: the output channel. A transposed convolution in groups
 * repeats its O/groups scales in every group; a depthwise one has its channel first. matmul scales columns, which only
 * a matrix has.
 */
function channelAxis({ op, attributes }: Node, { shape }: TensorType): number | undefined {
  switch (op) {
    case 'conv2d':
      return 0;
    case 'conv2d_transpose':
      return shape[1] === 1 && attributes.groups === shape[0] ? 0 : 1;
    case 'matmul':
      if (shape.length !== 2) return undefined;
      return attributes.transposeY === true ? 0 : 1;
    default:
      return 1;
  }
}
