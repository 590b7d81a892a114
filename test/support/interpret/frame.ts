import { ACTIVATION_KINDS } from '../../../src/ir/graph.js';
import type { DType } from '../../../src/ir/tensor.js';
import { activationFunction } from '../../../src/ops/activation.js';
import type { Tile } from '../../../src/steps/ledger.js';
import type { Operand, Step } from '../../../src/steps/lowered.js';

type View = { readonly BYTES_PER_ELEMENT: number };
type ViewOf<T> = new (buffer: ArrayBufferLike, offset: number, length: number) => T;

const ARRAYS = {
  f32: Float32Array,
  f64: Float64Array,
  i8: Int8Array,
  u8: Uint8Array,
  i16: Int16Array,
  i32: Int32Array,
  i64: BigInt64Array,
  bool: Uint8Array,
} as const satisfies Record<DType, unknown>;

export type AnyArray = InstanceType<(typeof ARRAYS)[DType]>;

/** One step's record, with its operands as typed views of memory. */
export class Frame {
  readonly #step: Step;
  readonly #bytesAt: (operand: Operand) => Uint8Array;
  readonly tiles: { readonly f32: Tile; readonly s8: Tile };

  constructor(step: Step, tiles: Frame['tiles'], bytesAt: (operand: Operand) => Uint8Array) {
    this.#step = step;
    this.tiles = tiles;
    this.#bytesAt = bytesAt;
  }

  /** Integer fields by name. */
  numbers<K extends string>(...fields: K[]): Record<K, number> {
    return Object.fromEntries(fields.map((field) => [field, this.#step.fields[field] as number])) as Record<K, number>;
  }

  /** A field that the record stores as f32. */
  float(field: string): number {
    return Math.fround(this.#step.fields[field] as number);
  }

  list(field: string): readonly number[] {
    return this.#step.fields[field] as readonly number[];
  }

  has(field: string): boolean {
    return this.#step.fields[field] !== null;
  }

  floats(field: string): Float32Array {
    return this.#view(field, Float32Array);
  }

  optionalFloats(field: string): Float32Array | undefined {
    return this.has(field) ? this.floats(field) : undefined;
  }

  typed(field: string, dtype: DType): AnyArray {
    return this.#view(field, ARRAYS[dtype] as ViewOf<AnyArray> & View);
  }

  bytes(field: string): Uint8Array {
    return this.#view(field, Uint8Array);
  }

  /** The fused activation, applied to a value rounded to f32. */
  activation(): (x: number) => number {
    const { activation } = this.numbers('activation');
    if (activation === 0) return Math.fround;
    const parameters = { a: this.float('act_a'), b: this.float('act_b'), c: this.float('act_c') };
    const apply = activationFunction({ kind: ACTIVATION_KINDS[activation - 1]!, ...parameters });
    return (x) => apply(Math.fround(x));
  }

  #view<T>(field: string, Type: ViewOf<T> & View): T {
    const { buffer, byteOffset, byteLength } = this.#bytesAt(this.#step.fields[field] as Operand);
    return new Type(buffer, byteOffset, Math.floor(byteLength / Type.BYTES_PER_ELEMENT));
  }
}
