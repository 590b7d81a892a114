/** Importing what can be imported of a program with unsupported ops, so that it can be inspected all the same. */
import { EdgeDeployError } from '../base/errors.js';
import { declaredType, isSkippable, type OnSkipped, type SkippedOp } from '../ir/skipped-op.js';
import { type LiveOp, readsOf } from './interface.js';
import type { Op, Program } from './messages.js';
import { importers } from './ops/index.js';
import type { Scope } from './scope.js';
import { withBlocks } from './supported.js';
import { DTYPES } from './tensor-record.js';

/**
 * Imports ops in order and hands those that cannot be to `onSkipped`. Where the program declares the shape of what a
 * skipped op makes, import goes on behind it: the value becomes an input of the graph. What stands for an open batch is
 * the first input's.
 */
export function importSupported(
  program: Program,
  { inputs: feeds, ops }: { readonly inputs: readonly string[]; readonly ops: readonly LiveOp[] },
  scope: Scope,
  importOp: (op: LiveOp) => void,
  onSkipped: OnSkipped,
): void {
  const batch = feeds[0] === undefined ? 1 : (scope.builder.typeOf(scope.read(feeds[0], 'feed')).shape[0] ?? 1);
  let assumed = false;
  const skip = (op: Op, reason: SkippedOp['reason'], problem?: string) => {
    const inputs = argumentsOf(op.inputs).map((variable) =>
      scope.has(variable) ? scope.read(variable, op.type) : (scope.unknown(variable) ?? variable),
    );
    const outputs = argumentsOf(op.outputs).map((variable) => {
      const { dataType = -1, dims = [] } = scope.declared(variable) ?? {};
      const type = declaredType(DTYPES[dataType], dims, batch);
      if (type === undefined) return scope.forget(variable);
      assumed = true;
      const value = scope.builder.input(scope.nameFor(variable), type);
      scope.write(variable, value);
      return value;
    });
    onSkipped({ op: op.type, name: outputs[0] ?? op.type, inputs, outputs, reason, problem });
  };
  for (const live of ops) {
    const { op } = live;
    const unknown = readsOf(op).find((variable) => scope.unknown(variable) !== undefined);
    if (!importers.has(op.type)) skip(op, 'unsupported');
    else if (unknown !== undefined) skip(op, 'unreached', `the shape of '${unknown}' is not known`);
    else {
      try {
        importOp(live);
      } catch (error) {
        if (!(error instanceof EdgeDeployError && isSkippable(error, assumed))) throw error;
        skip(op, error.code === 'E_OP' ? 'unsupported' : 'unreached', error.message);
      }
    }
  }
  const main = ops.map(({ op }) => op);
  for (const op of withBlocks(program, main).slice(main.length)) {
    if (importers.has(op.type)) continue;
    const name = argumentsOf(op.outputs)[0] ?? op.type;
    const problem = 'stands in a block that another op runs';
    onSkipped({ op: op.type, name, inputs: [], outputs: [], reason: 'unsupported', problem });
  }
}

function argumentsOf(slots: Op['inputs']): string[] {
  return slots.flatMap((slot) => slot.arguments);
}
