import { sameShape } from '../ir/tensor.js';
import { floats } from './data.js';
import { defineOp, type OpDefinition } from './op.js';
import { around, required, shapeError } from './shape.js';

/** y = (x − mean) / sqrt(variance + epsilon) · scale + bias, per channel (axis 1), with the statistics of training. */
export interface BatchNormAttributes {
  readonly epsilon: number;
}

export const batch_norm: OpDefinition<BatchNormAttributes> = defineOp({
  infer([x, ...parameters]) {
    const { shape } = required(x, 'x');
    if (shape.length < 2 || parameters.length !== 4 || parameters.some((p) => !p || !sameShape(p.shape, [shape[1]!]))) {
      throw shapeError(`batch_norm over [${shape}] needs four parameters of length ${shape[1]}`);
    }
    return [{ dtype: 'f32', shape }];
  },

  evaluate([x, scale, bias, mean, variance], { epsilon }) {
    const [outer, channels, inner] = around(x!.type.shape, 1);
    const [image, s, b, m, v] = [floats(x), floats(scale), floats(bias), floats(mean), floats(variance)];
    const data = new Float32Array(image.length);
    for (let i = 0, start = 0; i < outer * channels; i++, start += inner) {
      const c = i % channels;
      const factor = s[c]! / Math.sqrt(v[c]! + epsilon);
      const offset = b[c]! - m[c]! * factor;
      for (let j = start; j < start + inner; j++) data[j] = image[j]! * factor + offset;
    }
    return [{ type: x!.type, data }];
  },

  macs([x]) {
    return x!.shape.reduce((a, b) => a * b, 1);
  },
});
