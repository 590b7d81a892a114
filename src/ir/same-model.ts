import { EdgeDeployError } from '../base/errors.js';
import type { Graph } from './graph.js';
import { formatType, sameShape } from './tensor.js';

/** The graph's inputs in words: `x f32[1,3,48,192]`. */
export function describeInputs(graph: Graph): string[] {
  return describe(graph, graph.inputs);
}

/** Likewise its outputs. */
export function describeOutputs(graph: Graph): string[] {
  return describe(graph, graph.outputs);
}

/**
 * Checks that graphs are one model, each for its own input shapes: the same inputs and outputs (names and element types).
 * Throws E_USAGE where two have the same shapes, E_SHAPE where a shape changes what the model takes or gives.
 */
export function assertOneModel(graphs: readonly Graph[]): void {
  const [first] = graphs;
  if (!first) throw new EdgeDeployError('E_USAGE', 'there is no graph to compile', { hint: 'Give at least one.' });
  for (const [i, graph] of graphs.entries()) {
    const shapes = describeInputs(graph).join(', ');
    if (!sameTypes(graph, graph.inputs, first, first.inputs)) {
      throw new EdgeDeployError(
        'E_USAGE',
        `graphs of one program take the same inputs: ${shapes} is not what the first takes`,
        {
          hint: 'Compile different models into files of their own.',
        },
      );
    }
    const twin = graphs.slice(0, i).find((other) => sameShapes(graph, other));
    if (twin) {
      throw new EdgeDeployError('E_USAGE', `the input shapes ${shapes} are given twice`, { hint: 'Give each once.' });
    }
    if (!sameTypes(graph, graph.outputs, first, first.outputs)) {
      const [own, others] = [graph, first].map((one) => describe(one, one.outputs).join(', '));
      throw new EdgeDeployError('E_SHAPE', `for ${shapes} the outputs are ${own}, for other shapes ${others}`, {
        hint: 'Only shapes may differ within a program: compile these input shapes into files of their own.',
      });
    }
  }
}

function describe(graph: Graph, names: readonly string[]): string[] {
  return names.map((name) => `${name} ${formatType(graph.types.get(name)!)}`);
}

function sameTypes(graph: Graph, names: readonly string[], other: Graph, others: readonly string[]): boolean {
  const dtypeOf = (one: Graph, name: string | undefined) => one.types.get(name ?? '')?.dtype;
  return (
    names.length === others.length &&
    names.every((name, i) => name === others[i] && dtypeOf(graph, name) === dtypeOf(other, name))
  );
}

function sameShapes(graph: Graph, other: Graph): boolean {
  return graph.inputs.every((name) => sameShape(graph.types.get(name)!.shape, other.types.get(name)!.shape));
}
