/** How often values fall into equal parts of a range. */
export interface Histogram {
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
}

export const BINS = 48;

/** Smallest and largest value. Both 0 for an empty tensor. */
export function rangeOf(values: ArrayLike<number>): { low: number; high: number } {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? { low, high } : { low: 0, high: 0 };
}

/** Counts values in BINS equal parts of [low, high]; a value beyond an end counts in the last part there. */
export function histogram(values: ArrayLike<number>, { low, high }: { low: number; high: number }): Histogram {
  const counts = new Array<number>(BINS).fill(0);
  const scale = high > low ? BINS / (high - low) : 0;
  for (let i = 0; i < values.length; i++) {
    const bin = Math.floor((values[i]! - low) * scale);
    const inside = Math.min(Math.max(bin, 0), BINS - 1);
    counts[inside] = counts[inside]! + 1;
  }
  return { low, high, counts };
}
