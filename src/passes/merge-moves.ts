import type { Node } from '../ir/graph.js';
import type { Draft } from './draft.js';

/**
 * reshape(reshape(x)) → reshape(x), and transpose(transpose(x)) → transpose(x): the later node reads x itself. Returns
 * what stands in the node's place, the node itself if there is nothing to merge.
 */
export function mergeMoves(draft: Draft, node: Node): Node {
  const maker = draft.maker(node.inputs[0] ?? '');
  if (maker?.op !== node.op) return node;
  const attributes = mergedAttributes(maker, node);
  if (!attributes) return node;
  const merged = { ...node, inputs: [maker.inputs[0]!], attributes };
  draft.replace(node, merged);
  return merged;
}

function mergedAttributes(first: Node, second: Node): Node['attributes'] | undefined {
  if (second.op === 'reshape') return second.attributes;
  if (second.op !== 'transpose') return undefined;
  const inner = first.attributes.permutation as readonly number[];
  const outer = second.attributes.permutation as readonly number[];
  return { permutation: outer.map((axis) => inner[axis]!) };
}
