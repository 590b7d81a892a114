/**
 * Saved tensors (LoDTensor streams): the same record in single-parameter files and, one after the other, in combined
 * ones. Little-endian:
 *
 *   u32 version 0 · u64 number of LoD levels · per level: u64 byte count and that many bytes
 *   u32 version 0 · i32 size of the TensorDesc · TensorDesc · data, row-major
 */
import { EdgeDeployError } from '../base/errors.js';
import { halfToFloat } from '../ir/half.js';
import { type Data, type DType, elementCount } from '../ir/tensor.js';
import { type ByteSource, bytesInMemory } from './byte-source.js';
import { toNumber, VarKind } from './messages.js';
import { readTensorDesc, writeTensorDesc } from './wire.js';

export interface TensorRecord {
  /** Element type, a VarKind. The type and shape here count, not those the program declares for the variable. */
  readonly dataType: number;
  /** Empty for a scalar, which has one element. */
  readonly dims: readonly number[];
  /** The elements: a view into the file or, of a PiecewiseRecord, made whenever they are asked for. */
  readonly data: Uint8Array;
}

/**
 * Elements in order, a piece at a time: whole ones, aligned. A piece is valid, and its reader's to change, until the next
 * is asked for.
 */
export type Pieces = () => Iterable<Uint8Array>;

/** A tensor that is not in memory. Its elements may be asked for again. */
export class PiecewiseRecord implements TensorRecord {
  readonly dataType: number;
  readonly dims: readonly number[];
  readonly pieces: Pieces;

  constructor(dataType: number, dims: readonly number[], pieces: Pieces) {
    this.dataType = dataType;
    this.dims = dims;
    this.pieces = pieces;
  }

  /** Bytes of the elements. */
  get size(): number {
    return recordBytes(this);
  }

  get data(): Uint8Array {
    const data = new Uint8Array(this.size);
    let at = 0;
    for (const piece of this.pieces()) {
      data.set(piece, at);
      at += piece.length;
    }
    return data;
  }
}

/** Bytes of the elements. */
export function recordBytes({ dataType, dims }: Pick<TensorRecord, 'dataType' | 'dims'>): number {
  return elementCount(dims) * ELEMENT_BYTES[dataType]!;
}

/** The elements of an fp32 record by the piece, as numbers. */
export function* floatPieces(record: TensorRecord): Generator<Float32Array, void, undefined> {
  if (!(record instanceof PiecewiseRecord)) yield recordData(record) as Float32Array;
  else for (const piece of record.pieces()) yield new Float32Array(piece.buffer, piece.byteOffset, piece.length / 4);
}

export const ELEMENT_BYTES: Readonly<Record<number, number>> = {
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

/** No axis of a tensor is longer: Paddle counts elements in 32 bits. */
const MAX_DIM = 2 ** 31 - 1;

/** Where a record is read from; both are for messages. */
export interface RecordPlace {
  readonly file: string;
  /** The parameter. */
  readonly name: string;
}

/** A record whose elements were not read: they are `size` bytes from `start` on. */
export interface TensorPlace {
  readonly dataType: number;
  readonly dims: readonly number[];
  readonly start: number;
  readonly size: number;
}

/**
 * Reads the record at `offset`. Nothing is copied: its data is a view into `bytes`. Throws E_MODEL, with the file and the
 * byte, when the bytes end too early or are not a tensor; sizes are checked before they are used.
 */
export function readTensorRecord(
  bytes: Uint8Array,
  offset: number,
  place: RecordPlace,
): { record: TensorRecord; end: number } {
  const { dataType, dims, start, size } = readTensorPlace(bytesInMemory(bytes), offset, place);
  return { record: { dataType, dims, data: bytes.subarray(start, start + size) }, end: start + size };
}

/** readTensorRecord without the elements. */
export function readTensorPlace(source: ByteSource, offset: number, { file, name }: RecordPlace): TensorPlace {
  const fields = new Fields(source, offset, { file, name });
  fields.version();
  const levelsAt = fields.position;
  const levels = fields.take(8, 'number of LoD levels').getBigUint64(0, true);
  if (levels > 16n) throw fields.damaged(levelsAt, `${levels} LoD levels, expected at most 16`);
  for (let level = 0n; level < levels; level++) {
    fields.skip(Number(fields.take(8, 'LoD size').getBigUint64(0, true)), 'LoD');
  }
  fields.version();
  const sizeAt = fields.position;
  const headerSize = fields.take(4, 'header size').getInt32(0, true);
  if (headerSize < 0) throw fields.damaged(sizeAt, `a header of ${headerSize} bytes`);
  const headerAt = fields.skip(headerSize, 'header');
  const header = source.read(headerAt, headerSize);
  const desc = readTensorDesc(header, `${file} is damaged at byte ${headerAt}, in the header of '${name}'`);
  const elementBytes = ELEMENT_BYTES[desc.data_type];
  if (elementBytes === undefined) {
    throw fields.damaged(headerAt, `the element type ${desc.data_type}, which is unknown or not supported`);
  }
  const dims = desc.dims.map(toNumber);
  if (dims.some((dim) => dim < 0 || dim > MAX_DIM)) throw fields.damaged(headerAt, `the impossible shape [${dims}]`);
  const size = dims.reduce((product, dim) => product * dim, elementBytes);
  const start = fields.skip(size, `data, ${size / elementBytes} elements of shape [${dims}],`);
  return { dataType: desc.data_type, dims, start, size };
}

/** Walks over the fields of a record, and knows how to complain about them. */
class Fields {
  readonly #source: ByteSource;
  readonly #place: RecordPlace;
  position: number;

  constructor(source: ByteSource, offset: number, place: RecordPlace) {
    this.#source = source;
    this.position = offset;
    this.#place = place;
  }

  /** The offset of the next `size` bytes; throws unless the file has them. */
  skip(size: number, what: string): number {
    const start = this.position;
    if (!(size <= this.#source.size - start)) {
      const { file, name } = this.#place;
      throw new EdgeDeployError(
        'E_MODEL',
        `${file} ends inside the parameter '${name}': its ${what} needs ${size} bytes at byte ${start}, the file has ${this.#source.size}`,
        { hint: 'The file is truncated, or belongs to another model: copy it again.' },
      );
    }
    this.position += size;
    return start;
  }

  take(size: number, what: string): DataView {
    const { buffer, byteOffset } = this.#source.read(this.skip(size, what), size);
    return new DataView(buffer, byteOffset, size);
  }

  version(): void {
    const at = this.position;
    const found = this.take(4, 'version').getUint32(0, true);
    if (found !== 0) throw this.damaged(at, `version ${found} of the tensor format, expected 0`);
  }

  damaged(at: number, found: string): EdgeDeployError {
    const { file, name } = this.#place;
    return new EdgeDeployError(
      'E_MODEL',
      `${file} is damaged at byte ${at}, in the parameter '${name}': it has ${found}`,
      {
        hint: 'The file is damaged, or belongs to another model: copy it again.',
      },
    );
  }
}

/** The bytes of a record, as Paddle writes them. */
export function writeTensorRecord(record: TensorRecord): Uint8Array {
  const header = writeTensorHeader(record);
  const bytes = new Uint8Array(header.length + record.data.length);
  bytes.set(header);
  bytes.set(record.data, header.length);
  return bytes;
}

/** What stands before the elements. */
export function writeTensorHeader({ dataType, dims }: Pick<TensorRecord, 'dataType' | 'dims'>): Uint8Array {
  const desc = writeTensorDesc({ data_type: dataType, dims: [...dims] });
  const bytes = new Uint8Array(20 + desc.length);
  new DataView(bytes.buffer).setInt32(16, desc.length, true);
  bytes.set(desc, 20);
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
