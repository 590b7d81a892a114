import { allocate } from '../ir/tensor.js';
import { numbers } from './data.js';
import { defineOp, type OpDefinition } from './op.js';
import { around, expectAxis, required, typeError } from './shape.js';

/** Slices of x along an axis, chosen by i32 or i64 indices of any shape, which takes the axis's place. Embedding is axis 0. */
export interface GatherAttributes {
  readonly axis: number;
}

export const gather: OpDefinition<GatherAttributes> = defineOp({
  infer([x, indices], { axis }) {
    const { dtype, shape } = required(x, 'x');
    const index = required(indices, 'indices');
    expectAxis(axis, shape.length);
    if (index.dtype !== 'i32' && index.dtype !== 'i64') throw typeError(`indices must be integers, not ${index.dtype}`);
    return [{ dtype, shape: [...shape.slice(0, axis), ...index.shape, ...shape.slice(axis + 1)] }];
  },
  evaluate([x, indices], attributes) {
    const [type] = gather.infer([x?.type, indices?.type], attributes);
    const [outer, n, inner] = around(x!.type.shape, attributes.axis);
    const from = x!.data as Float32Array;
    const data = allocate(type!) as Float32Array;
    const rows = numbers(indices!);
    for (let o = 0, target = 0; o < outer; o++) {
      for (let i = 0; i < rows.length; i++, target += inner) {
        const row = Math.min(Math.max(rows[i]!, 0), n - 1);
        data.set(from.subarray((o * n + row) * inner, (o * n + row + 1) * inner), target);
      }
    }
    return [{ type: type!, data }];
  },
  macs: () => 0,
});
