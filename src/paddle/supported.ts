/** Whether there is an importer for every op a program needs. */
import { EdgeDeployError } from '../base/errors.js';
import { AttributeType, type Op, type Program } from './messages.js';
import { importers } from './ops/index.js';

/** Ops that run a block of ops or not, or again and again. */
const CONTROL_FLOW: ReadonlySet<string> = new Set([
  'conditional_block',
  'conditional_block_infer',
  'while',
  'recurrent',
  'select_input',
  'select_output',
]);

/** Layers named in the message, per type of op; all of them are in the error's details. */
const MAX_NAMED = 3;

/**
 * Throws E_OP for all unsupported ops of these and of the blocks they run: types, how often each occurs, and the layers,
 * named by what they make.
 */
export function assertSupported(program: Program, ops: readonly { op: Op }[]): void {
  const layers = new Map<string, string[]>();
  const counts = new Map<string, number>();
  for (const op of withBlocks(
    program,
    ops.map(({ op }) => op),
  )) {
    if (importers.has(op.type)) continue;
    const output = op.outputs.flatMap((slot) => slot.arguments)[0];
    counts.set(op.type, (counts.get(op.type) ?? 0) + 1);
    const names = layers.get(op.type) ?? [];
    layers.set(op.type, output === undefined ? names : [...names, output]);
  }
  if (counts.size === 0) return;
  const types = [...counts.keys()].sort();
  const list = types.map((type) => describe(type, counts.get(type)!, layers.get(type)!));
  const flow = types.filter((type) => CONTROL_FLOW.has(type));
  throw new EdgeDeployError('E_OP', `the model uses unsupported ops: ${list.join('; ')}`, {
    hint:
      flow.length > 0
        ? `Export the model without control flow (${flow.join(', ')}): decide conditions and unroll loops before.`
        : 'Export the model without them, or cut the program in front of them (post-processing can run on the host).',
    details: { ops: Object.fromEntries(counts), layers: Object.fromEntries(layers) },
  });
}

function describe(type: string, count: number, names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMED).map((name) => `'${name}'`);
  if (names.length > MAX_NAMED) shown.push('…');
  return `${type || '(no type)'} × ${count}${shown.length > 0 ? ` (${shown.join(', ')})` : ''}`;
}

/** The ops, and those of every block that one of them runs; each block once. */
export function withBlocks(program: Program, ops: readonly Op[]): Op[] {
  const found = [...ops];
  const entered = new Set<number>([0]);
  for (let i = 0; i < found.length; i++) {
    for (const { type, block_idx = 0, blocks_idx = [] } of found[i]!.attrs) {
      const indices = type === AttributeType.BLOCK ? [block_idx] : type === AttributeType.BLOCKS ? blocks_idx : [];
      for (const index of indices.filter((one) => !entered.has(one))) {
        entered.add(index);
        found.push(...(program.blocks[index]?.ops ?? []));
      }
    }
  }
  return found;
}
