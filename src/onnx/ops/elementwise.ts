import { step } from '../../ops/chain.js';
import { clamp } from '../../ops/op.js';
import { broadcastShapes } from '../../ops/shape.js';
import type { BinaryKind } from '../../steps/ledger.js';
import type { Importer, OpContext } from '../context.js';
import { linear } from './activation.js';

const binary =
  (kind: BinaryKind): Importer =>
  (c) =>
    c.output('binary', [c.input(0), c.input(1)], { kind });

/** Ops of any number of inputs. */
const chain =
  (kind: BinaryKind): Importer =>
  (c) => {
    const [first, ...others] = c.inputs();
    const last = others.pop();
    if (first === undefined) throw c.fail('has no inputs');
    if (last === undefined) return c.alias(first);
    c.output('binary', [combined(c, first, others, kind), last], { kind });
  };

function combined(c: OpContext, first: string, others: readonly string[], kind: BinaryKind): string {
  return others.reduce((left, right) => c.node('binary', [left, right], { kind }), first);
}

const mean: Importer = (c) => {
  const [first, ...others] = c.inputs();
  if (first === undefined) throw c.fail('has no inputs');
  const sum = combined(c, first, others, 'add');
  c.output('unary', [sum], { activation: linear(1 / (others.length + 1)) });
};

/**
 * Integers: the result has the sign of the divisor, as our op's. Real numbers (fmod = 1) have the dividend's:
 * mod(max(x, 0), |y|) − mod(max(−x, 0), |y|).
 */
const mod: Importer = (c) => {
  const [x, y] = [c.input(0), c.input(1)];
  const real = c.typeOf(x).dtype === 'f32';
  const fmod = c.attributes.bool('fmod', false);
  if (!real && fmod) throw c.fail('has the attribute fmod = 1 for integers, not supported');
  if (!real || !fmod) return c.output('binary', [x, y], { kind: 'mod' });
  const divisor = c.node('unary', [y], { activation: { kind: 'abs', a: 0, b: 0, c: 0 } });
  const positive = (value: string) => c.node('unary', [value], { activation: clamp(0, Number.POSITIVE_INFINITY) });
  const rest = (value: string) => c.node('binary', [positive(value), divisor], { kind: 'mod' });
  const negated = c.node('unary', [x], { activation: linear(-1) });
  c.output('binary', [rest(x), rest(negated)], { kind: 'sub' });
};

/** Comparisons and choices exist at compile time only: they belong to the arithmetic of shapes. */
const COMPARISONS: Readonly<Record<string, (x: number, y: number) => boolean>> = {
  Equal: (x, y) => x === y,
  Less: (x, y) => x < y,
  LessOrEqual: (x, y) => x <= y,
  Greater: (x, y) => x > y,
  GreaterOrEqual: (x, y) => x >= y,
  And: (x, y) => x !== 0 && y !== 0,
  Or: (x, y) => x !== 0 || y !== 0,
};

/** The elements of a known value as if it had a larger shape. */
function stretched(c: OpContext, index: number, shape: readonly number[]): number[] {
  const value = c.input(index);
  const own = c.shapeOf(value);
  const lifted = [...new Array<number>(shape.length - own.length).fill(1), ...own];
  const numbers = c.numbers(index)!;
  c.checkConstantSize(shape);
  return Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, position) => {
    let [rest, offset, stride] = [position, 0, 1];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (lifted[axis] !== 1) offset += (rest % shape[axis]!) * stride;
      rest = Math.floor(rest / shape[axis]!);
      stride *= lifted[axis]!;
    }
    return numbers[offset]!;
  });
}

const compare: Importer = (c) => {
  const shape = broadcastShapes(c.shapeOf(c.input(0)), c.shapeOf(c.input(1)));
  const [x, y] = [stretched(c, 0, shape), stretched(c, 1, shape)];
  const holds = COMPARISONS[c.type]!;
  c.outputConstant({
    type: { dtype: 'bool', shape },
    data: Uint8Array.from(x, (value, i) => Number(holds(value, y[i]!))),
  });
};

const not: Importer = (c) => {
  c.outputConstant({
    type: { dtype: 'bool', shape: c.shapeOf(c.input(0)) },
    data: Uint8Array.from(c.numbers(0)!, (value) => Number(value === 0)),
  });
};

const where: Importer = (c) => {
  const { dtype } = c.typeOf(c.input(1));
  if (c.typeOf(c.input(2)).dtype !== dtype) throw c.fail('chooses between values of different types');
  const shapes = [0, 1, 2].map((index) => c.shapeOf(c.input(index)));
  const shape = shapes.reduce(broadcastShapes);
  const [condition, x, y] = [0, 1, 2].map((index) => stretched(c, index, shape)) as [number[], number[], number[]];
  const chosen = Float64Array.from(condition, (value, i) => (value === 0 ? y[i]! : x[i]!));
  c.output('cast', [c.constant({ dtype: 'f64', shape }, chosen)], { to: dtype });
};

/** Negation of integers, too. */
const neg: Importer = (c) => {
  const x = c.input(0);
  const { dtype } = c.typeOf(x);
  if (dtype !== 'i32' && dtype !== 'i64') return c.output('unary', [x], { activation: linear(-1) });
  const zero = c.constant({ dtype, shape: [1] }, dtype === 'i32' ? new Int32Array(1) : new BigInt64Array(1));
  const shape = c.shapeOf(x);
  c.output('binary', [zero, x], { kind: 'sub' }, step('reshape', [], { shape }));
};

export const elementwise: Readonly<Record<string, Importer>> = {
  Add: binary('add'),
  Sub: binary('sub'),
  Mul: binary('mul'),
  Div: binary('div'),
  Max: chain('max'),
  Min: chain('min'),
  Sum: chain('add'),
  Mean: mean,
  Mod: mod,
  Neg: neg,
  ...Object.fromEntries(Object.keys(COMPARISONS).map((type) => [type, compare])),
  Not: not,
  Where: where,
};
