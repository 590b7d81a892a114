import { EdgeDeployError } from '../base/errors.js';
import type { Graph } from '../ir/graph.js';
import { type Constant, formatType, sameShape, type Tensor } from '../ir/tensor.js';
import { throughInt8 } from './dynamic-int8.js';
import { definitionOf } from './index.js';

/** Real values of a constant: w = fround(scale · q) for quantised weights, the data itself otherwise. */
export function realValues(constant: Constant): Tensor {
  const { quantization, type, data } = constant;
  if (!quantization) return constant;
  const { axis, scales } = quantization;
  const inner = type.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const channels = type.shape[axis]!;
  const integers = data as Int8Array | Int16Array;
  const real = new Float32Array(integers.length);
  for (let i = 0; i < real.length; i++) real[i] = scales[Math.floor(i / inner) % channels]! * integers[i]!;
  return { type: { dtype: 'f32', shape: type.shape }, data: real };
}

/**
 * Computes a graph's outputs with the ops' own definitions: the reference that every kernel and every pass is held to.
 * Intermediate values are dropped after their last use. `integerNodes` names nodes that compute in integers: their first
 * input is quantised from its own range.
 */
export function evaluateGraph(
  graph: Graph,
  inputs: ReadonlyMap<string, Tensor>,
  integerNodes: ReadonlySet<string> = new Set(),
): Map<string, Tensor> {
  const values = new Map<string, Tensor>();
  for (const name of graph.inputs) {
    const value = inputs.get(name);
    const type = graph.types.get(name)!;
    if (!value || value.type.dtype !== type.dtype || !sameShape(value.type.shape, type.shape)) {
      const got = value ? formatType(value.type) : 'nothing';
      throw new EdgeDeployError('E_INPUT', `input '${name}' must be ${formatType(type)}, not ${got}`, {
        hint: 'Give every input the type and shape that the graph says.',
      });
    }
    values.set(name, value);
  }
  const lastUse = new Map<string, number>();
  graph.nodes.forEach((node, index) => {
    for (const input of node.inputs) lastUse.set(input, index);
  });
  for (const output of graph.outputs) lastUse.set(output, graph.nodes.length);
  const read = (name: string) => {
    const constant = graph.constants.get(name);
    return constant ? realValues(constant) : values.get(name);
  };
  graph.nodes.forEach((node, index) => {
    const operands = node.inputs.map(read);
    if (integerNodes.has(node.name)) operands[0] = throughInt8(operands[0]!);
    const results = definitionOf(node.op).evaluate(operands, node.attributes);
    for (const [i, output] of node.outputs.entries()) values.set(output, results[i]!);
    for (const input of node.inputs) if (lastUse.get(input) === index) values.delete(input);
  });
  return new Map(graph.outputs.map((name) => [name, read(name)!]));
}
