import { allocate, type Data, type Tensor, type TensorType } from '../ir/tensor.js';
import { forEachStrided } from './shape.js';

/** The elements of a float tensor; throws when it is not one (the verifier has checked types before). */
export function floats(tensor: Tensor | undefined): Float32Array {
  if (!(tensor?.data instanceof Float32Array)) throw new TypeError('expected an f32 tensor');
  return tensor.data;
}

/** The same, or undefined for an absent optional input. */
export function optionalFloats(tensor: Tensor | undefined): Float32Array | undefined {
  return tensor && floats(tensor);
}

/** A copy read through strides (in elements, 0 and negative allowed) starting at `start`: element types stay as they are. */
export function copyStrided(source: Data, type: TensorType, strides: readonly number[], start = 0): Tensor {
  const data = allocate(type) as Float32Array;
  const from = source as Float32Array;
  forEachStrided(type.shape, strides, start, (index, offset) => {
    data[index] = from[offset]!;
  });
  return { type, data };
}

/** Elements as numbers, whatever their type. */
export function numbers(tensor: Tensor): ArrayLike<number> {
  return tensor.data instanceof BigInt64Array ? Array.from(tensor.data, Number) : tensor.data;
}

/** Elements from numbers: integers are truncated towards zero and wrap as in C, bool is 0 or 1. */
export function fromNumbers(type: TensorType, values: ArrayLike<number>): Tensor {
  const data = allocate(type);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (data instanceof BigInt64Array) data[i] = BigInt(Number.isFinite(value) ? Math.trunc(value) : 0);
    else data[i] = type.dtype === 'bool' ? Number(value !== 0) : value;
  }
  return { type, data };
}
