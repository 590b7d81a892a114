/** Where a pixel of a resized image comes from, by ONNX's rules and in the single precision of its reference runtime. */
import type { OpContext } from '../context.js';

/** One axis of an image that is resized. `scale` is the given one; output / input may differ by rounding. */
export interface Axis {
  readonly input: number;
  readonly output: number;
  readonly scale: number;
}

const f = Math.fround;

/** The position in the source of result pixel i. Throws E_OP for a transformation that is not supported. */
export function sourcePosition(
  c: OpContext,
  i: number,
  { input, output, scale }: Axis,
  transformation: string,
): number {
  if (scale === 1) return i;
  switch (transformation) {
    case 'half_pixel':
      return f(f(f(i + 0.5) / f(scale)) - 0.5);
    case 'pytorch_half_pixel':
      return output > 1 ? f(f(f(i + 0.5) / f(scale)) - 0.5) : 0;
    case 'half_pixel_symmetric':
      // The middle of an odd result is exactly the middle of the source: only double precision keeps that.
      return f((input / 2) * (1 - output / (f(scale) * input)) + (i + 0.5) / f(scale) - 0.5);
    case 'align_corners':
      return output === 1 ? 0 : f(f(i * (input - 1)) / (output - 1));
    case 'asymmetric':
      return f(i / f(scale));
    case 'tf_half_pixel_for_nn':
      return f(f(i + 0.5) / f(scale));
    default:
      throw c.fail(`has the attribute coordinate_transformation_mode = '${transformation}', not supported`);
  }
}

/** The source pixel of result pixel i. */
export function sourceIndex(c: OpContext, i: number, axis: Axis, transformation: string, rounding: string): number {
  const position = sourcePosition(c, i, axis, transformation);
  return Math.min(Math.max(rounded(c, position, rounding, axis.scale < 1), 0), axis.input - 1);
}

function rounded(c: OpContext, position: number, rounding: string, shrinks: boolean): number {
  const away = position < 0 ? -Math.floor(0.5 - position) : Math.floor(position + 0.5);
  switch (rounding) {
    case 'round_prefer_floor':
      return position - Math.floor(position) === 0.5 ? Math.floor(position) : away;
    case 'round_prefer_ceil':
      return away;
    case 'floor':
      return Math.floor(position);
    case 'ceil':
      return Math.ceil(position);
    case 'simple':
      return shrinks ? Math.ceil(position) : Math.trunc(position);
    default:
      throw c.fail(`has the attribute nearest_mode = '${rounding}', not supported`);
  }
}
