import { elementCount } from '../ir/tensor.js';
import { floats } from './data.js';
import { defineOp, type OpDefinition } from './op.js';
import { around, expectAxis, required } from './shape.js';

/** exp(x − max) / Σ exp(x − max) along one axis. */
export interface SoftmaxAttributes {
  readonly axis: number;
}

export const softmax: OpDefinition<SoftmaxAttributes> = defineOp({
  infer([x], { axis }) {
    const type = required(x, 'x');
    expectAxis(axis, type.shape.length);
    return [type];
  },
  evaluate([x], { axis }) {
    const [outer, n, inner] = around(x!.type.shape, axis);
    const from = floats(x);
    const data = new Float32Array(from.length);
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        const start = o * n * inner + i;
        let max = Number.NEGATIVE_INFINITY;
        let sum = 0;
        for (let j = 0; j < n; j++) max = Math.max(max, from[start + j * inner]!);
        for (let j = 0; j < n; j++) sum += Math.exp(from[start + j * inner]! - max);
        for (let j = 0; j < n; j++) data[start + j * inner] = Math.exp(from[start + j * inner]! - max) / sum;
      }
    }
    return [{ type: x!.type, data }];
  },
  macs([x]) {
    return elementCount(x!.shape);
  },
});
