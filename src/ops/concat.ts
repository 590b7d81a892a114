import { allocate } from '../ir/tensor.js';
import { defineOp, type OpDefinition } from './op.js';
import { around, expectAxis, required, shapeError } from './shape.js';

/** The inputs one after the other along an axis. */
export interface ConcatAttributes {
  readonly axis: number;
}

export const concat: OpDefinition<ConcatAttributes> = defineOp({
  infer(inputs, { axis }) {
    const first = required(inputs[0], 'the first input');
    expectAxis(axis, first.shape.length);
    let total = 0;
    for (const input of inputs) {
      const { dtype, shape } = required(input, 'an input');
      if (
        dtype !== first.dtype ||
        shape.length !== first.shape.length ||
        shape.some((d, i) => i !== axis && d !== first.shape[i])
      ) {
        throw shapeError(`[${first.shape}] and [${shape}] cannot be concatenated along axis ${axis}`);
      }
      total += shape[axis]!;
    }
    return [{ dtype: first.dtype, shape: first.shape.with(axis, total) }];
  },
  evaluate(inputs, attributes) {
    const [type] = concat.infer(
      inputs.map((input) => input?.type),
      attributes,
    );
    const [outer, total, inner] = around(type!.shape, attributes.axis);
    const data = allocate(type!) as Float32Array;
    let column = 0;
    for (const input of inputs) {
      const width = input!.type.shape[attributes.axis]! * inner;
      const from = input!.data as Float32Array;
      for (let row = 0; row < outer; row++)
        data.set(from.subarray(row * width, (row + 1) * width), row * total * inner + column);
      column += width;
    }
    return [{ type: type!, data }];
  },
  macs: () => 0,
});
