import type { Activation } from '../ir/graph.js';
import { elementCount } from '../ir/tensor.js';
import { activate } from './activation.js';
import { checkEpilogue } from './conv2d.js';
import { floats, optionalFloats } from './data.js';
import { defineOp, type OpDefinition } from './op.js';
import { expectRank, required, shapeError } from './shape.js';

/** y = act(x · w + bias + residual): x [..., K], w [K, N] constant, bias [N], residual and y [..., N]. */
export interface FcAttributes {
  readonly activation?: Activation | undefined;
}

export const fc: OpDefinition<FcAttributes> = defineOp({
  infer([x, w, bias, residual]) {
    const [k = 0, n = 0] = expectRank(required(w, 'w'), 2, 'w');
    const shape = [...required(x, 'x').shape];
    if (shape.pop() !== k)
      throw shapeError(`x [${x!.shape}] does not end in the ${k} rows of the weights [${w!.shape}]`);
    shape.push(n);
    checkEpilogue(shape, n, bias, residual);
    return [{ dtype: 'f32', shape }];
  },

  evaluate([x, w, bias, residual], attributes) {
    const [type] = fc.infer([x?.type, w?.type, bias?.type, residual?.type], attributes);
    const [k, n] = w!.type.shape as [number, number];
    const [left, right, biases, residuals] = [floats(x), floats(w), optionalFloats(bias), optionalFloats(residual)];
    const data = new Float32Array(elementCount(type!.shape));
    const row = new Float64Array(n);
    for (let start = 0, from = 0; start < data.length; start += n, from += k) {
      for (let j = 0; j < n; j++) row[j] = biases ? biases[j]! : 0;
      for (let i = 0; i < k; i++) {
        const value = left[from + i]!;
        const weights = i * n;
        for (let j = 0; j < n; j++) row[j]! += value * right[weights + j]!;
      }
      for (let j = 0; j < n; j++) data[start + j] = row[j]! + (residuals ? residuals[start + j]! : 0);
    }
    activate(data, attributes.activation);
    return [{ type: type!, data }];
  },

  macs([, w], [y]) {
    return elementCount(y!.shape) * w!.shape[0]!;
  },
});
