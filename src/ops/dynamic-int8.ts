import { elementCount, type Tensor } from '../ir/tensor.js';

/**
 * The values that the int8 twin of a tensor stands for, quantised from its own range: scale = (high − low) / 255 over the
 * range of the values and 0, asymmetric, one zero point for the tensor. Kernels compute with these, in integers.
 */
export function throughInt8({ type, data }: Tensor): Tensor {
  const values = data as Float32Array;
  let [low, high] = [0, 0];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const scale = Math.fround(Math.fround(high - low) / 255) || 1;
  const inverse = Math.fround(1 / scale);
  const zero = clampInt8(roundHalfEven(Math.fround(-128 - Math.fround(low / scale))));
  const result = new Float32Array(elementCount(type.shape));
  for (let i = 0; i < result.length; i++) {
    result[i] = scale * (clampInt8(roundHalfEven(Math.fround(values[i]! * inverse)) + zero) - zero);
  }
  return { type, data: result };
}

function clampInt8(value: number): number {
  return Math.min(Math.max(value, -128), 127);
}

function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}
