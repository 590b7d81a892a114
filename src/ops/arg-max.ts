import { elementCount } from '../ir/tensor.js';
import { floats, fromNumbers } from './data.js';
import { defineOp, type OpDefinition } from './op.js';
import { around, expectAxis, required, shapeError, typeError } from './shape.js';

/** Index of the first maximum along an axis. */
export interface ArgMaxAttributes {
  readonly axis: number;
  readonly keepDims: boolean;
  readonly to: 'i32' | 'i64';
}

export const arg_max: OpDefinition<ArgMaxAttributes> = defineOp({
  infer([x], { axis, keepDims, to }) {
    const { dtype, shape } = required(x, 'x');
    expectAxis(axis, shape.length);
    if (dtype !== 'f32') throw typeError(`arg_max needs f32, not ${dtype}`);
    if (shape[axis] === 0) throw shapeError(`arg_max along the empty axis ${axis} of [${shape}]`);
    return [{ dtype: to, shape: keepDims ? shape.with(axis, 1) : shape.toSpliced(axis, 1) }];
  },
  evaluate([x], attributes) {
    const [type] = arg_max.infer([x?.type], attributes);
    const [outer, n, inner] = around(x!.type.shape, attributes.axis);
    const from = floats(x);
    const values: number[] = [];
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        let best = 0;
        for (let j = 1; j < n; j++) {
          if (from[(o * n + j) * inner + i]! > from[(o * n + best) * inner + i]!) best = j;
        }
        values.push(best);
      }
    }
    return [fromNumbers(type!, values)];
  },
  macs: ([x]) => elementCount(x!.shape),
});
