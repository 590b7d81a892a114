import { type Step, step } from '../../ops/chain.js';
import type { BinaryKind } from '../../steps/ledger.js';
import type { Importer, OpContext } from '../context.js';
import { activationOf } from './activation.js';

const KINDS: Readonly<Record<string, BinaryKind>> = {
  elementwise_add: 'add',
  elementwise_sub: 'sub',
  elementwise_mul: 'mul',
  elementwise_div: 'div',
  elementwise_max: 'max',
  elementwise_min: 'min',
  elementwise_pow: 'pow',
  elementwise_mod: 'mod',
  elementwise_floordiv: 'floordiv',
};

/**
 * Paddle aligns the operand of lower rank at `axis` of the other (−1: at the end) and fills up with ones; numpy aligns at
 * the end. Ones behind make the two agree.
 */
function aligned(c: OpContext, value: string, rank: number): string {
  const shape = c.shapeOf(value);
  const axis = c.attributes.int('axis', -1);
  const missing = rank - shape.length;
  if (missing <= 0 || axis === -1) return value;
  const trailing = missing - axis;
  if (axis < 0 || trailing < 0) {
    // Trailing ones of the smaller operand may stick out behind the larger one.
    const core = trimmed(shape);
    if (axis >= 0 && axis + core.length <= rank)
      return c.reshaped(value, [...core, ...ones(rank - axis - core.length)]);
    throw c.fail(`cannot align [${shape}] at axis ${axis} of rank ${rank}`);
  }
  return trailing === 0 ? value : c.reshaped(value, [...shape, ...ones(trailing)]);
}

const ones = (count: number) => new Array<number>(count).fill(1);

function trimmed(shape: readonly number[]): number[] {
  let end = shape.length;
  while (end > 0 && shape[end - 1] === 1) end--;
  return shape.slice(0, end);
}

const binary: Importer = (c) => {
  const [x, y] = [c.input('X'), c.input('Y')];
  const rank = Math.max(c.shapeOf(x).length, c.shapeOf(y).length);
  const fused = c.attributes.text('act_type', '');
  const then: Step[] = fused === '' ? [] : [step('unary', [], { activation: activationOf(c, fused) })];
  const [left, right] = [aligned(c, x, rank), aligned(c, y, rank)];
  // Paddle 1.x divides integers as C does, towards zero.
  if (c.legacy && c.type === 'elementwise_mod') {
    const quotient = c.node('binary', [left, right], { kind: 'div' });
    const whole = c.node('binary', [quotient, right], { kind: 'mul' });
    return c.output('Out', 'binary', [left, whole], { kind: 'sub' }, ...then);
  }
  const type = c.type.replace(/^fusion_(.*)_activation$/, '$1');
  const kind = c.legacy && type === 'elementwise_floordiv' ? 'div' : KINDS[type]!;
  c.output('Out', 'binary', [left, right], { kind }, ...then);
};

/** The sum of any number of tensors. */
const sum: Importer = (c) => {
  const [first, ...others] = c.inputs('X');
  const last = others.pop();
  if (first === undefined) throw c.fail('has no inputs');
  if (last === undefined) return c.output('Out', 'identity', [first], {});
  const partial = others.reduce((left, right) => c.node('binary', [left, right], { kind: 'add' }), first);
  c.output('Out', 'binary', [partial, last], { kind: 'add' });
};

export const elementwise: Readonly<Record<string, Importer>> = {
  ...Object.fromEntries(
    Object.keys(KINDS).flatMap((type) => [type, `fusion_${type}_activation`].map((one) => [one, binary])),
  ),
  sum,
};
