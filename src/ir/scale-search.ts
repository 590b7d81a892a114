import { EdgeDeployError } from '../base/errors.js';
import type { Channels } from './channels.js';
import { describeNotFinite, findNotFinite, type NotFinite } from './finite.js';
import type { QuantizationRule, Scales } from './quantization.js';
import { ThresholdSearch } from './threshold.js';
import { type Numbers, weightKernels } from './weight-kernels.js';

/** Smaller threshold rates count as 0. */
const SMALLEST_RATE = 1e-10;

/** One look at all values of a tensor, in pieces and in order; `start` is the index of a piece's first element. */
export type Pass = (values: Numbers, start: number) => void;

/** Finds a tensor's scales without holding it: shows every piece to each pass, then asks for the result. */
export class ScaleSearch {
  readonly #name: string;
  readonly #channels: Channels;
  readonly #rule: QuantizationRule;
  readonly #maxima: Float32Array;
  /** The maximum, where values are clipped. */
  #threshold: number | undefined;

  /** `name` is for messages. */
  constructor(name: string, channels: Channels, rule: QuantizationRule) {
    this.#name = name;
    this.#channels = channels;
    this.#rule = rule;
    this.#maxima = new Float32Array(channels.count);
  }

  /** One pass, two where values may be clipped. Throws E_WEIGHTS when a value is NaN or infinite, after a pass that counts them. */
  *passes(): Generator<Pass, void> {
    yield (values, start) => weightKernels().maxima(values, start, this.#channels, this.#maxima);
    if (!this.#maxima.every(Number.isFinite)) {
      const found = new NotFiniteCount();
      yield (values, start) => found.add(values, start);
      throw found.error(this.#name);
    }
    const { mode, thresholdRate = 0 } = this.#rule;
    if (mode !== 'abs_max' || thresholdRate < SMALLEST_RATE) return;
    const search = new ThresholdSearch(this.#maxima[0]!);
    yield (values) => search.add(values);
    this.#threshold = search.threshold(thresholdRate);
  }

  result(): Scales {
    const range = 2 ** (this.#rule.bits - 1) - 1;
    const maxima = this.#threshold === undefined ? this.#maxima : [this.#threshold];
    const exact = Float64Array.from(maxima, (maximum) => maximum / range);
    const limit = this.#threshold === undefined ? Infinity : Math.fround(this.#threshold);
    return { channels: this.#channels, stored: Float32Array.from(exact), exact, limit };
  }
}

/** Counts over pieces what findNotFinite finds in one. */
class NotFiniteCount {
  #found: NotFinite | undefined;
  #total = 0;

  add(values: ArrayLike<number>, start: number): void {
    this.#total += values.length;
    const found = findNotFinite(values);
    if (found === undefined) return;
    const before = this.#found ?? { ...found, count: 0, first: start + found.first };
    this.#found = { ...before, count: before.count + found.count };
  }

  error(name: string): EdgeDeployError {
    const found = this.#found!;
    return new EdgeDeployError(
      'E_WEIGHTS',
      `the weights '${name}' hold ${describeNotFinite(found, this.#total)}: they have no scale`,
      {
        hint: 'Train or export the model again; a diverged training leaves such values.',
        details: { tensor: name, index: found.first, count: found.count },
      },
    );
  }
}
