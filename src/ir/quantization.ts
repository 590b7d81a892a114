/**
 * The arithmetic of PaddleSlim's dynamic weight quantisation: symmetric, no zero point, w ≈ scale · q.
 *
 *   scale = fround(max|w| / R)        R = 127 or 32767
 *   q     = round half to even(fround(w / scale)), 0 where the scale is 0
 *
 * Both quotients are NumPy's, bit for bit: max|w| / R in double and rounded once, w / scale in single precision. |q|
 * exceeds R only where a scale is subnormal, and wraps there as in NumPy. It stands here, below the rooms, because two of
 * them need it: `quantize` for graphs and `paddle` for programs, whose tensors come in pieces.
 */
import { type Channels, ChannelWalk, channelsAlong, oneChannel } from './channels.js';
import { ScaleSearch } from './scale-search.js';
import { type Numbers, weightKernels } from './weight-kernels.js';
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

/**
 * Quantises a row-major tensor of the given shape. `name` is for messages. Throws E_WEIGHTS for a NaN or an infinity,
 * which upstream turns into a channel of zeros without a word.
 */
export function quantizeTensor(
  name: string,
  values: Numbers,
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
export function quantizePiece(
  values: Numbers,
  start: number,
  { channels, stored, limit }: Scales,
  into: Integers,
): void {
  const bits = into.BYTES_PER_ELEMENT === 1 ? 8 : 16;
  weightKernels().quantize(values, start, channels, stored, { bits, ties: 'even', limit }, into);
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
  original: Numbers,
  integers: Integers,
  start: number,
  { channels, exact }: Scales,
  error: ErrorMeasure,
): void {
  const { max, sum } = weightKernels().measure(original, integers, start, channels, exact);
  error.add(max, sum, integers.length);
}

function channelsOf(shape: readonly number[], { mode, axis }: AxisRule): Channels {
  return mode === 'abs_max' ? oneChannel(shape) : channelsAlong(shape, axis);
}
