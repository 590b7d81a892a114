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

/** Compares weights with what their integers stand for; both in the same order. */
export function measureError(
  original: ArrayLike<number>,
  quantized: ArrayLike<number>,
): Pick<WeightReport, 'maxError' | 'rmsError'> {
  let maxError = 0;
  let sum = 0;
  for (let i = 0; i < original.length; i++) {
    const error = Math.abs(original[i]! - quantized[i]!);
    if (error > maxError) maxError = error;
    sum += error * error;
  }
  return { maxError, rmsError: Math.sqrt(sum / original.length) };
}
