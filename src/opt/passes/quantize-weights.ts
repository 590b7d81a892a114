import { elementCount } from '../../ir/tensor.js';
import { SCALE_SUFFIX, VarKind } from '../../paddle/index.js';
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
 * other width keeps the rest in fp32: it can name one width only, which Paddle-Lite's opt overlooks.
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
  const axis = channelAxis(node, value);
  const range = 2 ** (bits - 1) - 1;
  const weights = floats(value);
  const inner = elementCount(dims.slice(axis + 1));
  const scales = new Float32Array(dims[axis]!);
  for (let i = 0; i < weights.length; i += inner) {
    const channel = (i / inner) % scales.length;
    for (let j = i; j < i + inner; j++) scales[channel] = Math.max(scales[channel]!, Math.abs(weights[j]!));
  }
  for (let channel = 0; channel < scales.length; channel++) scales[channel] = scales[channel]! / range;
  const integers = bits === 8 ? new Int8Array(weights.length) : new Int16Array(weights.length);
  for (let i = 0; i < weights.length; i += inner) {
    const scale = scales[(i / inner) % scales.length]!;
    if (scale === 0) continue;
    for (let j = i; j < i + inner; j++) {
      const quotient = Math.fround(weights[j]! / scale);
      integers[j] = Math.sign(quotient) * Math.min(Math.floor(Math.abs(quotient) + 0.5), range);
    }
  }
  const dataType = bits === 8 ? VarKind.INT8 : VarKind.INT16;
  value.record = { dataType, dims, data: new Uint8Array(integers.buffer) };
  setText(node, 'quantization_type', 'post_weight_channel_wise_abs_max');
  setInt(node, 'quantize_weight_bits', bits);
  setFloats(node, value.name + SCALE_SUFFIX, scales);
}
