import { EdgeDeployError } from '../base/errors.js';
import type { Graph } from './graph.js';
import { byteLength, formatType } from './tensor.js';

/** Structure of a graph: names made once and before use, types for all, constants that fill their types. Throws E_INTERNAL. */
export function verify(graph: Graph): void {
  const made = new Set<string>();
  const nodes = new Set<string>();
  const fail = (message: string): never => {
    throw new EdgeDeployError('E_INTERNAL', `graph '${graph.name}' (${graph.stage}): ${message}`);
  };
  const make = (name: string) => {
    if (made.has(name)) fail(`'${name}' is made twice`);
    if (!graph.types.has(name)) fail(`'${name}' has no type`);
    made.add(name);
  };
  for (const input of graph.inputs) make(input);
  for (const [name, constant] of graph.constants) {
    make(name);
    const { type, data, quantization } = constant;
    if (formatType(type) !== formatType(graph.types.get(name)!)) fail(`constant '${name}' is not of its declared type`);
    if (data.byteLength !== byteLength(type))
      fail(`constant '${name}' holds ${data.byteLength} bytes, not ${formatType(type)}`);
    if (quantization && quantization.scales.length !== type.shape[quantization.axis]) {
      fail(
        `constant '${name}' has ${quantization.scales.length} scales along axis ${quantization.axis} of [${type.shape}]`,
      );
    }
  }
  for (const node of graph.nodes) {
    if (nodes.has(node.name)) fail(`two nodes are called '${node.name}'`);
    nodes.add(node.name);
    if (node.inputs.at(-1) === '') fail(`node '${node.name}' ends in an absent input`);
    for (const input of node.inputs)
      if (input !== '' && !made.has(input)) fail(`node '${node.name}' reads '${input}' too early`);
    node.outputs.forEach(make);
  }
  for (const output of graph.outputs) if (!made.has(output)) fail(`output '${output}' is never made`);
}
