import { EdgeDeployError } from '../base/errors.js';

/** What is wrong with a file, and where. */
export function damaged(problem: string, offset: number): EdgeDeployError {
  return new EdgeDeployError('E_MODEL', `the .nb file is damaged: ${problem} (at byte ${offset})`, {
    hint: 'Copy the file again, or convert the original model again.',
  });
}

/**
 * A table of a FlatBuffers buffer, read field by field; every offset is checked against the buffer before it is followed.
 * `base` is where the buffer begins in the file, for messages. Fields are numbered as in the schema.
 */
export class Table {
  readonly #view: DataView;
  readonly #base: number;
  readonly #at: number;
  readonly #fields: number;

  /** The root table of a buffer. */
  static root(bytes: Uint8Array, base: number): Table {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < 8) throw damaged(`a buffer of ${bytes.length} bytes is too small`, base);
    return new Table(view, base, view.getUint32(0, true));
  }

  private constructor(view: DataView, base: number, at: number) {
    this.#view = view;
    this.#base = base;
    this.#at = at;
    this.#check(at, 4, 'a table');
    const fields = at - view.getInt32(at, true);
    this.#check(fields, 4, "a table's field list");
    this.#check(fields, view.getUint16(fields, true), "a table's field list");
    this.#fields = fields;
  }

  int32(id: number, fallback = 0): number {
    const at = this.#field(id, 4);
    return at === undefined ? fallback : this.#view.getInt32(at, true);
  }

  int64(id: number): number {
    const at = this.#field(id, 8);
    return at === undefined ? 0 : Number(this.#view.getBigInt64(at, true));
  }

  uint8(id: number): number {
    const at = this.#field(id, 1);
    return at === undefined ? 0 : this.#view.getUint8(at);
  }

  float32(id: number): number {
    const at = this.#field(id, 4);
    return at === undefined ? 0 : this.#view.getFloat32(at, true);
  }

  float64(id: number): number {
    const at = this.#field(id, 8);
    return at === undefined ? 0 : this.#view.getFloat64(at, true);
  }

  table(id: number): Table | undefined {
    const at = this.#field(id, 4);
    return at === undefined ? undefined : new Table(this.#view, this.#base, at + this.#view.getUint32(at, true));
  }

  text(id: number): string {
    return Buffer.from(this.bytes(id)).toString('utf8');
  }

  /** A vector of single bytes (or a string): a view of the file. */
  bytes(id: number): Uint8Array {
    const { start, length } = this.#vector(id, 1);
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + start, length);
  }

  ints(id: number): number[] {
    return this.#map(id, 4, (at) => this.#view.getInt32(at, true));
  }

  longs(id: number): number[] {
    return this.#map(id, 8, (at) => Number(this.#view.getBigInt64(at, true)));
  }

  floats(id: number): number[] {
    return this.#map(id, 4, (at) => this.#view.getFloat32(at, true));
  }

  doubles(id: number): number[] {
    return this.#map(id, 8, (at) => this.#view.getFloat64(at, true));
  }

  texts(id: number): string[] {
    return this.#map(id, 4, (at) => {
      const start = at + this.#view.getUint32(at, true);
      this.#check(start, 4, 'a string');
      const length = this.#view.getUint32(start, true);
      this.#check(start + 4, length, 'a string');
      return Buffer.from(this.#view.buffer, this.#view.byteOffset + start + 4, length).toString('utf8');
    });
  }

  tables(id: number): Table[] {
    return this.#map(id, 4, (at) => new Table(this.#view, this.#base, at + this.#view.getUint32(at, true)));
  }

  #map<T>(id: number, size: number, read: (at: number) => T): T[] {
    const { start, length } = this.#vector(id, size);
    return Array.from({ length }, (_, i) => read(start + i * size));
  }

  #vector(id: number, size: number): { start: number; length: number } {
    const at = this.#field(id, 4);
    if (at === undefined) return { start: 0, length: 0 };
    const vector = at + this.#view.getUint32(at, true);
    this.#check(vector, 4, 'a list');
    const length = this.#view.getUint32(vector, true);
    this.#check(vector + 4, length * size, 'a list');
    return { start: vector + 4, length };
  }

  /** Where a field's value stands; undefined when it has its default. */
  #field(id: number, size: number): number | undefined {
    const slot = 4 + 2 * id;
    if (slot + 2 > this.#view.getUint16(this.#fields, true)) return undefined;
    const offset = this.#view.getUint16(this.#fields + slot, true);
    if (offset === 0) return undefined;
    this.#check(this.#at + offset, size, 'a field');
    return this.#at + offset;
  }

  #check(at: number, size: number, what: string): void {
    if (at >= 0 && at + size <= this.#view.byteLength) return;
    throw damaged(
      `${what} of ${size} bytes lies outside its buffer of ${this.#view.byteLength}`,
      this.#base + Math.max(at, 0),
    );
  }
}
