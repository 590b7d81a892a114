import type { TensorType } from '../ir/tensor.js';
import type { OpName } from './index.js';
import { shapeError } from './shape.js';

/** Ops that move or combine elements of any type, or whose inference checks it; all others compute in f32. */
const ANY_TYPE: ReadonlySet<string> = new Set<OpName>([
  ...(['binary', 'reshape', 'transpose', 'concat', 'slice', 'tile', 'gather', 'cast', 'identity'] as const),
]);

/**
 * Throws E_SHAPE when an op that computes in f32 has another operand. Undefined stands for absent operands and for
 * quantised weights, which are real numbers in another form.
 */
export function checkOperandTypes(op: string, operands: readonly (TensorType | undefined)[]): void {
  const odd = ANY_TYPE.has(op) ? undefined : operands.find((type) => type !== undefined && type.dtype !== 'f32');
  if (odd !== undefined) throw shapeError(`${op} computes in f32, not ${odd.dtype}`);
}
