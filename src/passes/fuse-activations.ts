import type { Graph } from '../ir/graph.js';
import { Draft } from './draft.js';

/** Ops with an `activation` attribute, applied to what they compute before it is stored. */
const FUSES: ReadonlySet<string> = new Set([
  ...['conv2d', 'conv2d_transpose', 'fc', 'matmul', 'binary', 'affine'],
  ...['int8_conv2d', 'int8_fc'],
]);

/** Moves an elementwise function into the op before it, when nothing else reads that op's result. */
export function fuseActivations(graph: Graph): Graph {
  const draft = new Draft(graph);
  for (const node of draft.nodes()) {
    if (node.op !== 'unary') continue;
    const value = node.inputs[0]!;
    const producer = draft.maker(value);
    if (!producer || !FUSES.has(producer.op) || producer.attributes.activation || !draft.usedOnce(value)) continue;
    if (draft.typeOf(value).dtype !== 'f32') continue;
    const attributes = { ...producer.attributes, activation: node.attributes.activation };
    draft.merge(producer, node, { ...producer, attributes });
  }
  return draft.finish();
}
