import type { TensorType } from '../ir/tensor.js';
import type { OpName } from './index.js';
import { typeError } from './shape.js';

/** Ops that move or combine elements of any type, or whose inference checks it; all others compute in f32. */
const ANY_TYPE: ReadonlySet<string> = new Set<OpName>([
  ...(['reshape', 'transpose', 'concat', 'slice', 'tile', 'cast', 'identity'] as const),
  ...(['binary', 'unary', 'gather', 'pad', 'reduce', 'arg_max'] as const),
  ...(['quantize', 'int8_conv2d', 'int8_fc'] as const),
]);

/**
 * Throws E_OP when an op that computes in f32 has another operand. Undefined stands for absent operands and for
 * quantised weights, which are real numbers in another form.
 */
export function checkOperandTypes(op: string, operands: readonly (TensorType | undefined)[]): void {
  const odd = ANY_TYPE.has(op) ? undefined : operands.find((type) => type !== undefined && type.dtype !== 'f32');
  if (odd !== undefined) throw typeError(`${op} computes in f32, not ${odd.dtype}`);
}
