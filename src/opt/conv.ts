/** What the passes ask of convolutions and do to their weights. */
import { EdgeDeployError } from '../base/errors.js';
import { type Channels, channelsAlong } from '../ir/channels.js';
import { recordData, SCALE_SUFFIX, type TensorRecord, VarKind } from '../paddle/model.js';
import { read, setFloats } from './attributes.js';
import type { ProgramGraph } from './graph.js';
import type { Node, Value } from './node.js';
import { ScaledRecord } from './scaled-record.js';

export const CONVOLUTIONS: readonly string[] = ['conv2d', 'depthwise_conv2d', 'conv2d_transpose'];

/** A convolution whose filter is a parameter of four axes; images stand channels first. */
export function isConvolution(node: Node | undefined): node is Node {
  if (node === undefined || !CONVOLUTIONS.includes(node.type)) return false;
  const layout = read(node).text('data_format', 'NCHW');
  return node.input('Filter')?.record?.dims.length === 4 && (layout === 'NCHW' || layout === 'AnyLayout');
}

export function groupsOf(conv: Node): number {
  return read(conv).int('groups', 1);
}

/** Length of the output's channel axis. */
export function outputChannels(conv: Node): number {
  const [first, second] = conv.input('Filter')!.dims;
  return conv.type === 'conv2d_transpose' ? second! * groupsOf(conv) : first!;
}

export function isInteger({ record }: Value): boolean {
  return record?.dataType === VarKind.INT8 || record?.dataType === VarKind.INT16;
}

/** The numbers of an fp32 parameter: to be read only, they may be those of the file. */
export function floats({ name, record }: Value): Float32Array {
  if (record?.dataType === VarKind.FP32) return recordData(record) as Float32Array;
  throw new EdgeDeployError('E_OP', `the parameter '${name}' is not fp32 (VarType ${record?.dataType})`, {
    hint: 'Export the model in fp32.',
  });
}

export function fp32(dims: readonly number[], data: Float32Array): TensorRecord {
  return { dataType: VarKind.FP32, dims, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

/**
 * Multiplies the filter by one factor an output channel, each product rounded to fp32. Integers stay as they are: their
 * scales are multiplied. A filter that others read as well is copied first.
 */
export function scaleFilter(graph: ProgramGraph, conv: Node, factors: Float32Array): void {
  const shared = conv.input('Filter')!;
  if (isInteger(shared)) {
    const scales = read(conv).floats(shared.name + SCALE_SUFFIX);
    const filter = graph.own(conv, 'Filter');
    if (filter !== shared) conv.attributes.delete(shared.name + SCALE_SUFFIX);
    setFloats(
      conv,
      filter.name + SCALE_SUFFIX,
      factors.map((factor, channel) => factor * scales[channel]!),
    );
    return;
  }
  const filter = graph.own(conv, 'Filter');
  filter.record = new ScaledRecord(filter.record!, outputChannelsOf(conv), factors);
}

/** How the elements of a filter [o, i/g, h, w], of a transposed one [i, o/g, h, w], fall into the output's channels. */
function outputChannelsOf(conv: Node): Channels {
  const { dims } = conv.input('Filter')!;
  return conv.type === 'conv2d_transpose' ? channelsAlong(dims, 1, groupsOf(conv)) : channelsAlong(dims, 0);
}

/** The bias as numbers; undefined when the convolution has none. */
export function biasOf(conv: Node): Float32Array | undefined {
  const bias = conv.input('Bias');
  return bias && floats(bias);
}

/** Makes `parameter` (read by nobody else) the bias, with these numbers. */
export function setBias(conv: Node, parameter: Value, numbers: Float32Array): void {
  parameter.record = fp32([numbers.length], numbers);
  conv.setInput('Bias', parameter);
}
