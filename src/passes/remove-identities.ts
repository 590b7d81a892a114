import type { Activation, Graph, Node } from '../ir/graph.js';
import { sameShape } from '../ir/tensor.js';
import { Draft } from './draft.js';
import { mergeMoves } from './merge-moves.js';

/**
 * Merges reshapes of reshapes and transposes of transposes, and removes nodes that return their input: identity, scale
 * by 1, and moves, pads, casts and slices that change nothing. One that makes a graph output gives its name to the node
 * before it; where there is none (a graph input that is also an output, one value under two output names) it becomes a
 * reshape to the same shape, that is, a copy.
 */
export function removeIdentities(graph: Graph): Graph {
  const draft = new Draft(graph);
  for (const original of draft.nodes()) {
    const node = mergeMoves(draft, original);
    if (isIdentity(draft, node)) remove(draft, node);
  }
  return draft.finish();
}

function remove(draft: Draft, node: Node): void {
  const [input, output] = [node.inputs[0]!, node.outputs[0]!];
  const maker = draft.maker(input);
  if (!draft.isOutput(output)) {
    draft.redirect(output, input);
    draft.remove(node);
  } else if (maker && !draft.isOutput(input)) {
    draft.remove(node);
    draft.redirect(input, output);
    draft.replace(maker, { ...maker, outputs: maker.outputs.map((name) => (name === input ? output : name)) });
  } else if (node.op !== 'reshape') {
    const { shape } = draft.typeOf(output);
    draft.replace(node, { ...node, op: 'reshape', inputs: [input], attributes: { shape } });
  }
}

function isIdentity(draft: Draft, { op, inputs, outputs, attributes }: Node): boolean {
  const type = () => draft.typeOf(inputs[0]!);
  const result = () => draft.typeOf(outputs[0]!);
  const unchanged = () => sameShape(type().shape, result().shape);
  switch (op) {
    case 'identity':
      return true;
    case 'unary':
      return isNothing(attributes.activation as Activation);
    case 'reshape':
      return unchanged();
    case 'transpose':
      return (attributes.permutation as readonly number[]).every((axis, place) => axis === place);
    case 'cast':
      return type().dtype === result().dtype;
    case 'pad':
      return [attributes.before, attributes.after].every((amounts) =>
        (amounts as readonly number[]).every((n) => n === 0),
      );
    case 'tile':
      return unchanged();
    case 'slice':
      return unchanged() && (attributes.steps as readonly number[]).every((step) => step === 1);
    case 'concat':
      return inputs.length === 1;
    default:
      return false;
  }
}

function isNothing({ kind, a, b }: Activation): boolean {
  if (kind === 'linear') return a === 1 && b === 0;
  return kind === 'clamp' && a === Number.NEGATIVE_INFINITY && b === Number.POSITIVE_INFINITY;
}
