/** The kernel that Paddle-Lite's `opt` chose for an op of an `.nb` file: an attribute `op/alias/target/precision/layout`. */
import type { Op, Program } from './messages.js';

const ATTRIBUTE = '__@kernel_type_attr@__';

/** PrecisionType::kInt8. */
const INT8 = '2';

export interface Kernel {
  /** Tells kernels of one op and precision apart: `int8_out`, `fp32_to_int8`; `def` where there is one. */
  readonly alias: string;
  /** Whether it computes with int8 operands. */
  readonly int8: boolean;
}

/** Undefined for an op of a program that `opt` did not make. */
export function kernelOf(op: Op): Kernel | undefined {
  const value = op.attrs.find(({ name }) => name === ATTRIBUTE)?.s;
  if (value === undefined) return undefined;
  const [, alias = '', , precision] = Buffer.from(value).toString('utf8').split('/');
  return { alias, int8: precision === INT8 };
}

/** Slots of weights. */
const WEIGHTS: ReadonlySet<string> = new Set(['Filter', 'W', 'Y', 'NonZeroWeights']);

/** The variables that kernels of int8 take as integers: their scales are among the op's attributes. */
export function int8Weights(program: Program): ReadonlySet<string> {
  const ops = program.blocks.flatMap((block) => block.ops).filter((op) => kernelOf(op)?.int8);
  const slots = ops.flatMap((op) => op.inputs).filter(({ parameter }) => WEIGHTS.has(parameter));
  return new Set(slots.flatMap((slot) => slot.arguments));
}
