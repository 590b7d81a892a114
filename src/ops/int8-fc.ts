import { type FcAttributes, fc } from './fc.js';
import { asFloats, asFloatType, checkScales, rescale } from './integer-sums.js';
import { defineOp, type OpDefinition } from './op.js';

/**
 * y = act((x · w) · scale[n] + bias[n]): x [..., K] and w [K, N] in int8 within ±127 with exact sums, scale and bias [N] and
 * y [..., N] in f32. See int8_conv2d.
 */
export const int8_fc: OpDefinition<FcAttributes> = defineOp({
  infer([x, w, scale, bias], attributes) {
    const result = fc.infer([asFloatType(x, 'x'), asFloatType(w, 'w')], attributes);
    checkScales(w!.shape[1]!, scale, bias);
    return result;
  },
  evaluate([x, w, scale, bias], { activation }) {
    const [sums] = fc.evaluate([asFloats(x), asFloats(w)], {});
    return [rescale(sums!, 1, scale, bias, activation)];
  },
  macs(inputs, outputs, attributes) {
    return fc.macs(inputs, outputs, attributes);
  },
});
