import { step } from '../../ops/chain.js';
import type { ReduceAttributes } from '../../ops/reduce.js';
import type { Importer, OpContext } from '../context.js';
import { VarKind } from '../messages.js';

/** A full reduction has the shape [1] in programs of Paddle ≤ 2.4 and rank 0 later: the declaration tells. */
function reduceTo(c: OpContext, kind: ReduceAttributes['kind'], axes: readonly number[], keepDims: boolean): void {
  const x = realInput(c);
  const rank = c.shapeOf(x).length;
  const full = axes.length === rank && !keepDims && c.declaredRank('Out') !== 0;
  c.output('Out', 'reduce', [x], { kind, axes, keepDims }, ...(full ? [step('reshape', [], { shape: [1] })] : []));
}

/** The input as out_dtype wants it. Integers are for shape arithmetic only, which is known at compile time. */
function realInput(c: OpContext): string {
  const x = c.input('X');
  const { dtype } = c.typeOf(x);
  if (dtype === 'f32') return x;
  if (c.attributes.int('out_dtype', -1) === VarKind.FP32) return c.node('cast', [x], { to: 'f32' });
  if (c.constantOf(x) === undefined) throw c.fail(`reduces ${dtype}, which is only supported for constants`);
  return x;
}

const reduction =
  (kind: ReduceAttributes['kind']): Importer =>
  (c) => {
    const rank = c.shapeOf(c.input('X')).length;
    const dim = c.attributes.ints('dim', [0]);
    const all = c.attributes.bool('reduce_all', false) || dim.length === 0;
    const given = all ? [] : dim.map((axis) => c.axis(axis, rank));
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
  const flatten = c.attributes.bool('flatten', false);
  if (flatten) {
    x = c.reshaped(x, [c.shapeOf(x).reduce((a, b) => a * b, 1)]);
    axis = 0;
  }
  const rank = c.shapeOf(x).length;
  const keepDims = c.attributes.bool('keepdims', false);
  const to = c.attributes.int('dtype', 3) === 2 ? 'i32' : 'i64';
  // One index has the rank that the program's version of Paddle gives it: 0, 1, or (flattened, axes kept) that of the input.
  const declared = c.declaredRank('Out') ?? 1;
  const ones = (count: number) => step('reshape', [], { shape: new Array<number>(count).fill(1) });
  const one = rank === 1 && declared !== (keepDims ? 1 : 0);
  c.output('Out', 'arg_max', [x], { axis: c.axis(axis, rank), keepDims, to }, ...(one ? [ones(declared)] : []));
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
