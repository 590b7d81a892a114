import type { Device } from '../../deploy/index.js';
import type { Target } from '../../targets/target.js';
import { compile } from '../compile.js';
import type { Graph } from '../ir/graph.js';
import { evaluateGraph } from '../ops/evaluate.js';
import { type ExecuteOptions, execute } from './execute.js';
import { machineOf } from './machine.js';
import { compareOutputs, judgedBy, type OutputAgreement } from './reference.js';

export interface NodeAgreement extends OutputAgreement {
  readonly node: string;
  readonly op: string;
}

/**
 * Compares the result of every node of the optimised graph with the host's, in the order of execution, in one run: every
 * result becomes an output. A node's inputs on the device are the device's own, so the first that differs is where an
 * error begins. Optimisation is over by then: an error of a pass does not show here, but does in the outputs.
 */
export async function compareNodes(
  graph: Graph,
  target: Target,
  device: Device,
  options: ExecuteOptions,
): Promise<NodeAgreement[]> {
  const { precision } = options;
  const { graph: optimized, integerNodes } = compile(graph, { ...machineOf(target), precision });
  const open: Graph = { ...optimized, outputs: optimized.nodes.flatMap(({ outputs }) => outputs) };
  const { outputs, inputs } = await execute(open, target, device, options);
  const expected = evaluateGraph(open, inputs, integerNodes);
  const compared = compareOutputs(outputs, expected, judgedBy(precision, graph), target.arch);
  const byOutput = new Map(compared.map((one) => [one.output, one]));
  return open.nodes.flatMap(({ name, op, outputs: results }) =>
    results.map((result) => ({ node: name, op, ...byOutput.get(result)! })),
  );
}
