import type { Graph } from '../ir/graph.js';
import { Draft } from './draft.js';

/** Removes nodes and constants that no output depends on. Graph inputs stay, used or not: callers feed them. */
export function removeDead(graph: Graph): Graph {
  const draft = new Draft(graph);
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((output) => draft.isUsed(output))) draft.remove(node);
  }
  for (const name of graph.constants.keys()) if (!draft.isUsed(name)) draft.dropConstant(name);
  return draft.finish();
}
