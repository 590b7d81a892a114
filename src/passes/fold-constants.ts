import type { Graph, Node } from '../ir/graph.js';
import { byteLength, type Constant, elementCount } from '../ir/tensor.js';
import { realValues } from '../ops/evaluate.js';
import { definitionOf } from '../ops/index.js';
import { Draft } from './draft.js';

/** A folded constant may be this large, or as large as what it is computed from: folding must not blow up a program. */
const FREE_BYTES = 64 * 1024;

/** Elements and multiply-accumulates that all folding of a graph may cost: about a second. */
const MAX_WORK = 2 ** 28;

/** Ops that know what to do with integer weights, and which input that is. */
const TAKES_INTEGER_WEIGHTS: Readonly<Record<string, number>> = { conv2d: 1, conv2d_transpose: 1, fc: 1, matmul: 1 };

/**
 * Computes nodes whose inputs are all constants, and gives every op but convolutions and products the real values of
 * integer weights (PaddleSlim quantises biases that are inputs of a convolution). Graph outputs stay computed: a program's
 * output is something a step writes.
 */
export function foldConstants(graph: Graph): Graph {
  const draft = new Draft(graph);
  let work = 0;
  for (const node of draft.nodes()) {
    const inputs = node.inputs.map((input) => draft.constantOf(input));
    const known = node.inputs.every((input, place) => input === '' || inputs[place] !== undefined);
    if (!known || node.outputs.length !== 1 || draft.isOutput(node.outputs[0]!) || !isSmall(draft, node, inputs)) {
      continue;
    }
    const cost = costOf(draft, node);
    if (work + cost > MAX_WORK) continue;
    work += cost;
    const values = inputs.map((input) => input && realValues(input));
    const [result] = definitionOf(node.op).evaluate(values, node.attributes);
    draft.makeConstant(node, result!);
  }
  for (const node of draft.nodes()) readReals(draft, node);
  return draft.finish();
}

function isSmall(draft: Draft, node: Node, inputs: readonly (Constant | undefined)[]): boolean {
  const before = inputs.reduce((sum, input) => sum + (input?.data.byteLength ?? 0), 0);
  return byteLength(draft.typeOf(node.outputs[0]!)) <= Math.max(before, FREE_BYTES);
}

function costOf(draft: Draft, { op, inputs, outputs, attributes }: Node): number {
  const typesIn = inputs.map((input) => (input === '' ? undefined : draft.typeOf(input)));
  const typesOut = outputs.map((output) => draft.typeOf(output));
  const elements = [...typesIn, ...typesOut].reduce((sum, type) => sum + (type ? elementCount(type.shape) : 0), 0);
  return elements + definitionOf(op).macs(typesIn, typesOut, attributes);
}

function readReals(draft: Draft, node: Node): void {
  const integers = node.inputs.filter(
    (input, place) => place !== TAKES_INTEGER_WEIGHTS[node.op] && draft.constantOf(input)?.quantization,
  );
  if (integers.length === 0) return;
  const inputs = node.inputs.map((input) =>
    integers.includes(input) ? draft.addConstant(`${input}.real`, realValues(draft.constantOf(input)!)) : input,
  );
  draft.replace(node, { ...node, inputs });
}
