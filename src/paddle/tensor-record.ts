/**
 * Saved tensors (LoDTensor streams): the same record in single-parameter files and, one after the other, in combined
 * ones. Little-endian:
 *
 *   u32 version 0 · u64 number of LoD levels · per level: u64 byte count and that many bytes
 *   u32 version 0 · i32 size of the TensorDesc · TensorDesc · data, row-major
 */
import { EdgeDeployError } from '../base/errors.js';
import { halfToFloat } from '../ir/half.js';
import type { Data, DType } from '../ir/tensor.js';
import { toNumber, VarKind } from './messages.js';
import { readTensorDesc, writeTensorDesc } from './wire.js';

export interface TensorRecord {
  /** Element type, a VarKind. The type and shape here count, not those the program declares for the variable. */
  readonly dataType: number;
  /** Empty for a scalar, which has one element. */
  readonly dims: readonly number[];
  /** The elements: a view into the file. */
  readonly data: Uint8Array;
}

const ELEMENT_BYTES: Readonly<Record<number, number>> = {
  [VarKind.BOOL]: 1,
  [VarKind.INT16]: 2,
  [VarKind.INT32]: 4,
  [VarKind.INT64]: 8,
  [VarKind.FP16]: 2,
  [VarKind.FP32]: 4,
  [VarKind.FP64]: 8,
  [VarKind.UINT8]: 1,
  [VarKind.INT8]: 1,
};

/** Element types the compiler computes with; FP16 parameters become f32. */
export const DTYPES: Readonly<Record<number, DType>> = {
  [VarKind.BOOL]: 'bool',
  [VarKind.INT16]: 'i16',
  [VarKind.INT32]: 'i32',
  [VarKind.INT64]: 'i64',
  [VarKind.FP16]: 'f32',
  [VarKind.FP32]: 'f32',
  [VarKind.FP64]: 'f64',
  [VarKind.UINT8]: 'u8',
  [VarKind.INT8]: 'i8',
};

/**
 * Reads the record at `offset`; `name` is for messages. Nothing is copied. Throws E_WEIGHTS when the bytes end too early
 * or are not a tensor.
 */
export function readTensorRecord(
  bytes: Uint8Array,
  offset: number,
  name: string,
): { record: TensorRecord; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = offset;
  const take = (size: number, what: string): number => {
    const start = position;
    if (size > bytes.length - start) {
      throw new EdgeDeployError(
        'E_WEIGHTS',
        `the parameters end inside '${name}': its ${what} needs ${size} bytes at byte ${start}, the file has ${bytes.length}`,
        { hint: 'The file is truncated, or belongs to another model: copy it again.' },
      );
    }
    position += size;
    return start;
  };
  const damaged = (what: string) =>
    new EdgeDeployError('E_WEIGHTS', `the parameters are damaged at '${name}' (byte ${offset}): ${what}`, {
      hint: 'The file is damaged, or belongs to another model: copy it again.',
    });

  if (view.getUint32(take(4, 'version'), true) !== 0) throw damaged('unknown version of the tensor format');
  const levels = view.getBigUint64(take(8, 'number of LoD levels'), true);
  if (levels > 16n) throw damaged(`${levels} LoD levels`);
  for (let level = 0n; level < levels; level++) {
    take(Number(view.getBigUint64(take(8, 'LoD size'), true)), 'LoD');
  }
  if (view.getUint32(take(4, 'version'), true) !== 0) throw damaged('unknown version of the tensor format');
  const descSize = view.getInt32(take(4, 'header size'), true);
  if (descSize < 0) throw damaged(`a header of ${descSize} bytes`);
  const descStart = take(descSize, 'header');
  const desc = readTensorDesc(bytes.subarray(descStart, descStart + descSize));
  const elementBytes = ELEMENT_BYTES[desc.data_type];
  if (elementBytes === undefined) throw damaged(`element type ${desc.data_type} is not supported`);
  const dims = desc.dims.map(toNumber);
  if (dims.some((dim) => dim < 0)) throw damaged(`shape [${dims}]`);
  const size = dims.reduce((product, dim) => product * dim, elementBytes);
  const start = take(size, `data, ${size / elementBytes} elements of shape [${dims}],`);
  return { record: { dataType: desc.data_type, dims, data: bytes.subarray(start, position) }, end: position };
}

/** The bytes of a record, as Paddle writes them. */
export function writeTensorRecord(record: TensorRecord): Uint8Array {
  const desc = writeTensorDesc({ data_type: record.dataType, dims: [...record.dims] });
  const bytes = new Uint8Array(20 + desc.length + record.data.length);
  new DataView(bytes.buffer).setInt32(16, desc.length, true);
  bytes.set(desc, 20);
  bytes.set(record.data, 20 + desc.length);
  return bytes;
}

/** The elements as numbers: a view into the file where its alignment allows, else a copy. */
export function recordData(record: TensorRecord): Data {
  const { dataType, data } = record;
  const elementBytes = ELEMENT_BYTES[dataType]!;
  const { buffer, byteOffset } = data.byteOffset % elementBytes === 0 ? data : new Uint8Array(data);
  const count = data.length / elementBytes;
  switch (dataType) {
    case VarKind.INT16:
      return new Int16Array(buffer, byteOffset, count);
    case VarKind.INT32:
      return new Int32Array(buffer, byteOffset, count);
    case VarKind.INT64:
      return new BigInt64Array(buffer, byteOffset, count);
    case VarKind.FP16:
      return Float32Array.from(new Uint16Array(buffer, byteOffset, count), halfToFloat);
    case VarKind.FP32:
      return new Float32Array(buffer, byteOffset, count);
    case VarKind.FP64:
      return new Float64Array(buffer, byteOffset, count);
    case VarKind.INT8:
      return new Int8Array(buffer, byteOffset, count);
    default:
      return new Uint8Array(buffer, byteOffset, count);
  }
}
