import { EdgeDeployError } from '../../base/errors.js';
import { type Channels, ChannelWalk, channelsAlong } from '../../ir/channels.js';
import { describeNotFinite, findNotFinite } from '../../ir/finite.js';
import { SCALE_SUFFIX, VarKind } from '../../paddle/model.js';
import { read, setFloats, setInt, setText } from '../attributes.js';
import { floats } from '../conv.js';
import type { ProgramGraph } from '../graph.js';
import type { Node, Value } from '../node.js';
import { channelAxis } from './settle-scales.js';

/**
 * The ops of `--quant_model` (Paddle-Lite: post_quant_dynamic). Its own list has matmul and matmul_v2 as well, whose
 * integers its loader then takes for fp32 memory.
 */
const QUANTIZED: ReadonlySet<string> = new Set(['fc', 'conv2d', 'mul', 'lookup_table']);

/**
 * Turns every fp32 parameter of these ops, biases too, into integers with a scale a channel:
 *
 *   scale = fround(max|w| / R)    q = fround(w / scale), half away from zero, |q| ≤ R    R = 127 or 32767
 *
 * A parameter several ops read is quantised once, and the first of them knows the scales. An op that has integers of the
 * other width keeps the rest in fp32: it can name one width only, which Paddle-Lite's opt overlooks. Throws E_WEIGHTS for NaN
 * and infinity, of which that makes zeros and nonsense.
 */
export function quantizeWeights(graph: ProgramGraph, bits: 8 | 16, warn: (text: string) => void): void {
  for (const node of graph.nodes) {
    if (!QUANTIZED.has(node.type)) continue;
    const known = node.attributes.has('quantize_weight_bits') ? read(node).int('quantize_weight_bits') : bits;
    if (known !== bits) {
      warn(`${node.type} has int${known} weights already: its other parameters stay fp32`);
      continue;
    }
    for (const values of node.inputs.values()) {
      for (const value of values) if (value.record?.dataType === VarKind.FP32) quantize(node, value, bits);
    }
  }
}

function quantize(node: Node, value: Value, bits: 8 | 16): void {
  const { dims } = value;
  if (dims.length === 0 || dims.length > 4) return;
  const channels = channelsAlong(dims, channelAxis(node, value));
  const range = 2 ** (bits - 1) - 1;
  const weights = floats(value);
  const scales = maxima(weights, channels).map((maximum) => maximum / range);
  if (!scales.every(Number.isFinite)) throw notFinite(value.name, weights);
  const integers = bits === 8 ? new Int8Array(weights.length) : new Int16Array(weights.length);
  const walk = new ChannelWalk(channels, 0);
  for (let start = 0; start < weights.length; start += walk.left, walk.next()) {
    const end = start + walk.left;
    if (walk.step === 0) {
      if (scales[walk.channel]! > 0) round(weights, integers, start, end, scales[walk.channel]!, range);
    } else {
      for (let i = start; i < end; i++) {
        const scale = scales[walk.channel + i - start]!;
        if (scale > 0) round(weights, integers, i, i + 1, scale, range);
      }
    }
  }
  const dataType = bits === 8 ? VarKind.INT8 : VarKind.INT16;
  value.record = { dataType, dims, data: new Uint8Array(integers.buffer) };
  setText(node, 'quantization_type', 'post_weight_channel_wise_abs_max');
  setInt(node, 'quantize_weight_bits', bits);
  setFloats(node, value.name + SCALE_SUFFIX, scales);
}

function notFinite(name: string, weights: Float32Array): EdgeDeployError {
  const what = describeNotFinite(findNotFinite(weights)!, weights.length);
  return new EdgeDeployError('E_WEIGHTS', `the weights '${name}' hold ${what}: they have no scale`, {
    hint: 'Train the model again, or leave --quant_model out.',
    details: { tensor: name },
  });
}

/** The largest magnitude in every channel; NaN where one is. */
function maxima(weights: Float32Array, channels: Channels): Float32Array {
  const result = new Float32Array(channels.count);
  const walk = new ChannelWalk(channels, 0);
  for (let start = 0; start < weights.length; start += walk.left, walk.next()) {
    const end = start + walk.left;
    if (walk.step === 0) {
      let largest = result[walk.channel]!;
      for (let i = start; i < end; i++) largest = Math.max(largest, Math.abs(weights[i]!));
      result[walk.channel] = largest;
    } else {
      for (let i = start, channel = walk.channel; i < end; i++, channel++) {
        result[channel] = Math.max(result[channel]!, Math.abs(weights[i]!));
      }
    }
  }
  return result;
}

/**
 * fround(w / scale), half away from zero. A product by 1 / scale, which is faster, decides where it is not close to a half.
 * Only where the scale is subnormal can the quotient exceed the range.
 */
function round(
  weights: Float32Array,
  integers: Int8Array | Int16Array,
  start: number,
  end: number,
  scale: number,
  range: number,
): void {
  const inverse = 1 / scale;
  const doubt = range * 2 ** -22;
  for (let i = start; i < end; i++) {
    const weight = weights[i]!;
    const shifted = Math.abs(weight) * inverse + 0.5;
    let magnitude = Math.floor(shifted);
    const rest = shifted - magnitude;
    if (rest < doubt || rest > 1 - doubt) magnitude = Math.floor(Math.abs(Math.fround(weight / scale)) + 0.5);
    if (magnitude > range) magnitude = range;
    integers[i] = weight < 0 ? -magnitude : magnitude;
  }
}
