/** What a model offers to the outside: its inputs and outputs, and the nodes between them. */
import { EdgeDeployError } from '../base/errors.js';
import { inputShape } from '../ir/input-shape.js';
import type { TensorType } from '../ir/tensor.js';
import { elementTypeName, type Model, type ModelGraph, type ModelNode, toNumber, type ValueInfo } from './messages.js';
import { dtypeOf } from './tensor.js';

/** Versions of the operator set whose meaning is known. */
const OPSETS = { first: 7, last: 23 };

/** The version of the default operator set. Throws E_MODEL for one that is not known. */
export function opsetOf(model: Model): number {
  const entry = model.opset_import.find(({ domain }) => isDefaultDomain(domain));
  if (entry === undefined) {
    throw new EdgeDeployError('E_MODEL', 'the model does not say which version of the ONNX operators it uses', {
      hint: 'Export it with an operator set of version 9 to 21.',
    });
  }
  const version = toNumber(entry.version);
  if (version >= OPSETS.first && version <= OPSETS.last) return version;
  throw new EdgeDeployError(
    'E_MODEL',
    `the model uses version ${version} of the ONNX operators; known are ${OPSETS.first} to ${OPSETS.last}`,
    { hint: 'Export it again, or convert it with onnx.version_converter, e.g. to version 17.' },
  );
}

export function isDefaultDomain(domain: string): boolean {
  return domain === '' || domain === 'ai.onnx';
}

/** The inputs that are no weights: older models list their initializers as inputs, too. */
export function inputsOf(graph: ModelGraph): ValueInfo[] {
  const initializers = new Set(graph.initializer.map(({ name }) => name));
  return graph.input.filter(({ name }) => !initializers.has(name));
}

/** A node that contributes to the outputs. */
export interface LiveNode {
  readonly node: ModelNode;
  readonly index: number;
  /** Those of its outputs that are read. */
  readonly needed: readonly string[];
}

/** The nodes that contribute to the outputs, in the model's order. What only a cut-off branch needs is left out. */
export function liveNodes(graph: ModelGraph): LiveNode[] {
  const needed = new Set(graph.output.map(({ name }) => name));
  const live: LiveNode[] = [];
  for (const [index, node] of [...graph.node.entries()].reverse()) {
    const own = node.output.filter((name) => needed.has(name));
    if (own.length === 0) continue;
    live.push({ node, index, needed: own });
    for (const name of node.input) if (name !== '') needed.add(name);
  }
  return live.reverse();
}

/** The compiled type of an input: see inputShape. Throws E_MODEL when it is not a tensor of numbers. */
export function inputType(input: ValueInfo, given: readonly number[] | undefined): TensorType {
  const { name } = input;
  const tensor = input.type?.tensor_type;
  if (!tensor) {
    throw new EdgeDeployError('E_MODEL', `the input '${name}' is not declared as a tensor`, {
      hint: 'Export the model with inputs of float32 or integers.',
    });
  }
  const dtype = dtypeOf(tensor.elem_type);
  if (dtype === undefined) {
    throw new EdgeDeployError(
      'E_MODEL',
      `the input '${name}' has an unsupported element type (${elementTypeName(tensor.elem_type)})`,
      { hint: 'Export the model with inputs of float32 or integers.' },
    );
  }
  if (tensor.shape === null && given === undefined) {
    throw new EdgeDeployError('E_SHAPE', `the model declares no shape for its input '${name}'`, {
      hint: `Say which shape to compile for: --input-shape ${name}=1x3x224x224`,
    });
  }
  const dims = (tensor.shape?.dim ?? []).map(({ dim_value }) => {
    const value = toNumber(dim_value);
    return value > 0 ? value : -1;
  });
  return { dtype, shape: inputShape(name, dims, given) };
}
