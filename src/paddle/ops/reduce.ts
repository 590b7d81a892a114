import type { ReduceAttributes } from '../../ops/reduce.js';
import type { Importer, OpContext } from '../context.js';
import { step } from '../context.js';

/** A full reduction has the shape [1] in programs of Paddle ≤ 2.4 and rank 0 later: the declaration tells. */
function reduceTo(c: OpContext, kind: ReduceAttributes['kind'], axes: readonly number[], keepDims: boolean): void {
  const x = c.input('X');
  const rank = c.shapeOf(x).length;
  const full = axes.length === rank && !keepDims && c.declaredRank('Out') !== 0;
  c.output('Out', 'reduce', [x], { kind, axes, keepDims }, ...(full ? [step('reshape', [], { shape: [1] })] : []));
}

const reduction =
  (kind: ReduceAttributes['kind']): Importer =>
  (c) => {
    const rank = c.shapeOf(c.input('X')).length;
    const given = c.attributes.ints('dim', [0]).map((axis) => c.axis(axis, rank));
    const all = c.attributes.bool('reduce_all', false) || given.length === 0;
    const axes = all ? Array.from({ length: rank }, (_, axis) => axis) : [...new Set(given)].toSorted((a, b) => a - b);
    reduceTo(c, kind, axes, c.attributes.bool('keep_dim', false));
  };

/** The mean of everything. */
const mean: Importer = (c) => {
  const rank = c.shapeOf(c.input('X')).length;
  reduceTo(
    c,
    'mean',
    Array.from({ length: rank }, (_, axis) => axis),
    false,
  );
};

const argMax: Importer = (c) => {
  let x = c.input('X');
  let axis = c.attributes.int('axis');
  if (c.attributes.bool('flatten', false)) {
    x = c.reshaped(x, [c.shapeOf(x).reduce((a, b) => a * b, 1)]);
    axis = 0;
  }
  const rank = c.shapeOf(x).length;
  const keepDims = c.attributes.bool('keepdims', false);
  const to = c.attributes.int('dtype', 3) === 2 ? 'i32' : 'i64';
  const scalar = rank === 1 && !keepDims && c.declaredRank('Out') !== 0;
  c.output(
    'Out',
    'arg_max',
    [x],
    { axis: c.axis(axis, rank), keepDims, to },
    ...(scalar ? [step('reshape', [], { shape: [1] })] : []),
  );
};

export const reductions: Readonly<Record<string, Importer>> = {
  reduce_mean: reduction('mean'),
  reduce_sum: reduction('sum'),
  reduce_max: reduction('max'),
  reduce_min: reduction('min'),
  reduce_prod: reduction('prod'),
  mean,
  arg_max: argMax,
};
