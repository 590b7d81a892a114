/**
 * The arithmetic of PaddleSlim's dynamic weight quantisation: symmetric, no zero point, w ≈ scale · q.
 *
 *   scale = fround(max|w| / R)        R = 127 or 32767
 *   q     = round half to even(fround(w / scale)), 0 where the scale is 0
 *
 * Both quotients are NumPy's, bit for bit: max|w| / R in double and rounded once, w / scale in single precision. |q| never
 * exceeds R, so nothing is clamped. It stands here, below the rooms, because two of them need it: `quantize` for graphs
 * and `paddle` for programs, whose tensors come in pieces.
 */
import { type Channels, ChannelWalk, channelsAlong, oneChannel } from './channels.js';
import { ScaleSearch } from './scale-search.js';
import type { ErrorMeasure } from './weight-report.js';

/** One scale for each channel, or one for the whole tensor (PaddleSlim's names). */
export type QuantizationMode = 'channel_wise_abs_max' | 'abs_max';

export interface QuantizationRule {
  readonly bits: 8 | 16;
  readonly mode: QuantizationMode;
  /** abs_max only: the fraction of the values that may be clipped to find a smaller scale. Default 0: none. */
  readonly thresholdRate?: number | undefined;
}

/** A rule, and the axis of the channels; abs_max does not use it. */
export interface AxisRule extends QuantizationRule {
  readonly axis: number;
}

/** A tensor's scales, one a channel, or a single one for abs_max. */
export interface Scales {
  readonly channels: Channels;
  /** As they are stored. */
  readonly stored: Float32Array;
  /** max|w| / R before it was rounded. Upstream's test models are made from these. */
  readonly exact: Float64Array;
  /** Values are clipped to ±limit; infinite where they are not. */
  readonly limit: number;
}

export type Integers = Int8Array | Int16Array;

export interface QuantizedTensor {
  readonly data: Integers;
  readonly scales: Float32Array;
}

/** Adding and subtracting it rounds a double of moderate size to an integer, ties to even. */
const ROUNDER = 1.5 * 2 ** 52;

/**
 * Quantises a row-major tensor of the given shape. `name` is for messages. Throws E_WEIGHTS for a NaN or an infinity,
 * which upstream turns into a channel of zeros without a word.
 */
export function quantizeTensor(
  name: string,
  values: ArrayLike<number>,
  shape: readonly number[],
  rule: AxisRule,
): QuantizedTensor {
  const search = new ScaleSearch(name, channelsOf(shape, rule), rule);
  for (const pass of search.passes()) pass(values, 0);
  const scales = search.result();
  const data = rule.bits === 8 ? new Int8Array(values.length) : new Int16Array(values.length);
  quantizePiece(values, 0, scales, data);
  return { data, scales: scales.stored };
}

/**
 * Quantises a piece of a tensor into the first `values.length` of `into`, which may be `values` itself; `start` is the
 * index of its first element.
 */
export function quantizePiece(values: ArrayLike<number>, start: number, scales: Scales, into: Integers): void {
  const { limit } = scales;
  const source = limit === Infinity ? values : Float64Array.from(values, (w) => Math.min(Math.max(w, -limit), limit));
  // A channel without a scale becomes zeros.
  const divisors = scales.stored.map((scale) => scale || Infinity);
  const walk = new ChannelWalk(scales.channels, start);
  for (let i = 0; i < values.length; walk.next()) {
    const end = Math.min(values.length, i + walk.left);
    let { channel } = walk;
    const divisor = divisors[channel]!;
    if (walk.step === 0) for (; i < end; i++) into[i] = rounded(source[i]! / divisor);
    else for (; i < end; i++, channel++) into[i] = rounded(source[i]! / divisors[channel]!);
  }
}

/** To an integer, from the quotient in single precision. */
function rounded(quotient: number): number {
  return Math.fround(quotient) + ROUNDER - ROUNDER;
}

/**
 * What a piece's integers stand for, q · scale with the unrounded scales, rounded once: the fp32 weights of upstream's
 * test models, made by NumPy 1. (A board multiplies by the stored scale; the results differ in the last bit at most.)
 */
export function restorePiece(integers: Integers, start: number, { channels, exact }: Scales, into: Float32Array): void {
  const walk = new ChannelWalk(channels, start);
  for (let i = 0; i < integers.length; walk.next()) {
    const end = Math.min(integers.length, i + walk.left);
    for (let { channel } = walk; i < end; i++, channel += walk.step) into[i] = integers[i]! * exact[channel]!;
  }
}

/** Adds to `error` how far the values of restorePiece are from the original ones. */
export function measurePiece(
  original: ArrayLike<number>,
  integers: Integers,
  start: number,
  { channels, exact }: Scales,
  error: ErrorMeasure,
): void {
  const walk = new ChannelWalk(channels, start);
  let max = 0;
  let sum = 0;
  for (let i = 0; i < integers.length; walk.next()) {
    const end = Math.min(integers.length, i + walk.left);
    for (let { channel } = walk; i < end; i++, channel += walk.step) {
      const difference = Math.abs(original[i]! - Math.fround(integers[i]! * exact[channel]!));
      max = Math.max(max, difference);
      sum += difference * difference;
    }
  }
  error.add(max, sum, integers.length);
}

function channelsOf(shape: readonly number[], { mode, axis }: AxisRule): Channels {
  return mode === 'abs_max' ? oneChannel(shape) : channelsAlong(shape, axis);
}
