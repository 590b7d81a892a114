import { EdgeDeployError } from '../base/errors.js';
import { type Channels, ChannelWalk } from './channels.js';
import { describeNotFinite, findNotFinite, type NotFinite } from './finite.js';
import type { QuantizationRule, Scales } from './quantization.js';
import { ThresholdSearch } from './threshold.js';

/** Smaller threshold rates count as 0. */
const SMALLEST_RATE = 1e-10;

/** One look at all values of a tensor, in pieces and in order; `start` is the index of a piece's first element. */
export type Pass = (values: ArrayLike<number>, start: number) => void;

/** Finds a tensor's scales without holding it: shows every piece to each pass, then asks for the result. */
export class ScaleSearch {
  readonly #name: string;
  readonly #channels: Channels;
  readonly #rule: QuantizationRule;
  readonly #maxima: Float64Array;
  #limit = Number.POSITIVE_INFINITY;
  #notFinite: NotFinite | undefined;
  #total = 0;

  /** `name` is for messages. */
  constructor(name: string, channels: Channels, rule: QuantizationRule) {
    this.#name = name;
    this.#channels = channels;
    this.#rule = rule;
    this.#maxima = new Float64Array(channels.count);
  }

  /** One pass, two where values may be clipped. Throws E_WEIGHTS after the first when a value was NaN or infinite. */
  *passes(): Generator<Pass, void> {
    yield (values, start) => this.#addMaxima(values, start);
    if (this.#notFinite) throw notFinite(this.#name, this.#notFinite, this.#total);
    const { mode, thresholdRate = 0 } = this.#rule;
    if (mode !== 'abs_max' || thresholdRate < SMALLEST_RATE) return;
    const search = new ThresholdSearch(this.#maxima[0]!);
    yield (values) => search.add(values);
    this.#maxima[0] = search.threshold(thresholdRate);
    this.#limit = Math.fround(this.#maxima[0]!);
  }

  result(): Scales {
    const exact = this.#maxima.map((maximum) => maximum / (2 ** (this.#rule.bits - 1) - 1));
    return { channels: this.#channels, stored: Float32Array.from(exact), exact, limit: this.#limit };
  }

  #addMaxima(values: ArrayLike<number>, start: number): void {
    this.#total += values.length;
    const maxima = this.#maxima;
    const walk = new ChannelWalk(this.#channels, start);
    const { step } = walk;
    for (let i = 0; i < values.length; walk.next()) {
      const end = Math.min(values.length, i + walk.left);
      for (let { channel } = walk; i < end; i++, channel += step) {
        const magnitude = Math.abs(values[i]!);
        // NaN, too, is not less or equal.
        if (magnitude <= maxima[channel]!) continue;
        if (!(magnitude < Infinity)) {
          this.#addNotFinite(values, start);
          return;
        }
        maxima[channel] = magnitude;
      }
    }
  }

  /** There will be no scales: what remains is to count. */
  #addNotFinite(values: ArrayLike<number>, start: number): void {
    const { count, first, value } = findNotFinite(values)!;
    const before = this.#notFinite;
    this.#notFinite = before ? { ...before, count: before.count + count } : { count, first: start + first, value };
  }
}

function notFinite(name: string, found: NotFinite, total: number): EdgeDeployError {
  return new EdgeDeployError(
    'E_WEIGHTS',
    `the weights '${name}' hold ${describeNotFinite(found, total)}: they have no scale`,
    {
      hint: 'Train or export the model again; a diverged training leaves such values.',
      details: { tensor: name, index: found.first, count: found.count },
    },
  );
}
