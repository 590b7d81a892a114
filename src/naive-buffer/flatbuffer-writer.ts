/**
 * FlatBuffers buffers, byte for byte as the C++ library of FlatBuffers 1.12 packs objects with "force empty": a buffer grows from its
 * end to its beginning, what a table refers to is written before it in the order of its fields, the fields themselves by
 * descending size, and equal field lists (vtables) are shared. Fields are numbered as in the schema.
 */

export interface Scalar {
  readonly kind: 'uint8' | 'int32' | 'int64' | 'float32' | 'float64';
  readonly value: number | bigint;
  /** A field with this value is not written. */
  readonly fallback: number | bigint;
}

/** What a field refers to by its offset. */
export type Reference =
  | { readonly kind: 'text' | 'optional text'; readonly bytes: Uint8Array }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array | DeferredBytes }
  | {
      readonly kind: 'numbers';
      readonly of: 'int32' | 'int64' | 'float32' | 'float64';
      readonly values: readonly (number | bigint)[];
    }
  | { readonly kind: 'references'; readonly values: readonly Reference[] }
  | TableFields;

/** Bytes that are made when they are written. */
export interface DeferredBytes {
  readonly length: number;
  /** Each piece is valid until the next is asked for. */
  pieces(): Iterable<Uint8Array>;
}

export interface TableFields {
  readonly kind: 'table';
  /** By field number; an undefined field is absent. */
  readonly fields: readonly (Scalar | Reference | undefined)[];
}

/** Shorter byte vectors are copied: a piece of its own would cost more. */
const WORTH_A_PIECE = 4096;

const SIZES = { uint8: 1, int32: 4, int64: 8, float32: 4, float64: 8 } as const;

/** Hosts are little-endian, as FlatBuffers are. */
const ARRAYS = {
  int32: (values: readonly (number | bigint)[]) => Int32Array.from(values, Number),
  int64: (values: readonly (number | bigint)[]) => BigInt64Array.from(values, BigInt),
  float32: (values: readonly (number | bigint)[]) => Float32Array.from(values, Number),
  float64: (values: readonly (number | bigint)[]) => Float64Array.from(values, Number),
} as const;

export const table = (fields: TableFields['fields']): TableFields => ({ kind: 'table', fields });
export const uint8 = (value: number): Scalar => ({ kind: 'uint8', value, fallback: 0 });
export const int32 = (value: number, fallback = 0): Scalar => ({ kind: 'int32', value, fallback });
export const int64 = (value: bigint): Scalar => ({ kind: 'int64', value, fallback: 0n });
export const float32 = (value: number): Scalar => ({ kind: 'float32', value: Math.fround(value), fallback: 0 });
export const float64 = (value: number): Scalar => ({ kind: 'float64', value, fallback: 0 });
export const text = (value: string | Uint8Array): Reference => ({
  kind: 'text',
  bytes: typeof value === 'string' ? Buffer.from(value) : value,
});
/** A string that the schema does not require. */
export const optionalText = (value: Uint8Array): Reference => ({ kind: 'optional text', bytes: value });
/** A vector of single bytes; long ones, and deferred ones, are not copied. */
export const bytes = (value: Uint8Array | DeferredBytes): Reference => ({ kind: 'bytes', bytes: value });
export const numbers = (
  of: 'int32' | 'int64' | 'float32' | 'float64',
  values: readonly (number | bigint)[],
): Reference => ({ kind: 'numbers', of, values });
export const references = (values: readonly Reference[]): Reference => ({ kind: 'references', values });

/** The buffer of a root table, in pieces to be written one after the other; byte vectors are pieces of their own. */
export function packFlatBuffer(root: TableFields): (Uint8Array | DeferredBytes)[] {
  return new Packer().finish(root);
}

class Packer {
  /** What is complete, the last piece of the buffer first. */
  readonly #pieces: (Uint8Array | DeferredBytes)[] = [];
  /** Bytes so far. Positions count from the end of the buffer, so that they do not change while it grows. */
  #size = 0;
  #pieceBytes = 0;
  /** The piece that grows downwards: its bytes begin at `#head`. */
  #buffer = new Uint8Array(1024);
  #view = new DataView(this.#buffer.buffer);
  #head = this.#buffer.length;
  #alignment = 1;
  readonly #vtables = new Map<string, number>();
  /** Where the one empty string stands that all empty optional strings share. */
  #emptyText: number | undefined;

  finish(root: TableFields): (Uint8Array | DeferredBytes)[] {
    const at = this.#write(root);
    this.#align(4, this.#alignment);
    this.#pushOffset(at);
    this.#closePiece();
    return this.#pieces.reverse();
  }

  #write(value: Reference): number {
    switch (value.kind) {
      case 'optional text':
        if (value.bytes.length > 0) return this.#write(text(value.bytes));
        this.#emptyText ??= this.#write(text(value.bytes));
        return this.#emptyText;
      case 'text':
        this.#align(value.bytes.length + 1, 4);
        this.#room(1);
        this.#raw(value.bytes);
        return this.#pushInt32(value.bytes.length);
      case 'bytes':
        this.#align(value.bytes.length, 4);
        if (value.bytes instanceof Uint8Array && value.bytes.length < WORTH_A_PIECE) this.#raw(value.bytes);
        else this.#adopt(value.bytes);
        return this.#pushInt32(value.bytes.length);
      case 'numbers': {
        const size = SIZES[value.of] * value.values.length;
        this.#align(size, Math.max(4, SIZES[value.of]));
        if (size === 0) return this.#pushInt32(0);
        this.#raw(new Uint8Array(ARRAYS[value.of](value.values).buffer));
        return this.#pushInt32(value.values.length);
      }
      case 'references': {
        if (value.values.length === 0) return this.#pushInt32(0);
        const positions = value.values.map((one) => this.#write(one));
        this.#align(4 * positions.length, 4);
        for (const position of positions.reverse()) this.#pushOffset(position);
        return this.#pushInt32(positions.length);
      }
      case 'table':
        return this.#writeTable(value);
    }
  }

  #writeTable({ fields }: TableFields): number {
    const present: { id: number; field: Scalar | number; size: number }[] = [];
    for (let id = 0; id < fields.length; id++) {
      const field = fields[id];
      if (field === undefined) continue;
      if (!('fallback' in field)) present.push({ id, field: this.#write(field), size: 4 });
      // As in C++, -0 equals 0.
      else if (field.value !== field.fallback) present.push({ id, field, size: SIZES[field.kind] });
    }
    const start = this.#size;
    const ends: number[] = [];
    for (const size of [8, 4, 1]) {
      for (let i = present.length - 1; i >= 0; i--) {
        const { id, field, size: own } = present[i]!;
        if (own !== size) continue;
        ends[id] = typeof field === 'number' ? this.#pushOffset(field) : this.#pushScalar(field.kind, field.value);
      }
    }
    const at = this.#pushInt32(0);
    const vtable = [2 * (2 + ends.length), at - start];
    for (let id = 0; id < ends.length; id++) vtable.push(ends[id] === undefined ? 0 : at - ends[id]!);
    const key = vtable.join();
    let shared = this.#vtables.get(key);
    if (shared === undefined) {
      this.#room(2 * vtable.length);
      for (const [i, entry] of vtable.entries()) this.#view.setUint16(this.#head + 2 * i, entry, true);
      shared = this.#size;
      this.#vtables.set(key, shared);
    }
    this.#view.setInt32(this.#buffer.length + this.#pieceBytes - at, shared - at, true);
    return at;
  }

  /** Appends a number at its own alignment and returns its position. */
  #pushScalar(kind: Scalar['kind'], value: number | bigint): number {
    this.#align(0, SIZES[kind]);
    this.#room(SIZES[kind]);
    const at = this.#head;
    if (kind === 'int64') this.#view.setBigInt64(at, BigInt(value), true);
    else if (kind === 'int32') this.#view.setInt32(at, Number(value), true);
    else if (kind === 'float32') this.#view.setFloat32(at, Number(value), true);
    else if (kind === 'float64') this.#view.setFloat64(at, Number(value), true);
    else this.#view.setUint8(at, Number(value));
    return this.#size;
  }

  #pushInt32(value: number): number {
    this.#align(0, 4);
    this.#room(4);
    this.#view.setInt32(this.#head, value, true);
    return this.#size;
  }

  #pushOffset(position: number): number {
    this.#align(0, 4);
    return this.#pushInt32(this.#size - position + 4);
  }

  /** Zero bytes, so that what begins `size` bytes further on is aligned, counted from the end of the buffer. */
  #align(size: number, alignment: number): void {
    if (alignment > this.#alignment) this.#alignment = alignment;
    const padding = -(this.#size + size) & (alignment - 1);
    if (padding > 0) this.#room(padding);
  }

  #raw(content: Uint8Array): void {
    this.#room(content.length);
    this.#buffer.set(content, this.#head);
  }

  /** Takes `size` zero bytes. */
  #room(size: number): void {
    if (size > this.#head) {
      const used = this.#buffer.length - this.#head;
      const grown = new Uint8Array(2 * (used + size));
      grown.set(this.#buffer.subarray(this.#head), grown.length - used);
      this.#buffer = grown;
      this.#view = new DataView(grown.buffer);
      this.#head = grown.length - used;
    }
    this.#head -= size;
    this.#size += size;
  }

  /** Puts foreign bytes in front of what there is. */
  #adopt(piece: Uint8Array | DeferredBytes): void {
    this.#closePiece();
    this.#pieces.push(piece);
    this.#pieceBytes += piece.length;
    this.#size += piece.length;
  }

  #closePiece(): void {
    const piece = this.#buffer.subarray(this.#head);
    this.#pieces.push(piece);
    this.#pieceBytes += piece.length;
    this.#buffer = new Uint8Array(256);
    this.#view = new DataView(this.#buffer.buffer);
    this.#head = this.#buffer.length;
  }
}
