import { type Conv2dAttributes, conv2d } from './conv2d.js';
import { asFloats, asFloatType, checkScales, rescale } from './integer-sums.js';
import { defineOp, type OpDefinition } from './op.js';

/**
 * y = act((x ∗ w) · scale[o] + bias[o]) with x and w in int8 within ±127 and exact sums: the convolution of a model that was
 * quantised before it came here. x, w and attributes as in conv2d, scale and bias [O] in f32, y in f32.
 */
export const int8_conv2d: OpDefinition<Conv2dAttributes> = defineOp({
  infer([x, w, scale, bias], attributes) {
    const result = conv2d.infer([asFloatType(x, 'x'), asFloatType(w, 'w')], attributes);
    checkScales(w!.shape[0]!, scale, bias);
    return result;
  },
  evaluate([x, w, scale, bias], { activation, ...window }) {
    const [sums] = conv2d.evaluate([asFloats(x), asFloats(w)], window);
    const [, , height, width] = sums!.type.shape as [number, number, number, number];
    return [rescale(sums!, height * width, scale, bias, activation)];
  },
  macs(inputs, outputs, attributes) {
    return conv2d.macs(inputs, outputs, attributes);
  },
});
