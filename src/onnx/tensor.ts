/** Tensors of an ONNX file as constants of the graph. */
import { EdgeDeployError } from '../base/errors.js';
import { halfToFloat } from '../ir/half.js';
import { type Constant, type Data, type DType, elementCount } from '../ir/tensor.js';
import { type ExternalFiles, externalBytes } from './external.js';
import { ElementType as E, elementTypeName, type ModelTensor, toNumber } from './messages.js';

interface Element {
  /** What the compiler computes with: every real number is f32, unsigned integers go into the next larger type. */
  readonly dtype: DType;
  readonly bytes: number;
  readonly read: (buffer: ArrayBufferLike, offset: number, count: number) => Data;
  /** The field with the elements when there are no raw bytes; 16-bit floats stand there as their bits. */
  readonly list: (tensor: ModelTensor) => Data;
}

const f32 = (values: ArrayLike<number>) => Float32Array.from(values);
const halves = (values: ArrayLike<number>) => Float32Array.from(values, halfToFloat);
const bfloats = (values: ArrayLike<number>) => new Float32Array(Uint32Array.from(values, (bits) => bits << 16).buffer);
const wide = (values: ArrayLike<{ toString(): string }>) =>
  BigInt64Array.from(Array.from(values, (value) => BigInt(value.toString())));

const ELEMENTS: Readonly<Record<number, Element>> = {
  [E.FLOAT]: { dtype: 'f32', bytes: 4, read: (b, o, n) => new Float32Array(b, o, n), list: (t) => f32(t.float_data) },
  [E.DOUBLE]: {
    dtype: 'f32',
    bytes: 8,
    read: (b, o, n) => f32(new Float64Array(b, o, n)),
    list: (t) => f32(t.double_data),
  },
  [E.FLOAT16]: {
    dtype: 'f32',
    bytes: 2,
    read: (b, o, n) => halves(new Uint16Array(b, o, n)),
    list: (t) => halves(t.int32_data),
  },
  [E.BFLOAT16]: {
    dtype: 'f32',
    bytes: 2,
    read: (b, o, n) => bfloats(new Uint16Array(b, o, n)),
    list: (t) => bfloats(t.int32_data),
  },
  [E.INT64]: { dtype: 'i64', bytes: 8, read: (b, o, n) => new BigInt64Array(b, o, n), list: (t) => wide(t.int64_data) },
  [E.UINT64]: {
    dtype: 'i64',
    bytes: 8,
    read: (b, o, n) => new BigInt64Array(b, o, n),
    list: (t) => wide(t.uint64_data),
  },
  [E.UINT32]: {
    dtype: 'i64',
    bytes: 4,
    read: (b, o, n) => wide(new Uint32Array(b, o, n)),
    list: (t) => wide(t.uint64_data),
  },
  [E.INT32]: {
    dtype: 'i32',
    bytes: 4,
    read: (b, o, n) => new Int32Array(b, o, n),
    list: (t) => Int32Array.from(t.int32_data),
  },
  [E.UINT16]: {
    dtype: 'i32',
    bytes: 2,
    read: (b, o, n) => Int32Array.from(new Uint16Array(b, o, n)),
    list: (t) => Int32Array.from(t.int32_data),
  },
  [E.INT16]: {
    dtype: 'i16',
    bytes: 2,
    read: (b, o, n) => new Int16Array(b, o, n),
    list: (t) => Int16Array.from(t.int32_data),
  },
  [E.INT8]: {
    dtype: 'i8',
    bytes: 1,
    read: (b, o, n) => new Int8Array(b, o, n),
    list: (t) => Int8Array.from(t.int32_data),
  },
  [E.UINT8]: {
    dtype: 'u8',
    bytes: 1,
    read: (b, o, n) => new Uint8Array(b, o, n),
    list: (t) => Uint8Array.from(t.int32_data),
  },
  [E.BOOL]: {
    dtype: 'bool',
    bytes: 1,
    read: (b, o, n) => new Uint8Array(b, o, n),
    list: (t) => Uint8Array.from(t.int32_data, (value) => Number(value !== 0)),
  },
};

/** The compiler's type for an ONNX element type; undefined for strings, complex numbers and types of under 8 bits. */
export function dtypeOf(elementType: number): DType | undefined {
  return ELEMENTS[elementType]?.dtype;
}

/**
 * A tensor as a constant: a view of the file where type and alignment allow, else a copy. Throws E_WEIGHTS when shape
 * and data disagree, the data is cut short, or the element type is not supported.
 */
export function constantOf(tensor: ModelTensor, label: string, files: ExternalFiles): Constant {
  const damaged = (what: string) =>
    new EdgeDeployError('E_WEIGHTS', `${label} ${what}`, {
      hint: 'The file is damaged: export or copy the model again.',
    });
  const element = ELEMENTS[tensor.data_type];
  if (element === undefined) {
    throw new EdgeDeployError(
      'E_WEIGHTS',
      `${label} has the unsupported element type ${elementTypeName(tensor.data_type)}`,
      { hint: 'Export the model in fp32.' },
    );
  }
  const shape = tensor.dims.map(toNumber);
  if (shape.some((dim) => dim < 0)) throw damaged(`has the impossible shape [${shape}]`);
  const type = { dtype: element.dtype, shape };
  const count = elementCount(shape);
  const size = count * element.bytes;
  const external = tensor.data_location === 1;
  if (!external && tensor.raw_data.length === 0) {
    const data = element.list(tensor);
    if (data.length !== count) throw damaged(`has ${data.length} elements for the shape [${shape}]`);
    return { type, data };
  }
  const bytes = external ? externalBytes(tensor, label, size, files) : tensor.raw_data;
  if (bytes.length !== size) throw damaged(`has ${bytes.length} bytes of data for the shape [${shape}], not ${size}`);
  const aligned = bytes.byteOffset % element.bytes === 0 ? bytes : new Uint8Array(bytes);
  return { type, data: element.read(aligned.buffer, aligned.byteOffset, count) };
}
