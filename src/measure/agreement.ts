/** How far an output is from its reference. Where either holds what is not finite, the first three are NaN: no bound holds. */
export interface Agreement {
  readonly maxDifference: number;
  /** Largest difference as a share of the reference's largest value. */
  readonly relative: number;
  /** Root mean square of the differences as a share of that of the reference. */
  readonly rms: number;
  readonly cosine: number;
  /** Share of rows (last axis) whose largest value stands in the same place; for classifiers. */
  readonly sameTop1: number;
}

/** Compares two tensors of the same shape, row-major, with rows of `columns` values. Another number of values counts as NaN. */
export function agreement(actual: ArrayLike<number>, reference: ArrayLike<number>, columns: number): Agreement {
  let [maxDifference, largest, dot, a2, r2, d2] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < Math.max(actual.length, reference.length); i++) {
    const [a, r] = [actual[i] ?? Number.NaN, reference[i] ?? Number.NaN];
    // Math.max keeps a NaN for good, which a comparison would not; infinities that are equal differ by NaN too.
    const difference = Math.abs(a - r);
    maxDifference = Math.max(maxDifference, difference);
    largest = Math.max(largest, Math.abs(r));
    dot += a * r;
    a2 += a * a;
    r2 += r * r;
    d2 += difference * difference;
  }
  const rows = Math.max(1, Math.floor(reference.length / Math.max(columns, 1)));
  let same = 0;
  for (let row = 0; row < rows; row++)
    same += Number(argMax(actual, row * columns, columns) === argMax(reference, row * columns, columns));
  return {
    maxDifference,
    relative: maxDifference / (largest === 0 ? 1 : largest),
    rms: Math.sqrt(d2 / (r2 || 1)),
    cosine: a2 === 0 && r2 === 0 ? 1 : dot / Math.sqrt(a2 * r2 || 1),
    sameTop1: same / rows,
  };
}

/** Index, from `start`, of the first largest of `count` values; NaN, which equals nothing, where one of them is NaN. */
export function argMax(values: ArrayLike<number>, start: number, count: number): number {
  let best = 0;
  for (let i = 0; i < count; i++) {
    const value = values[start + i] ?? Number.NaN;
    if (Number.isNaN(value)) return Number.NaN;
    if (value > values[start + best]!) best = i;
  }
  return best;
}
