/** What the ops with int8 operands share: sums of integer products, scaled to real numbers. */
import type { Activation } from '../ir/graph.js';
import { sameShape, type Tensor, type TensorType } from '../ir/tensor.js';
import { activate } from './activation.js';
import { floats, optionalFloats } from './data.js';
import { required, shapeError, typeError } from './shape.js';

/** An int8 operand seen as one of floats, for the inference of the op's twin in fp32. */
export function asFloatType(type: TensorType | undefined, what: string): TensorType {
  const { dtype, shape } = required(type, what);
  if (dtype !== 'i8') throw typeError(`${what} must be int8, not ${dtype}`);
  return { dtype: 'f32', shape };
}

/** The integers of an int8 tensor as floats, all exact. */
export function asFloats(tensor: Tensor | undefined): Tensor {
  if (!(tensor?.data instanceof Int8Array)) throw new TypeError('expected an i8 tensor');
  return { type: { dtype: 'f32', shape: tensor.type.shape }, data: Float32Array.from(tensor.data) };
}

export function checkScales(channels: number, scale: TensorType | undefined, bias: TensorType | undefined): void {
  for (const [what, type] of [['scale', required(scale, 'scale')] as const, ['bias', bias] as const]) {
    if (type === undefined) continue;
    if (type.dtype !== 'f32') throw typeError(`${what} must be f32, not ${type.dtype}`);
    if (!sameShape(type.shape, [channels])) throw shapeError(`${what} must be [${channels}] and is [${type.shape}]`);
  }
}

/**
 * y = act(sum · scale[c] + bias[c]) in place, c counted along the axis whose elements stand `inner` apart. The sum, exact
 * up to here, rounds to f32 as a conversion from int32 does; product and sum round once.
 */
export function rescale(
  sums: Tensor,
  inner: number,
  scale: Tensor | undefined,
  bias: Tensor | undefined,
  activation: Activation | undefined,
): Tensor {
  const [data, scales, biases] = [floats(sums), floats(scale), optionalFloats(bias)];
  for (let i = 0; i < data.length; i++) {
    const channel = Math.floor(i / inner) % scales.length;
    data[i] = data[i]! * scales[channel]! + (biases?.[channel] ?? 0);
  }
  activate(data, activation);
  return sums;
}
