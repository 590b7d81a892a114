import type { Activation } from '../../ir/graph.js';
import { type Step, step } from '../../ops/chain.js';
import type { ReduceAttributes } from '../../ops/reduce.js';
import type { Importer, OpContext } from '../context.js';
import { linear } from './activation.js';

const plain = (kind: Activation['kind']): Activation => ({ kind, a: 0, b: 0, c: 0 });

/** Axes in ascending order; undefined where the op is the identity. */
function axesOf(c: OpContext, rank: number): number[] | undefined {
  const given = c.list(1, 'axes') ?? [];
  if (given.length === 0) {
    if (c.attributes.bool('noop_with_empty_axes', false)) return undefined;
    return Array.from({ length: rank }, (_, axis) => axis);
  }
  return [...new Set(given.map((axis) => c.axis(axis, rank)))].toSorted((a, b) => a - b);
}

const reduction =
  (kind: ReduceAttributes['kind'], before?: Activation, after?: Activation): Importer =>
  (c) => {
    const input = c.input(0);
    const { dtype, shape } = c.typeOf(input);
    const axes = axesOf(c, shape.length);
    // Sizes are reduced as real numbers: exact up to 2^24.
    const whole = dtype !== 'f32' && c.constantOf(input) !== undefined && before === undefined;
    const x = whole ? c.node('cast', [input], { to: 'f32' }) : input;
    const mapped = before ? c.node('unary', [x], { activation: before }) : x;
    const then: Step[] = after ? [step('unary', [], { activation: after })] : [];
    if (axes === undefined) {
      return after ? c.output('unary', [mapped], { activation: after }) : c.alias(before ? mapped : input);
    }
    const keepDims = c.attributes.bool('keepdims', true);
    if (!whole) return c.output('reduce', [mapped], { kind, axes, keepDims }, ...then);
    const reduced = c.node('reduce', [x], { kind, axes, keepDims });
    if (!c.constantOf(reduced)?.data.every((value: number | bigint) => Math.abs(Number(value)) <= 2 ** 24)) {
      throw c.fail('reduces integers beyond 2^24 at compile time, not supported');
    }
    c.output('cast', [reduced], { to: dtype });
  };

const arg =
  (sign: 1 | -1): Importer =>
  (c) => {
    const input = c.input(0);
    const rank = c.shapeOf(input).length;
    if (c.attributes.bool('select_last_index', false)) {
      throw c.fail('has the attribute select_last_index = 1, not supported');
    }
    const x = sign === 1 ? input : c.node('unary', [input], { activation: linear(-1) });
    const axis = c.axis(c.attributes.int('axis', 0), rank);
    c.output('arg_max', [x], { axis, keepDims: c.attributes.bool('keepdims', true), to: 'i64' });
  };

export const reductions: Readonly<Record<string, Importer>> = {
  ReduceMean: reduction('mean'),
  ReduceSum: reduction('sum'),
  ReduceMax: reduction('max'),
  ReduceMin: reduction('min'),
  ReduceProd: reduction('prod'),
  ReduceL1: reduction('sum', plain('abs')),
  ReduceL2: reduction('sum', plain('square'), plain('sqrt')),
  ReduceSumSquare: reduction('sum', plain('square')),
  ArgMax: arg(1),
  ArgMin: arg(-1),
};
