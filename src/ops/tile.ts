import { strides } from '../ir/tensor.js';
import { copyStrided } from './data.js';
import { defineOp, type OpDefinition } from './op.js';
import { required, shapeError } from './shape.js';

/** x repeated along every axis; `repeats` has x's rank. Expand is this too. */
export interface TileAttributes {
  readonly repeats: readonly number[];
}

/** A tile as a strided read: each axis split into [repeat, size] with strides [0, s]. */
export function tileView(shape: readonly number[], repeats: readonly number[]): { shape: number[]; strides: number[] } {
  const step = strides(shape);
  return {
    shape: shape.flatMap((size, axis) => [repeats[axis]!, size]),
    strides: shape.flatMap((_, axis) => [0, step[axis]!]),
  };
}

export const tile: OpDefinition<TileAttributes> = defineOp({
  infer([x], { repeats }) {
    const { dtype, shape } = required(x, 'x');
    if (repeats.length !== shape.length || repeats.some((r) => !Number.isInteger(r) || r < 0)) {
      throw shapeError(`repeats [${repeats}] do not fit [${shape}]`);
    }
    return [{ dtype, shape: shape.map((size, axis) => size * repeats[axis]!) }];
  },
  evaluate([x], attributes) {
    const [type] = tile.infer([x?.type], attributes);
    const view = tileView(x!.type.shape, attributes.repeats);
    return [{ type: type!, data: copyStrided(x!.data, { dtype: type!.dtype, shape: view.shape }, view.strides).data }];
  },
  macs: () => 0,
});
