import type { DType } from '../ir/tensor.js';
import { fromNumbers, numbers } from './data.js';
import { defineOp, type OpDefinition } from './op.js';
import { required } from './shape.js';

/** The same values in another element type; floats are truncated towards zero. */
export interface CastAttributes {
  readonly to: DType;
}

export const cast: OpDefinition<CastAttributes> = defineOp({
  infer: ([x], { to }) => [{ dtype: to, shape: required(x, 'x').shape }],
  evaluate: ([x], { to }) => [fromNumbers({ dtype: to, shape: x!.type.shape }, numbers(x!))],
  macs: () => 0,
});
