import { ChannelWalk } from '../../ir/channels.js';
import {
  AXIS_SUFFIX,
  findScales,
  recordData,
  SCALE_SUFFIX,
  VarKind,
  type WeightScales,
  weightScales,
} from '../../paddle/model.js';
import { setFloats } from '../attributes.js';
import { fp32, isInteger } from '../conv.js';
import type { Node, Value } from '../node.js';
import type { Pass } from '../pass.js';

/** Ops whose integer weights Paddle-Lite's loader turns back into fp32; in others it takes them for fp32 memory. */
const WITH_INTEGER_WEIGHTS: ReadonlySet<string> = new Set(['conv2d', 'depthwise_conv2d', 'fc', 'mul', 'lookup_table']);

/**
 * Brings the scales of a model that PaddleSlim quantised into the form the loader needs (Paddle-Lite:
 * weight_quantization_preprocess): one a channel, and on the first op only that reads the weights, since the loader turns
 * them back in place. Weights of ops that it does not turn back become fp32 here. Attributes beside fp32 weights, as
 * quantisers leave them in their test models, are dropped. Throws E_WEIGHTS for scales that are lost or do not fit.
 */
export const settleScales: Pass = (graph, { warn }) => {
  const ops = graph.nodes.map((node) => ({
    type: node.type,
    inputs: [],
    outputs: [],
    attrs: [...node.attributes.values()],
  }));
  const scales = findScales({ blocks: [{ idx: 0, parent_idx: -1, vars: [], ops }] });
  const settled = new Set<Value>();
  let isTestModel = false;
  for (const node of graph.nodes) {
    for (const value of new Set([...node.inputs.values()].flat())) {
      const name = value.name + SCALE_SUFFIX;
      if (value.record?.dataType === VarKind.FP32 && node.attributes.delete(name)) isTestModel ||= !settled.has(value);
      if (!isInteger(value) || !value.record || settled.has(value)) {
        if (settled.has(value)) node.attributes.delete(name);
        continue;
      }
      const found = weightScales(value.name, value.record, scales.get(value.name) ?? []);
      settled.add(value);
      if (value.uses.every(({ type }) => WITH_INTEGER_WEIGHTS.has(type)) && isAsRead(node, value, found)) {
        setFloats(node, name, found.scales);
      } else {
        node.attributes.delete(name);
        value.record = fp32(value.dims, dequantized(value, found));
        warn(`the integer weights '${value.name}' become fp32: Paddle-Lite cannot read them in ${node.type}`);
      }
    }
    for (const name of [...node.attributes.keys()]) if (name.endsWith(AXIS_SUFFIX)) node.attributes.delete(name);
    dropMarks(node);
  }
  if (isTestModel)
    warn('the model is a quantiser’s test model: its weights are fp32 already, and are taken as they are');
};

/** The axis the loader indexes the list of scales by. */
export function channelAxis(node: Node, { dims }: Value): number {
  return node.type === 'conv2d' || node.type === 'depthwise_conv2d' || dims.length < 2 ? 0 : 1;
}

/** An op without integer weights must not say that it has some. */
function dropMarks(node: Node): void {
  if ([...node.attributes.keys()].some((name) => name.endsWith(SCALE_SUFFIX))) return;
  node.attributes.delete('quantization_type');
  node.attributes.delete('quantize_weight_bits');
}

/** The loader finds the scale of every integer where we do. */
function isAsRead(node: Node, value: Value, { axis, channels }: WeightScales): boolean {
  return axis === channelAxis(node, value) && channels.count === value.dims[axis];
}

function dequantized({ record }: Value, { channels, scales }: WeightScales): Float32Array {
  const integers = recordData(record!) as Int8Array | Int16Array;
  const result = new Float32Array(integers.length);
  const walk = new ChannelWalk(channels, 0);
  for (let start = 0; start < integers.length; start += walk.left, walk.next()) {
    for (let i = 0; i < walk.left; i++)
      result[start + i] = integers[start + i]! * scales[walk.channel + walk.step * i]!;
  }
  return result;
}
