/**
 * The arithmetic of PaddleSlim's dynamic weight quantisation: symmetric, no zero point, w ≈ scale · q.
 *
 *   scale = fround(max|w| / R)        R = 127 or 32767
 *   q     = round half to even(fround(w / scale)), 0 where the scale is 0
 *
 * Both quotients are NumPy's, bit for bit: max|w| / R in double and rounded once, w / scale in single precision. |q| never
 * exceeds R, so nothing is clamped. It stands here, below the rooms, because two of them need it: `quantize` for graphs
 * and `paddle` for programs.
 */
import { EdgeDeployError } from '../base/errors.js';
import { describeNotFinite, findNotFinite } from './finite.js';
import { elementCount } from './tensor.js';
import { findThreshold } from './threshold.js';

/** One scale for each channel, or one for the whole tensor (PaddleSlim's names). */
export type QuantizationMode = 'channel_wise_abs_max' | 'abs_max';

export interface QuantizationRule {
  readonly bits: 8 | 16;
  readonly mode: QuantizationMode;
  /** Axis of the channels; not used by abs_max. */
  readonly axis: number;
  /** abs_max only: the fraction of the values that may be clipped to find a smaller scale. Default 0: none. */
  readonly thresholdRate?: number | undefined;
}

export interface QuantizedTensor {
  readonly data: Int8Array | Int16Array;
  /** The scales as they are stored: one a channel, or a single one for abs_max. */
  readonly scales: Float32Array;
  /** max|w| / R before it was rounded. Upstream's test models are made from these. */
  readonly exactScales: Float64Array;
}

/** Smaller threshold rates count as 0. */
const SMALLEST_RATE = 1e-10;

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
  { bits, mode, axis, thresholdRate = 0 }: QuantizationRule,
): QuantizedTensor {
  const range = 2 ** (bits - 1) - 1;
  const channels = mode === 'abs_max' ? 1 : shape[axis]!;
  const inner = mode === 'abs_max' ? values.length : elementCount(shape.slice(axis + 1));
  const maxima = maximaOf(name, values, channels, inner);
  const clips = mode === 'abs_max' && thresholdRate >= SMALLEST_RATE;
  if (clips) maxima[0] = findThreshold(values, maxima[0]!, thresholdRate);
  const limit = clips ? Math.fround(maxima[0]!) : Number.POSITIVE_INFINITY;
  const exactScales = maxima.map((maximum) => maximum / range);
  const scales = Float32Array.from(exactScales);
  const data = bits === 8 ? new Int8Array(values.length) : new Int16Array(values.length);
  for (let start = 0, slice = 0; start < values.length; start += inner, slice++) {
    const scale = scales[slice % channels]!;
    if (scale === 0) continue;
    for (let i = start; i < start + inner; i++) {
      const value = Math.min(Math.max(values[i]!, -limit), limit);
      data[i] = Math.fround(value / scale) + ROUNDER - ROUNDER;
    }
  }
  return { data, scales, exactScales };
}

/**
 * q · scale with the unrounded scales, rounded once: the fp32 weights of upstream's test models, made by NumPy 1. (A
 * board multiplies by the stored scale; the results differ in the last bit at most.)
 */
export function dequantizeExactly(
  { data, exactScales }: QuantizedTensor,
  shape: readonly number[],
  { mode, axis }: QuantizationRule,
): Float32Array {
  const inner = mode === 'abs_max' ? data.length : elementCount(shape.slice(axis + 1));
  const real = new Float32Array(data.length);
  for (let start = 0, slice = 0; start < data.length; start += inner, slice++) {
    const scale = exactScales[slice % exactScales.length]!;
    for (let i = start; i < start + inner; i++) real[i] = data[i]! * scale;
  }
  return real;
}

/** max|w| of every channel. */
function maximaOf(name: string, values: ArrayLike<number>, channels: number, inner: number): Float64Array {
  const maxima = new Float64Array(channels);
  for (let start = 0, slice = 0; start < values.length; start += inner, slice++) {
    let maximum = maxima[slice % channels]!;
    for (let i = start; i < start + inner; i++) {
      const magnitude = Math.abs(values[i]!);
      if (!(magnitude < Infinity)) throw notFinite(name, values);
      if (magnitude > maximum) maximum = magnitude;
    }
    maxima[slice % channels] = maximum;
  }
  return maxima;
}

function notFinite(name: string, values: ArrayLike<number>): EdgeDeployError {
  const found = findNotFinite(values)!;
  return new EdgeDeployError(
    'E_WEIGHTS',
    `the weights '${name}' hold ${describeNotFinite(found, values.length)}: they have no scale`,
    {
      hint: 'Train or export the model again; a diverged training leaves such values.',
      details: { tensor: name, index: found.first, count: found.count },
    },
  );
}
