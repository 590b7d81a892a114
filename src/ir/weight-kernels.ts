/**
 * The loops over weights, as WebAssembly with SIMD (kernels/wasm/weights.c): four to eight times as fast as JavaScript,
 * which decides how long `quantize` takes. Tensors are copied in and out by the piece.
 */
import { loadWebAssembly } from '../base/webassembly.js';
import { type Channels, ChannelWalk } from './channels.js';

/** What weights and their integers come as. */
export type Numbers = Float32Array | Int8Array | Int16Array;

export interface Rounding {
  readonly bits: 8 | 16;
  /** 'even': NumPy's. 'away': C's round(), clamped to ±(2^(bits−1) − 1). */
  readonly ties: 'even' | 'away';
  /** Values are clipped to ±limit first; infinite where they are not. */
  readonly limit: number;
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  capacity(): number;
  values(): number;
  table(): number;
  integers(): number;
  largest(first: number, count: number, known: number): number;
  largestOfColumns(first: number, count: number, column: number): void;
  multiply(first: number, count: number, factor: number): void;
  quantize(
    first: number,
    count: number,
    column: number,
    columns: number,
    bits: number,
    away: number,
    limit: number,
  ): void;
  clearError(): void;
  measure(first: number, count: number, column: number, columns: number, bits: number): void;
  largestError(): number;
  sumOfSquares(): number;
}

/** Elements `first` to `first + count` of the piece that was copied in; their channels' numbers begin at `column` of the table. */
type Run = (first: number, count: number, column: number, columns: number) => void;

class WeightKernels {
  readonly #exports: Exports;
  readonly #capacity: number;
  readonly #values: Float32Array;
  readonly #integers: Readonly<Record<8 | 16, Int8Array | Int16Array>>;

  constructor() {
    this.#exports = loadWebAssembly('weights') as unknown as Exports;
    const { memory, capacity, values, integers } = this.#exports;
    this.#capacity = capacity();
    this.#values = new Float32Array(memory.buffer, values(), this.#capacity);
    this.#integers = {
      8: new Int8Array(memory.buffer, integers(), this.#capacity),
      16: new Int16Array(memory.buffer, integers(), this.#capacity),
    };
  }

  /**
   * Raises the maxima of channels to the largest magnitudes in a piece that begins at element `start`; NaN is the largest.
   * With `factors` of the channels, of the products in single precision.
   */
  maxima(piece: Numbers, start: number, channels: Channels, maxima: Float32Array, factors?: Float32Array): void {
    const known = new Uint32Array(maxima.buffer, maxima.byteOffset, maxima.length);
    const table = this.#table(Uint32Array, known, channels);
    const { largest, largestOfColumns } = this.#exports;
    this.#runs(piece, start, channels, (first, count, channel, columns) => {
      this.#multiply(first, count, channel, columns, factors);
      if (columns === 0) known[channel] = largest(first, count, known[channel]!);
      else {
        const column = table.load(channel, count);
        largestOfColumns(first, count, column);
        table.store(channel, count);
      }
    });
    if (channels.inner === 1) table.storeAll();
  }

  /** Quantises a piece, or its products as above, by the scales of the channels; 0 makes zeros. */
  quantize(
    piece: Numbers,
    start: number,
    channels: Channels,
    scales: Float32Array,
    { bits, ties, limit }: Rounding,
    into: Int8Array | Int16Array,
    factors?: Float32Array,
  ): void {
    const divisors = scales.map((scale) => scale || Infinity);
    const table = this.#table(Float32Array, divisors, channels);
    const { quantize } = this.#exports;
    const run: Run = (first, count, channel, columns) => {
      this.#multiply(first, count, channel, columns, factors);
      quantize(first, count, table.load(channel, columns ? count : 1), columns, bits, Number(ties === 'away'), limit);
    };
    this.#runs(piece, start, channels, run, (from, count) => {
      into.set(this.#integers[bits].subarray(0, count), from);
    });
  }

  /** Multiplies a piece that begins at element `start` by the factors of its channels, in single precision. */
  multiply(piece: Float32Array, start: number, channels: Channels, factors: Float32Array, into: Float32Array): void {
    const run: Run = (first, count, channel, columns) => this.#multiply(first, count, channel, columns, factors);
    this.#runs(piece, start, channels, run, (from, count) => into.set(this.#values.subarray(0, count), from));
  }

  /** How far fround(q · exact[channel]) is from the original: the largest difference, and the sum of the squares. */
  measure(
    original: Numbers,
    integers: Int8Array | Int16Array,
    start: number,
    channels: Channels,
    exact: Float64Array,
  ): { max: number; sum: number } {
    const { clearError, measure, largestError, sumOfSquares } = this.#exports;
    const bits = integers.BYTES_PER_ELEMENT === 1 ? 8 : 16;
    const table = this.#table(Float64Array, exact, channels);
    clearError();
    let at = 0;
    const run: Run = (first, count, channel, columns) => {
      if (first === 0) this.#integers[bits].set(integers.subarray(at, at + this.#capacity));
      measure(first, count, table.load(channel, columns ? count : 1), columns, bits);
    };
    this.#runs(original, start, channels, run, (_, count) => {
      at += count;
    });
    return { max: largestError(), sum: sumOfSquares() };
  }

  #multiply(first: number, count: number, channel: number, columns: number, factors: Float32Array | undefined): void {
    if (factors === undefined) return;
    const { multiply } = this.#exports;
    if (columns === 0) multiply(first, count, factors[channel]!);
    else for (let i = 0; i < count; i++) multiply(first + i, 1, factors[channel + i]!);
  }

  /** Copies the piece in, a part that fits at a time; `done` is told where a part stands in the piece when all its runs are. */
  #runs(
    piece: Numbers,
    start: number,
    channels: Channels,
    run: Run,
    done: (from: number, count: number) => void = () => {},
  ): void {
    for (let from = 0; from < piece.length; from += this.#capacity) {
      const part = piece.subarray(from, from + this.#capacity);
      this.#values.set(part);
      const walk = new ChannelWalk(channels, start + from);
      for (let first = 0; first < part.length; walk.next()) {
        const count = Math.min(walk.left, part.length - first);
        run(first, count, walk.channel, walk.step);
        first += count;
      }
      done(from, part.length);
    }
  }

  /** The channels' numbers where the kernels look for them: all of them, where they fit, and stay; else what a run asks for. */
  #table<T extends Uint32Array | Float32Array | Float64Array>(
    Type: new (buffer: ArrayBuffer, offset: number, length: number) => T,
    numbers: T,
    { count: channels }: Channels,
  ) {
    const view = new Type(this.#exports.memory.buffer as ArrayBuffer, this.#exports.table(), this.#capacity);
    const fits = channels <= this.#capacity;
    if (fits) view.set(numbers);
    return {
      /** The column at which the numbers from `channel` on stand. */
      load: (channel: number, count: number): number => {
        if (fits) return channel;
        view.set(numbers.subarray(channel, channel + count));
        return 0;
      },
      /** Take back what a kernel wrote: behind each run, and behind the last. */
      store: (channel: number, count: number): void => {
        if (!fits) numbers.set(view.subarray(0, count), channel);
      },
      storeAll: (): void => {
        if (fits) numbers.set(view.subarray(0, channels));
      },
    };
  }
}

let instance: WeightKernels | undefined;

/** Loaded when first asked for. */
export function weightKernels(): WeightKernels {
  instance ??= new WeightKernels();
  return instance;
}
