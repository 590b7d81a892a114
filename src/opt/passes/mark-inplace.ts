import { setBool } from '../attributes.js';
import type { Pass } from '../pass.js';

const CHANGE_SHAPE_ONLY: ReadonlySet<string> = new Set(
  ['reshape', 'flatten', 'squeeze', 'unsqueeze'].flatMap((type) => [type, `${type}2`]),
);

/**
 * Ops that only change the shape share their input's memory when nobody else reads it and one op reads the
 * result (Paddle-Lite: lite_inplace_fuse).
 */
export const markInplace: Pass = (graph) => {
  for (const node of graph.nodes) {
    if (!CHANGE_SHAPE_ONLY.has(node.type)) continue;
    const [from, to] = [node.input('X'), node.output('Out')];
    const isLastUse = from?.onlyUse === node && !from.variable.persistable;
    if (isLastUse && to!.uses.length <= 1) setBool(node, 'inplace', true);
  }
};
