/** Meta version 0 (Paddle-Lite 2.3 to 2.6) and the files before it: structs field by field, without tags. `string` and `list`: u64 count, then items. */
import {
  type Attribute,
  AttributeType,
  type Op,
  type Program,
  type Slot,
  type TensorRecord,
  type Var,
  VarKind,
} from '../paddle/model.js';
import { damaged } from './flatbuffer.js';
import { checked, type Records } from './parameters.js';

/** This generation's own numbers of element types and kinds of variables. */
const KINDS: readonly number[] = [
  ...[VarKind.BOOL, VarKind.INT16, VarKind.INT32, VarKind.INT64, VarKind.FP16, VarKind.FP32, VarKind.FP64],
  ...[19, VarKind.UINT8, VarKind.INT8, VarKind.LOD_TENSOR, 8, VarKind.FEED_MINIBATCH, VarKind.FETCH_LIST],
  ...[11, 12, 13, 14, VarKind.READER, VarKind.RAW, 18],
];

class Cursor {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #base: number;
  at = 0;

  constructor(bytes: Uint8Array, base: number) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#base = base;
  }

  take(size: number): number {
    const start = this.at;
    if (!(start + size <= this.bytes.length)) {
      throw damaged(`${size} bytes are expected and ${this.bytes.length - start} remain`, this.#base + start);
    }
    this.at += size;
    return start;
  }

  bool(): boolean {
    return this.#view.getUint8(this.take(1)) !== 0;
  }

  int32(): number {
    return this.#view.getInt32(this.take(4), true);
  }

  float32(): number {
    return this.#view.getFloat32(this.take(4), true);
  }

  int64(): number {
    return Number(this.#view.getBigInt64(this.take(8), true));
  }

  /** Members of a list; `least` is the least size of one, so that a hostile count is refused at once. */
  list<T>(least: number, read: () => T): T[] {
    const count = Number(this.#view.getBigUint64(this.take(8), true));
    if (count * least > this.bytes.length - this.at) {
      throw damaged(
        `a list of ${count} members does not fit the ${this.bytes.length - this.at} bytes that remain`,
        this.#base + this.at,
      );
    }
    return Array.from({ length: count }, read);
  }

  raw(): Uint8Array {
    const size = Number(this.#view.getBigUint64(this.take(8), true));
    const start = this.take(size);
    return this.bytes.subarray(start, start + size);
  }

  text(): string {
    return Buffer.from(this.raw()).toString('utf8');
  }

  kind(): number {
    return KINDS[this.int32()] ?? -1;
  }
}

export function readNaiveTopology(bytes: Uint8Array, base: number): Program {
  const c = new Cursor(bytes, base);
  const blocks = c.list(28, () => {
    const [idx, parent_idx] = [c.int32(), c.int32()];
    const vars = c.list(8, () => readVar(c));
    const ops = c.list(8, () => readOp(c));
    c.int32();
    return { idx, parent_idx, vars, ops };
  });
  if (blocks.length === 0) throw damaged('its program has no block', base);
  return { blocks, version: { version: c.int64() } };
}

/** The list of parameters behind the topology, in the order of the variables. */
export function readNaiveParameters(bytes: Uint8Array, base: number): Records {
  const c = new Cursor(bytes, base);
  return new Map(c.list(8, () => readParameter(c)));
}

/** A file of its own for one parameter, as Paddle-Lite before 2.3 could write them. */
export function readNaiveParameter(bytes: Uint8Array, base: number): [string, TensorRecord] {
  return readParameter(new Cursor(bytes, base));
}

function readParameter(c: Cursor): [string, TensorRecord] {
  const name = c.text();
  c.int32();
  c.int64();
  c.list(8, () => c.list(8, () => c.int64()));
  c.int32();
  const { data_type: dataType, dims } = tensorDesc(c);
  return [name, checked(name, { dataType, dims, data: c.raw() })];
}

function tensorDesc(c: Cursor): { data_type: number; dims: number[] } {
  return { data_type: c.kind(), dims: c.list(8, () => c.int64()) };
}

function lodTensorDesc(c: Cursor) {
  return { tensor: tensorDesc(c), lod_level: c.int32() };
}

function readVar(c: Cursor): Var {
  const [name, type] = [c.text(), c.kind()];
  tensorDesc(c);
  const lod_tensor = lodTensorDesc(c);
  // What is computed has no description of its own in these files: zeros, which would mean a scalar BOOL.
  const { tensor } = lod_tensor;
  if (tensor.data_type === VarKind.BOOL && tensor.dims.length === 0) tensor.data_type = VarKind.FP32;
  lodTensorDesc(c);
  c.list(16, () => lodTensorDesc(c));
  c.list(4, () => c.int32());
  return { name, type: { type, lod_tensor }, persistable: c.bool(), need_check_feed: false };
}

function readOp(c: Cursor): Op {
  const op = {
    type: c.text(),
    inputs: c.list(16, () => readSlot(c)),
    outputs: c.list(16, () => readSlot(c)),
    attrs: c.list(70, () => readAttribute(c)),
  };
  c.bool();
  return op;
}

function readSlot(c: Cursor): Slot {
  return { parameter: c.text(), arguments: c.list(8, () => c.text()) };
}

/** All fields are there whatever the type; only the type's own means something. */
function readAttribute(c: Cursor): Attribute {
  const [name, type] = [c.text(), c.int32()];
  const all = {
    i: c.int32(),
    f: c.float32(),
    s: c.raw(),
    ints: c.list(4, () => c.int32()),
    floats: c.list(4, () => c.float32()),
    strings: c.list(8, () => c.raw()),
    b: c.bool(),
    bools: c.list(1, () => c.bool()),
    block_idx: c.int32(),
    l: c.int64(),
    blocks_idx: c.list(4, () => c.int32()),
    longs: c.list(8, () => c.int64()),
  };
  const fields = [
    'i',
    'f',
    's',
    'ints',
    'floats',
    'strings',
    'b',
    'bools',
    'block_idx',
    'l',
    'blocks_idx',
    'longs',
  ] as const;
  const field = type >= AttributeType.INT && type <= AttributeType.LONGS ? fields[type]! : undefined;
  return field === undefined ? { name, type } : { name, type, [field]: all[field] };
}
