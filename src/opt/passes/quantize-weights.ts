import { EdgeDeployError } from '../../base/errors.js';
import { type Channels, channelsAlong } from '../../ir/channels.js';
import { describeNotFinite, findNotFinite } from '../../ir/finite.js';
import { weightKernels } from '../../ir/weight-kernels.js';
import { floatPieces, PiecewiseRecord, SCALE_SUFFIX, type TensorRecord, VarKind } from '../../paddle/model.js';
import { read, setFloats, setInt, setText } from '../attributes.js';
import { floats } from '../conv.js';
import type { ProgramGraph } from '../graph.js';
import type { Node, Value } from '../node.js';
import { withoutFactors } from '../scaled-record.js';
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
  const { dims, record } = value;
  if (dims.length === 0 || dims.length > 4) return;
  const channels = channelsAlong(dims, channelAxis(node, value));
  const range = 2 ** (bits - 1) - 1;
  const scales = maxima(record!, channels).map((maximum) => maximum / range);
  if (!scales.every(Number.isFinite)) throw notFinite(value.name, floats(value));
  value.record = quantized(record!, bits, channels, scales);
  setText(node, 'quantization_type', 'post_weight_channel_wise_abs_max');
  setInt(node, 'quantize_weight_bits', bits);
  setFloats(node, value.name + SCALE_SUFFIX, scales);
}

/** The largest magnitude in every channel; NaN where one is. */
function maxima(record: TensorRecord, channels: Channels): Float32Array {
  const result = new Float32Array(channels.count);
  const { source, factors } = withoutFactors(record, channels);
  let start = 0;
  for (const piece of floatPieces(source)) {
    weightKernels().maxima(piece, start, channels, result, factors);
    start += piece.length;
  }
  return result;
}

/** The integers, computed when they are asked for. */
function quantized(record: TensorRecord, bits: 8 | 16, channels: Channels, scales: Float32Array): TensorRecord {
  const { source, factors } = withoutFactors(record, channels);
  const rounding = { bits, ties: 'away', limit: Infinity } as const;
  const Integers = bits === 8 ? Int8Array : Int16Array;
  return new PiecewiseRecord(bits === 8 ? VarKind.INT8 : VarKind.INT16, record.dims, function* () {
    let start = 0;
    let integers = new Integers(0);
    for (const piece of floatPieces(source)) {
      if (integers.length < piece.length) integers = new Integers(piece.length);
      weightKernels().quantize(piece, start, channels, scales, rounding, integers, factors);
      yield new Uint8Array(integers.buffer, 0, piece.length * integers.BYTES_PER_ELEMENT);
      start += piece.length;
    }
  });
}

function notFinite(name: string, weights: Float32Array): EdgeDeployError {
  const what = describeNotFinite(findNotFinite(weights)!, weights.length);
  return new EdgeDeployError('E_WEIGHTS', `the weights '${name}' hold ${what}: they have no scale`, {
    hint: 'Train the model again, or leave --quant_model out.',
    details: { tensor: name },
  });
}
