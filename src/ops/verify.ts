import { EdgeDeployError } from '../base/errors.js';
import type { Graph } from '../ir/graph.js';
import { formatType } from '../ir/tensor.js';
import { verify } from '../ir/verify.js';
import { definitionOf, isOpName } from './index.js';
import { checkOperandTypes } from './operand-types.js';

/** Ops that a stage no longer has. */
const GONE_WHEN_OPTIMIZED = new Set(['batch_norm', 'identity']);

/**
 * The structure of `ir/verify`, and: every op is known and legal in the graph's stage, and every type is what the op's
 * inference says. Throws E_INTERNAL: a graph that fails here was broken by us, not by the user.
 */
export function verifyGraph(graph: Graph): void {
  verify(graph);
  for (const node of graph.nodes) {
    if (!isOpName(node.op))
      throw new EdgeDeployError('E_INTERNAL', `node '${node.name}' has the unknown op '${node.op}'`);
    if (graph.stage === 'optimized' && GONE_WHEN_OPTIMIZED.has(node.op)) {
      throw new EdgeDeployError('E_INTERNAL', `node '${node.name}': ${node.op} has no place in an optimized graph`);
    }
    const inputs = node.inputs.map((name) => graph.types.get(name));
    checkOperandTypes(
      node.op,
      inputs.map((type, i) => (graph.constants.get(node.inputs[i]!)?.quantization ? undefined : type)),
    );
    const inferred = definitionOf(node.op).infer(inputs, node.attributes);
    node.outputs.forEach((output, i) => {
      const [is, should] = [graph.types.get(output)!, inferred[i]];
      if (!should || formatType(is) !== formatType(should)) {
        throw new EdgeDeployError(
          'E_INTERNAL',
          `'${output}' is ${formatType(is)}, and ${node.op} makes ${should && formatType(should)}`,
        );
      }
    });
  }
}
