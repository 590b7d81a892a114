import { elementCount, strides } from '../ir/tensor.js';
import { fromNumbers, numbers } from './data.js';
import { defineOp, type OpDefinition } from './op.js';
import { expectAxis, forEachStrided, required, typeError } from './shape.js';

/** Reduction along some axes, of f32, or of i32 and i64 constants: shape arithmetic, for which there is no step. */
export interface ReduceAttributes {
  readonly kind: 'mean' | 'sum' | 'max' | 'min' | 'prod';
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

export const REDUCE_KINDS = ['mean', 'sum', 'max', 'min', 'prod'] as const;

export const reduce: OpDefinition<ReduceAttributes> = defineOp({
  infer([x], { axes, keepDims }) {
    const { dtype, shape } = required(x, 'x');
    if (!['f32', 'i32', 'i64'].includes(dtype)) throw typeError(`cannot reduce ${dtype}`);
    for (const axis of axes) expectAxis(axis, shape.length);
    const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
    return [{ dtype, shape: keepDims ? kept : kept.filter((_, axis) => !axes.includes(axis)) }];
  },

  evaluate([x], attributes) {
    const { kind, axes } = attributes;
    const [type] = reduce.infer([x?.type], attributes);
    const { shape } = x!.type;
    const from = numbers(x!);
    const step = strides(shape);
    const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
    const within: number[] = [];
    forEachStrided(
      axes.map((axis) => shape[axis]!),
      axes.map((axis) => step[axis]!),
      0,
      (_, offset) => within.push(offset),
    );
    const values = new Float64Array(elementCount(type!.shape));
    forEachStrided(
      kept.map((axis) => shape[axis]!),
      kept.map((axis) => step[axis]!),
      0,
      (index, start) => {
        let value = { mean: 0, sum: 0, prod: 1, max: Number.NEGATIVE_INFINITY, min: Number.POSITIVE_INFINITY }[kind];
        for (const offset of within) {
          const element = from[start + offset]!;
          if (kind === 'max') value = Math.max(value, element);
          else if (kind === 'min') value = Math.min(value, element);
          else if (kind === 'prod') value *= element;
          else value += element;
        }
        values[index] = kind === 'mean' ? value / within.length : value;
      },
    );
    return [fromNumbers(type!, values)];
  },

  macs: ([x]) => elementCount(x!.shape),
});
