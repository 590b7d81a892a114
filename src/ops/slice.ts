import { strides } from '../ir/tensor.js';
import { copyStrided } from './data.js';
import { defineOp, type OpDefinition } from './op.js';
import { expectAxis, required, shapeError } from './shape.js';

/** x[start:end:step] along some axes. Normalised: 0 ≤ start ≤ end ≤ size for steps > 0; size > start ≥ end ≥ −1 for steps < 0. */
export interface SliceAttributes {
  readonly axes: readonly number[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly steps: readonly number[];
}

export const slice: OpDefinition<SliceAttributes> = defineOp({
  infer([x], { axes, starts, ends, steps }) {
    const { dtype, shape } = required(x, 'x');
    const result = [...shape];
    axes.forEach((axis, i) => {
      expectAxis(axis, shape.length);
      const [start, end, step] = [starts[i]!, ends[i]!, steps[i]!];
      const size = shape[axis]!;
      const inside = step > 0 ? start >= 0 && end <= size : step < 0 && start < size && end >= -1;
      if (!inside) throw shapeError(`slice ${start}:${end}:${step} is outside axis ${axis} of [${shape}]`);
      result[axis] = Math.max(0, Math.ceil((end - start) / step));
    });
    return [{ dtype, shape: result }];
  },
  evaluate([x], attributes) {
    const [type] = slice.infer([x?.type], attributes);
    const from = strides(x!.type.shape);
    let start = 0;
    attributes.axes.forEach((axis, i) => {
      start += attributes.starts[i]! * from[axis]!;
      from[axis]! *= attributes.steps[i]!;
    });
    return [copyStrided(x!.data, type!, from, start)];
  },
  macs: () => 0,
});
