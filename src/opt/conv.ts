/** What the passes ask of convolutions and do to their weights. */
import { EdgeDeployError } from '../base/errors.js';
import { recordData, SCALE_SUFFIX, type TensorRecord, VarKind } from '../paddle/index.js';
import { read, setFloats } from './attributes.js';
import type { ProgramGraph } from './graph.js';
import type { Node, Value } from './node.js';

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
  const before = floats(filter);
  const after = new Float32Array(before.length);
  const [first, second, height, width] = filter.dims as [number, number, number, number];
  const window = height * width;
  const perGroup = first / groupsOf(conv);
  for (let i = 0; i < first * second; i++) {
    const [outer, inner] = [Math.floor(i / second), i % second];
    const channel = conv.type === 'conv2d_transpose' ? Math.floor(outer / perGroup) * second + inner : outer;
    const factor = factors[channel]!;
    for (let j = i * window; j < (i + 1) * window; j++) after[j] = before[j]! * factor;
  }
  filter.record = fp32(filter.dims, after);
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
