import type { Graph, Node } from '../../src/ir/graph.js';

/** Graphs side by side in one: every name gets the number of its graph in front. */
export function joinGraphs(graphs: readonly Graph[]): Graph {
  const prefixed = graphs.map((graph, i) => ({ graph, name: (name: string) => (name === '' ? '' : `${i}/${name}`) }));
  const nodeOf = (node: Node, name: (name: string) => string): Node => ({
    ...node,
    name: name(node.name),
    inputs: node.inputs.map(name),
    outputs: node.outputs.map(name),
  });
  const values = <T>(of: (graph: Graph) => Iterable<readonly [string, T]>) =>
    new Map(prefixed.flatMap(({ graph, name }) => [...of(graph)].map(([key, value]) => [name(key), value] as const)));
  return {
    name: 'joined',
    stage: 'imported',
    inputs: prefixed.flatMap(({ graph, name }) => graph.inputs.map(name)),
    outputs: prefixed.flatMap(({ graph, name }) => graph.outputs.map(name)),
    nodes: prefixed.flatMap(({ graph, name }) => graph.nodes.map((node) => nodeOf(node, name))),
    types: values((graph) => graph.types),
    constants: values((graph) => graph.constants),
  };
}
