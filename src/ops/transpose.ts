import { strides } from '../ir/tensor.js';
import { copyStrided } from './data.js';
import { defineOp, type OpDefinition } from './op.js';
import { required, shapeError } from './shape.js';

/** Axis i of the result is axis permutation[i] of x. */
export interface TransposeAttributes {
  readonly permutation: readonly number[];
}

export const transpose: OpDefinition<TransposeAttributes> = defineOp({
  infer([x], { permutation }) {
    const { dtype, shape } = required(x, 'x');
    if (permutation.length !== shape.length || shape.some((_, axis) => !permutation.includes(axis))) {
      throw shapeError(`[${permutation}] is no permutation of the axes of [${shape}]`);
    }
    return [{ dtype, shape: permutation.map((axis) => shape[axis]!) }];
  },
  evaluate([x], attributes) {
    const [type] = transpose.infer([x?.type], attributes);
    const from = strides(x!.type.shape);
    return [
      copyStrided(
        x!.data,
        type!,
        attributes.permutation.map((axis) => from[axis]!),
      ),
    ];
  },
  macs: () => 0,
});
