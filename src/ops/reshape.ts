import { elementCount } from '../ir/tensor.js';
import { defineOp, type OpDefinition } from './op.js';
import { required, shapeError } from './shape.js';

/** The same elements in another shape; flatten, squeeze and unsqueeze come as this too. */
export interface ReshapeAttributes {
  readonly shape: readonly number[];
}

export const reshape: OpDefinition<ReshapeAttributes> = defineOp({
  infer([x], { shape }) {
    const type = required(x, 'x');
    if (elementCount(type.shape) !== elementCount(shape)) throw shapeError(`[${type.shape}] cannot become [${shape}]`);
    return [{ dtype: type.dtype, shape }];
  },
  evaluate([x], { shape }) {
    return [{ type: { dtype: x!.type.dtype, shape }, data: x!.data }];
  },
  macs: () => 0,
});
