/** What a program offers to the outside: its inputs and outputs, and the ops between them. */
import { EdgeDeployError } from '../base/errors.js';
import { inputShape } from '../ir/input-shape.js';
import type { TensorType } from '../ir/tensor.js';
import { AttributeType, type Op, type Program } from './messages.js';
import { DTYPES } from './tensor-record.js';

/** Names of the inputs, in the order of their `col`. */
export function feeds(program: Program): string[] {
  return byColumn(program, 'feed', (op) => op.outputs.flatMap((slot) => slot.arguments)[0]);
}

/** Names of the outputs, in the order of their `col`. Throws E_MODEL when there is none. */
export function fetches(program: Program): string[] {
  const names = byColumn(program, 'fetch', (op) => op.inputs.flatMap((slot) => slot.arguments)[0]);
  if (names.length === 0) {
    throw new EdgeDeployError('E_MODEL', 'the program has no output (no fetch op): it is no inference model', {
      hint: 'Export it with paddle.jit.save or paddle.static.save_inference_model.',
    });
  }
  return names;
}

function byColumn(program: Program, type: 'feed' | 'fetch', variable: (op: Op) => string | undefined): string[] {
  const found: { name: string; column: number }[] = [];
  for (const op of program.blocks[0]!.ops) {
    if (op.type !== type) continue;
    const name = variable(op);
    if (name === undefined) {
      throw new EdgeDeployError('E_MODEL', `a ${type} op names no variable: the program is damaged`, {
        hint: 'Export or copy the model again.',
      });
    }
    const column = op.attrs.find((attribute) => attribute.name === 'col' && attribute.type === AttributeType.INT)?.i;
    found.push({ name, column: column ?? 0 });
  }
  const names = found.sort((a, b) => a.column - b.column).map(({ name }) => name);
  const twice = type === 'feed' ? names.find((name, i) => names.indexOf(name) !== i) : undefined;
  if (twice !== undefined) {
    throw new EdgeDeployError('E_MODEL', `the program feeds '${twice}' twice`, { hint: 'Export the model again.' });
  }
  return names;
}

/** An op of the main block and its place there. */
export interface LiveOp {
  readonly op: Op;
  readonly index: number;
}

/** The variables an op reads: its inputs, and those that its attributes name. */
export function readsOf(op: Op): string[] {
  const named = op.attrs.flatMap(({ type, var_name = '', vars_name = [] }) =>
    type === AttributeType.VAR ? [var_name] : type === AttributeType.VARS ? vars_name : [],
  );
  return [...op.inputs.flatMap((slot) => slot.arguments), ...named];
}

/**
 * The ops of the main block that contribute to the outputs, in program order, each with its index there. What only
 * training or a cut-off branch needs is left out, supported or not.
 */
export function liveOps(program: Program, outputs: readonly string[]): LiveOp[] {
  const needed = new Set(outputs);
  const live: LiveOp[] = [];
  for (const [index, op] of [...program.blocks[0]!.ops.entries()].reverse()) {
    if (op.type === 'feed' || op.type === 'fetch') continue;
    const written = op.outputs.flatMap((slot) => slot.arguments);
    if (!written.some((name) => needed.has(name))) continue;
    live.push({ op, index });
    for (const name of written) needed.delete(name);
    for (const name of readsOf(op)) needed.add(name);
  }
  return live.reverse();
}

/**
 * The compiled type of an input. An open batch dimension (the first) becomes 1; any other must be given. Throws E_SHAPE
 * and shows the flag to use.
 */
export function inputType(
  name: string,
  declared: { dataType: number; dims: readonly number[] } | undefined,
  given: readonly number[] | undefined,
): TensorType {
  if (declared === undefined) {
    throw new EdgeDeployError('E_MODEL', `the program does not declare its input '${name}'`, {
      hint: 'The program is damaged: export the model again.',
    });
  }
  const dtype = DTYPES[declared.dataType];
  if (dtype === undefined) {
    throw new EdgeDeployError('E_MODEL', `the input '${name}' has an unsupported element type (${declared.dataType})`, {
      hint: 'Export the model with inputs of float32 or integers.',
    });
  }
  return { dtype, shape: inputShape(name, declared.dims, given) };
}
