import { setImmediate } from 'node:timers/promises';
import { EdgeDeployError } from '../../base/errors.js';
import { type Integers, measurePiece, quantizePiece, restorePiece, type Scales } from '../../ir/quantization.js';
import { ScaleSearch } from '../../ir/scale-search.js';
import { ErrorMeasure, type WeightReport } from '../../ir/weight-report.js';
import { VarKind } from '../messages.js';
import { nodeOf, type PlannedWeight, type ProgramRule } from './plan.js';

/** What becomes of a quantised weight: 'integers' for a board; 'dequantized' is q · scale in fp32, to measure the accuracy in Paddle. */
export type Store = 'integers' | 'dequantized';

type Values = Float32Array | Integers;

export interface QuantizedWeight extends WeightReport {
  /** Type of the op that uses it first. */
  readonly opType: string;
}

/** Quantises one weight, which is read a few times from its file and is never in memory as a whole. */
export class WeightQuantizer {
  readonly dataType: number;
  readonly dims: readonly number[];
  readonly #weight: PlannedWeight;
  readonly #rule: ProgramRule;
  readonly #store: Store;
  readonly #scales: Scales[] = [];
  readonly #error = new ErrorMeasure();

  constructor(weight: PlannedWeight, rule: ProgramRule, store: Store) {
    const integers = rule.bits === 8 ? VarKind.INT8 : VarKind.INT16;
    this.dataType = store === 'integers' ? integers : VarKind.FP32;
    this.dims = weight.tensor.dims;
    this.#weight = weight;
    this.#rule = rule;
    this.#store = store;
  }

  /** Finds the scales of every visit. Throws E_WEIGHTS for NaN and infinity, E_INTERRUPTED. */
  async search(signal?: AbortSignal): Promise<void> {
    for (const { channels } of this.#weight.visits) {
      const search = new ScaleSearch(this.#weight.name, channels, this.#rule);
      for (const pass of search.passes()) {
        let start = 0;
        for (const values of this.#values()) {
          pass(values, start);
          start += values.length;
          await breathe(signal);
        }
      }
      this.#scales.push(search.result());
    }
  }

  /** The scales of each visit, once they are found. */
  get scales(): readonly Scales[] {
    return this.#scales;
  }

  /** What is stored, a piece at a time, each valid until the next is asked for. */
  *pieces(): Generator<Uint8Array> {
    for (const { buffer, byteOffset, byteLength } of this.#values(this.#error)) {
      yield new Uint8Array(buffer, byteOffset, byteLength);
    }
  }

  /** To be called when the pieces have passed. Where a parameter is visited again, the first visit counts. */
  report(): QuantizedWeight {
    const { name, tensor, visits } = this.#weight;
    const { stored } = this.#scales[0]!;
    const [op] = visits[0]!.ops;
    return {
      name,
      opType: op!.type,
      node: nodeOf(op!),
      bits: this.#rule.bits,
      bytesBefore: tensor.size,
      bytesAfter: (tensor.size / 32) * this.#rule.bits + stored.byteLength,
      ...this.#error.result(),
      minScale: stored.reduce((a, b) => Math.min(a, b)),
      maxScale: stored.reduce((a, b) => Math.max(a, b)),
    };
  }

  /** The weight's values behind the visits whose scales are known. */
  *#values(error?: ErrorMeasure): Generator<Values> {
    let start = 0;
    let integers: Integers | undefined;
    let real: Float32Array | undefined;
    for (const { buffer, byteLength } of this.#weight.tensor.pieces()) {
      const original = new Float32Array(buffer, 0, byteLength / 4);
      const { length } = original;
      // The first piece is the longest.
      integers ??= this.#rule.bits === 8 ? new Int8Array(length) : new Int16Array(length);
      real ??= new Float32Array(length);
      let values: Values = original;
      for (const [visit, scales] of this.#scales.entries()) {
        const q = integers.subarray(0, length);
        quantizePiece(values, start, scales, q);
        if (visit === 0 && error !== undefined) measurePiece(original, q, start, scales, error);
        values = q;
        if (this.#store === 'integers') continue;
        values = real.subarray(0, length);
        restorePiece(q, start, scales, values);
      }
      yield values;
      start += length;
    }
  }
}

/** Lets the process hear of signals between two pieces. */
export async function breathe(signal: AbortSignal | undefined): Promise<void> {
  await setImmediate();
  if (signal?.aborted) throw new EdgeDeployError('E_INTERRUPTED', 'interrupted');
}
