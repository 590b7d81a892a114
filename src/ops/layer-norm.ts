import { elementCount } from '../ir/tensor.js';
import { floats, optionalFloats } from './data.js';
import { defineOp, type OpDefinition } from './op.js';
import { required, shapeError } from './shape.js';

/** (x − mean) / sqrt(variance + epsilon) · scale + bias over all axes from `axis` on; population variance. */
export interface LayerNormAttributes {
  readonly axis: number;
  readonly epsilon: number;
}

export const layer_norm: OpDefinition<LayerNormAttributes> = defineOp({
  infer([x, scale, bias], { axis }) {
    const type = required(x, 'x');
    const n = elementCount(type.shape.slice(axis));
    for (const parameter of [scale, bias]) {
      if (parameter && elementCount(parameter.shape) !== n) throw shapeError(`scale and bias must hold ${n} values`);
    }
    return [type];
  },
  evaluate([x, scale, bias], { axis, epsilon }) {
    const n = elementCount(x!.type.shape.slice(axis));
    const [from, factors, offsets] = [floats(x), optionalFloats(scale), optionalFloats(bias)];
    const data = new Float32Array(from.length);
    for (let start = 0; start < from.length; start += n) {
      let sum = 0;
      let squares = 0;
      for (let i = 0; i < n; i++) sum += from[start + i]!;
      const mean = sum / n;
      for (let i = 0; i < n; i++) squares += (from[start + i]! - mean) ** 2;
      const factor = 1 / Math.sqrt(squares / n + epsilon);
      for (let i = 0; i < n; i++) {
        data[start + i] = (from[start + i]! - mean) * factor * (factors?.[i] ?? 1) + (offsets?.[i] ?? 0);
      }
    }
    return [{ type: x!.type, data }];
  },
  macs: ([x]) => 2 * elementCount(x!.shape),
});
