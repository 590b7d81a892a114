/** Statistics of timing samples in nanoseconds. Pure functions; nothing is ever deleted from the samples. */
export interface Summary {
  readonly runs: number;
  readonly median: number;
  /** 95 % confidence interval of the median, from order statistics: no shape of the distribution is assumed. */
  readonly low: number;
  readonly high: number;
  readonly p95: number;
  /** Only from 100 samples on. */
  readonly p99?: number;
  readonly min: number;
  readonly max: number;
  /** Samples further than 1.5 interquartile ranges outside the quartiles. */
  readonly outliers: number;
  /** Median of the last third over that of the first, minus 1. */
  readonly drift: number;
  readonly verdict: Verdict;
}

/** stable: interval within ±1 %; noisy: wider; drifting: the last third differs from the first by more than 3 %. */
export type Verdict = 'stable' | 'noisy' | 'drifting';

export function summarize(samples: readonly number[]): Summary {
  if (samples.length === 0) throw new RangeError('no samples');
  const sorted = samples.toSorted((a, b) => a - b);
  const n = sorted.length;
  const median = medianOfSorted(sorted);
  const [low, high] = medianInterval(sorted);
  const [q1, q3] = [quantile(sorted, 0.25), quantile(sorted, 0.75)];
  const reach = 1.5 * (q3 - q1);
  const third = Math.floor(n / 3);
  const [first, last] = third > 0 ? [medianOf(samples.slice(0, third)), medianOf(samples.slice(-third))] : [1, 1];
  const drift = first === last ? 0 : last / first - 1;
  return {
    runs: n,
    median,
    low,
    high,
    p95: quantile(sorted, 0.95),
    ...(n >= 100 ? { p99: quantile(sorted, 0.99) } : {}),
    min: sorted[0]!,
    max: sorted[n - 1]!,
    outliers: sorted.filter((sample) => sample < q1 - reach || sample > q3 + reach).length,
    drift,
    verdict: verdictOf(median, low, high, drift, n),
  };
}

function verdictOf(median: number, low: number, high: number, drift: number, n: number): Verdict {
  if (n >= 12 && Math.abs(drift) > 0.03) return 'drifting';
  return high - low <= 0.02 * median && n >= 6 ? 'stable' : 'noisy';
}

/** The order statistics that hold the median with 95 % confidence; with fewer than six samples, the extremes. */
export function medianInterval(sorted: readonly number[]): readonly [number, number] {
  const n = sorted.length;
  let [rank, tail] = [0, 2 ** -n];
  // P(median below the (rank + 1)-th smallest) = Σ C(n, i) / 2^n, i ≤ rank; both tails together at most 5 %.
  for (let [term, i] = [tail, 1]; i < n / 2; i++) {
    term *= (n - i + 1) / i;
    if (tail + term > 0.025) break;
    tail += term;
    rank = i;
  }
  if (n > 1000) rank = Math.max(0, Math.floor((n - 1.96 * Math.sqrt(n)) / 2) - 1);
  return [sorted[rank]!, sorted[n - 1 - rank]!];
}

export function medianOf(samples: readonly number[]): number {
  return medianOfSorted(samples.toSorted((a, b) => a - b));
}

function medianOfSorted(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The smallest sample that at least a share p of all samples does not exceed. */
export function quantile(sorted: readonly number[], p: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1))]!;
}
