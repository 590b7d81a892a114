import { elementCount } from '../ir/tensor.js';
import { floats } from './data.js';
import { defineOp, type OpDefinition } from './op.js';
import { required, shapeError, typeError } from './shape.js';

/**
 * q = x / scale rounded, halves away from zero, within ±127: f32 to int8 around zero, with a scale that was found by
 * calibration and belongs to the model. As in Paddle-Lite, x is multiplied by the scale's f32 reciprocal; NaN becomes 0.
 */
export interface QuantizeAttributes {
  /** Real value of one step, an f32 number. */
  readonly scale: number;
}

/** The factor that stands in the record of the step. */
export function quantizationFactor(scale: number): number {
  return Math.fround(1 / Math.fround(scale));
}

export const quantize: OpDefinition<QuantizeAttributes> = defineOp({
  infer([x], { scale }) {
    const { dtype, shape } = required(x, 'x');
    if (dtype !== 'f32') throw typeError(`quantize needs f32, not ${dtype}`);
    if (!(scale > 0 && quantizationFactor(scale) > 0 && Number.isFinite(quantizationFactor(scale)))) {
      throw shapeError(`the scale ${scale} of a quantisation is no positive f32 number with a reciprocal`);
    }
    return [{ dtype: 'i8', shape }];
  },
  evaluate([x], { scale }) {
    const factor = quantizationFactor(scale);
    const data = Int8Array.from(floats(x), (value) => quantized(Math.fround(value * factor)));
    return [{ type: { dtype: 'i8', shape: x!.type.shape }, data }];
  },
  macs([x]) {
    return elementCount(x!.shape);
  },
});

function quantized(value: number): number {
  if (Number.isNaN(value)) return 0;
  const magnitude = Math.min(Math.abs(value), 127);
  return Math.sign(value) * Math.floor(magnitude + 0.5);
}
