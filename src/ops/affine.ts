import type { Activation } from '../ir/graph.js';
import { elementCount, sameShape } from '../ir/tensor.js';
import { activate } from './activation.js';
import { floats } from './data.js';
import { defineOp, type OpDefinition } from './op.js';
import { around, required, shapeError } from './shape.js';

/** y = act(x · a[c] + b[c]), c along axis 1: what is left of a batch norm that found no convolution to fold into. */
export interface AffineAttributes {
  readonly activation?: Activation | undefined;
}

export const affine: OpDefinition<AffineAttributes> = defineOp({
  infer([x, a, b]) {
    const { shape } = required(x, 'x');
    const channels = [shape[1] ?? 0];
    if (
      shape.length < 2 ||
      !sameShape(required(a, 'a').shape, channels) ||
      !sameShape(required(b, 'b').shape, channels)
    ) {
      throw shapeError(`affine over [${shape}] needs a and b of [${channels}]`);
    }
    return [{ dtype: 'f32', shape }];
  },

  evaluate([x, a, b], { activation }) {
    const [outer, channels, inner] = around(x!.type.shape, 1);
    const [image, factors, offsets] = [floats(x), floats(a), floats(b)];
    const data = new Float32Array(image.length);
    for (let i = 0, start = 0; i < outer * channels; i++, start += inner) {
      const [factor, offset] = [factors[i % channels]!, offsets[i % channels]!];
      for (let j = start; j < start + inner; j++) data[j] = image[j]! * factor + offset;
    }
    activate(data, activation);
    return [{ type: x!.type, data }];
  },

  macs([x]) {
    return elementCount(x!.shape);
  },
});
