/** Element types of tensors. `i8` and `i16` occur as quantised weights, integers as shape arithmetic and indices. */
export type DType = 'f32' | 'f64' | 'i8' | 'u8' | 'i16' | 'i32' | 'i64' | 'bool';

export type Data = Float32Array | Float64Array | Int8Array | Uint8Array | Int16Array | Int32Array | BigInt64Array;

/** A tensor's type: element type and compiled shape. Every dimension is known and ≥ 0; rank 0 is a scalar. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/**
 * How an integer weight tensor stands for real numbers: w = scales[c] · q, where c is the index along `axis`
 * (PaddleSlim's rule: no zero point). A per-tensor scale is stored once per channel all the same.
 */
export interface WeightQuantization {
  readonly bits: 8 | 16;
  readonly axis: number;
  readonly scales: Float32Array;
}

/** A tensor whose values are known. Data is row-major and may be a view into the model file: never write to it. */
export interface Constant {
  readonly type: TensorType;
  readonly data: Data;
  readonly quantization?: WeightQuantization;
}

/** A value at evaluation time: the same as a constant without quantisation. */
export interface Tensor {
  readonly type: TensorType;
  readonly data: Data;
}

export const BYTES_PER_ELEMENT: Readonly<Record<DType, number>> = {
  f32: 4,
  f64: 8,
  i8: 1,
  u8: 1,
  i16: 2,
  i32: 4,
  i64: 8,
  bool: 1,
};

/** Number of elements of a shape; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

export function byteLength(type: TensorType): number {
  return elementCount(type.shape) * BYTES_PER_ELEMENT[type.dtype];
}

/** Row-major strides in elements. */
export function strides(shape: readonly number[]): number[] {
  const result = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) result[axis] = result[axis + 1]! * shape[axis + 1]!;
  return result;
}

/** A zero-filled array that fits the type. */
export function allocate(type: TensorType): Data {
  const n = elementCount(type.shape);
  switch (type.dtype) {
    case 'f32':
      return new Float32Array(n);
    case 'f64':
      return new Float64Array(n);
    case 'i8':
      return new Int8Array(n);
    case 'u8':
    case 'bool':
      return new Uint8Array(n);
    case 'i16':
      return new Int16Array(n);
    case 'i32':
      return new Int32Array(n);
    case 'i64':
      return new BigInt64Array(n);
  }
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((dimension, axis) => dimension === b[axis]);
}

/** `f32[1,3,224,224]` */
export function formatType(type: TensorType): string {
  return `${type.dtype}[${type.shape.join(',')}]`;
}
