/** Bins of upstream's histogram. */
const BINS = 5000;

/**
 * The magnitude that all but a fraction `rate` of the values stay within, as Paddle finds it: the upper end of a bin of
 * NumPy's histogram of |w| over [0, `maximum`]. With fewer than 1 / rate values that is the maximum itself, up to rounding.
 */
export function findThreshold(values: ArrayLike<number>, maximum: number, rate: number): number {
  const edges = binEdges(maximum);
  const counts = new Uint32Array(BINS);
  for (let i = 0; i < values.length; i++) counts[binOf(Math.abs(values[i]!), edges)]!++;
  let sum = 0;
  let bin = 0;
  for (; bin < BINS - 1; bin++) {
    sum += counts[bin]! / values.length;
    if (sum >= 1 - rate) break;
  }
  return (bin + 1) * Math.fround(edges[1]! - edges[0]!);
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
