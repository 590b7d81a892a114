import type { Graph, Node } from '../ir/graph.js';
import { sameShape } from '../ir/tensor.js';
import { Draft } from './draft.js';

/**
 * Moves the sum of a convolution's (or fully connected layer's) result and another tensor of the same shape into the op,
 * which then adds it before its activation. The result must have no other use and no activation of its own. Where both
 * summands qualify, the second one takes the first as its residual: it is usually the longer branch, computed last.
 */
export function fuseResiduals(graph: Graph): Graph {
  const draft = new Draft(graph);
  for (const node of draft.nodes()) {
    if (node.op !== 'binary' || node.attributes.kind !== 'add') continue;
    const [first = '', second = ''] = node.inputs;
    if (!sameShape(draft.typeOf(first).shape, draft.typeOf(second).shape)) continue;
    if (!fuse(draft, node, second, first)) fuse(draft, node, first, second);
  }
  return draft.finish();
}

function fuse(draft: Draft, sum: Node, value: string, residual: string): boolean {
  const producer = draft.maker(value);
  if (!producer || (producer.op !== 'conv2d' && producer.op !== 'fc')) return false;
  if (producer.attributes.activation || !draft.usedOnce(value) || draft.constantOf(residual)) return false;
  const [x = '', w = '', bias = '', other = ''] = producer.inputs;
  if (other !== '') return false;
  const { activation } = sum.attributes;
  const attributes = activation ? { ...producer.attributes, activation } : producer.attributes;
  draft.merge(producer, sum, { ...producer, inputs: [x, w, bias, residual], attributes });
  return true;
}
