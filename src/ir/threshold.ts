/** Bins of upstream's histogram. */
const BINS = 5000;

/**
 * The magnitude that all but a fraction of a tensor's values stay within, as Paddle finds it: the upper end of a bin of
 * NumPy's histogram of |w| over [0, `maximum`]. Values are counted piece by piece.
 */
export class ThresholdSearch {
  readonly #edges: Float32Array;
  readonly #counts = new Float64Array(BINS);
  #total = 0;

  constructor(maximum: number) {
    this.#edges = binEdges(maximum);
  }

  add(values: ArrayLike<number>): void {
    for (let i = 0; i < values.length; i++) this.#counts[binOf(Math.abs(values[i]!), this.#edges)]!++;
    this.#total += values.length;
  }

  /** With fewer than 1 / rate values that is the maximum itself, up to rounding. */
  threshold(rate: number): number {
    let sum = 0;
    let bin = 0;
    for (; bin < BINS - 1; bin++) {
      sum += this.#counts[bin]! / this.#total;
      if (sum >= 1 - rate) break;
    }
    return (bin + 1) * Math.fround(this.#edges[1]! - this.#edges[0]!);
  }
}

/** NumPy widens an empty range to [−0.5, 0.5]. */
function binEdges(maximum: number): Float32Array {
  const [low, high] = maximum === 0 ? [-0.5, 0.5] : [0, maximum];
  const width = (high - low) / BINS;
  return Float32Array.from({ length: BINS + 1 }, (_, k) => (k === BINS ? high : low + k * width));
}

/** The k with edges[k] ≤ value < edges[k + 1]; the last bin takes the maximum, too. */
function binOf(value: number, edges: Float32Array): number {
  const [low, high] = [edges[0]!, edges[BINS]!];
  let bin = Math.min(BINS - 1, Math.floor(((value - low) / (high - low)) * BINS));
  while (bin > 0 && value < edges[bin]!) bin--;
  while (bin < BINS - 1 && value >= edges[bin + 1]!) bin++;
  return bin;
}
