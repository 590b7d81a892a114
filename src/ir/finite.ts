/** Numbers that are not: what is wrong with a tensor that holds NaN or infinity. */
export interface NotFinite {
  readonly count: number;
  /** Index in row-major order, and the value there. */
  readonly first: number;
  readonly value: number;
}

/** Undefined when every value is finite. */
export function findNotFinite(values: ArrayLike<number>): NotFinite | undefined {
  let count = 0;
  let first = -1;
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i]!)) continue;
    if (count === 0) first = i;
    count++;
  }
  return count === 0 ? undefined : { count, first, value: values[first]! };
}

/** `NaN (element 17; 3 of 54 values are not finite)` */
export function describeNotFinite({ count, first, value }: NotFinite, total: number): string {
  return `${value} (element ${first}; ${count} of ${total} values ${count === 1 ? 'is' : 'are'} not finite)`;
}
