/** Importing what can be imported of a model with unsupported nodes, so that it can be inspected all the same. */
import { EdgeDeployError } from '../base/errors.js';
import { declaredType, isSkippable, type OnSkipped, type SkippedOp } from '../ir/skipped-op.js';
import type { LiveNode } from './interface.js';
import { type Model, type ModelGraph, toNumber } from './messages.js';
import type { Scope } from './scope.js';
import { isSupported, typeOf } from './supported.js';
import { dtypeOf } from './tensor.js';

/**
 * Imports nodes in order and hands those that cannot be to `onSkipped`. Where the model notes the shape of what a skipped
 * node makes, import goes on behind it: the value becomes an input of the graph. What stands for an open batch is the
 * first input's.
 */
export function importSupported(
  model: Model,
  graph: ModelGraph,
  nodes: readonly LiveNode[],
  scope: Scope,
  importNode: (live: LiveNode) => void,
  onSkipped: OnSkipped,
): void {
  const declared = new Map([...graph.value_info, ...graph.output].map((info) => [info.name, info]));
  const first = graph.input.find(({ name }) => scope.has(name))?.name;
  const batch = first === undefined ? 1 : (scope.builder.typeOf(first).shape[0] ?? 1);
  let assumed = false;
  const skip = ({ node, needed }: LiveNode, reason: SkippedOp['reason'], problem?: string) => {
    const op = typeOf(node);
    const given = node.input.filter((name) => name !== '');
    const inputs = given.map((name) => (scope.canRead(name) ? scope.read(name, op) : name));
    for (const name of needed) {
      const tensor = declared.get(name)?.type?.tensor_type;
      const dims = (tensor?.shape?.dim ?? []).map(({ dim_value }) => toNumber(dim_value));
      const type = declaredType(dtypeOf(tensor?.elem_type ?? 0), dims, batch);
      // A node that failed half-way may have made the value.
      if (type === undefined || scope.builder.has(name)) scope.forget(name);
      else {
        assumed = true;
        scope.write(name, scope.builder.input(name, type));
      }
    }
    onSkipped({ op, name: node.name || (needed[0] ?? op), inputs, outputs: needed, reason, problem });
  };
  for (const live of nodes) {
    const unknown = live.node.input.find((name) => scope.isForgotten(name));
    if (!isSupported(model, live.node)) skip(live, 'unsupported');
    else if (unknown !== undefined) skip(live, 'unreached', `the shape of '${unknown}' is not known`);
    else {
      try {
        importNode(live);
      } catch (error) {
        if (!(error instanceof EdgeDeployError && isSkippable(error, assumed))) throw error;
        skip(live, error.code === 'E_OP' ? 'unsupported' : 'unreached', error.message);
      }
    }
  }
}
