/** What quantisation did to one weight. */
export interface WeightReport {
  /** The constant's or parameter's name. */
  readonly name: string;
  /** The first node or op that uses it. */
  readonly node: string;
  readonly bits: 8 | 16;
  readonly bytesBefore: number;
  /** Integers and scales. */
  readonly bytesAfter: number;
  /** Largest |w − scale · q|. */
  readonly maxError: number;
  /** Root of the mean of (w − scale · q)². */
  readonly rmsError: number;
  readonly minScale: number;
  readonly maxScale: number;
}

export type WeightError = Pick<WeightReport, 'maxError' | 'rmsError'>;

/** Puts together the errors of a tensor's pieces. */
export class ErrorMeasure {
  #max = 0;
  #sum = 0;
  #count = 0;

  /** A piece of `count` weights: its largest error, and the sum of the squares. */
  add(max: number, sum: number, count: number): void {
    this.#max = Math.max(this.#max, max);
    this.#sum += sum;
    this.#count += count;
  }

  result(): WeightError {
    return { maxError: this.#max, rmsError: Math.sqrt(this.#sum / this.#count) };
  }
}

/** The error of a whole tensor; both in the same order. */
export function measureError(original: ArrayLike<number>, quantized: ArrayLike<number>): WeightError {
  let maxError = 0;
  let sum = 0;
  for (let i = 0; i < original.length; i++) {
    const error = Math.abs(original[i]! - quantized[i]!);
    if (error > maxError) maxError = error;
    sum += error * error;
  }
  return { maxError, rmsError: Math.sqrt(sum / original.length) };
}
