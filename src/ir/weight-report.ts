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

/** Compares weights with what their integers stand for, piece by piece. */
export class ErrorMeasure {
  #max = 0;
  #sum = 0;
  #count = 0;

  /** Both in the same order. */
  add(original: ArrayLike<number>, quantized: ArrayLike<number>): void {
    let max = this.#max;
    let sum = this.#sum;
    for (let i = 0; i < original.length; i++) {
      const error = Math.abs(original[i]! - quantized[i]!);
      if (error > max) max = error;
      sum += error * error;
    }
    this.#max = max;
    this.#sum = sum;
    this.#count += original.length;
  }

  result(): WeightError {
    return { maxError: this.#max, rmsError: Math.sqrt(this.#sum / this.#count) };
  }
}

/** The error of a whole tensor. */
export function measureError(original: ArrayLike<number>, quantized: ArrayLike<number>): WeightError {
  const measure = new ErrorMeasure();
  measure.add(original, quantized);
  return measure.result();
}
