import { step } from '../../ops/chain.js';
import type { Importer, OpContext } from '../context.js';
import { convolutionActivation } from './fused.js';
import { type Int8Names, int8Results, integersAsFloats } from './int8.js';
import { backTo, channelsFirst, formatOf, imageSize, pair, window } from './layout.js';

/** The filter stays [O, I/groups, kh, kw] in every layout. */
function kernelSize(c: OpContext, filter: string): [number, number] {
  const shape = c.shapeOf(filter);
  if (shape.length !== 4) throw c.fail(`needs a filter of rank 4, not [${shape}]`);
  return [shape[2]!, shape[3]!];
}

/** A fused bias as [O]. */
function biasOf(c: OpContext): string | undefined {
  const bias = c.optional('Bias');
  if (bias === undefined || c.shapeOf(bias).length === 1) return bias;
  return c.reshaped(bias, [c.shapeOf(bias).reduce((product, dimension) => product * dimension, 1)]);
}

const INT8_NAMES: Int8Names = { input: 'Input', weights: 'Filter', output: 'Output' };

const conv2d: Importer = (c) => convolution(c, c.kernel?.int8 ? c.input('Filter') : c.weight('Filter', 0));

/** The op with a filter that may have been made for it. */
export function convolution(c: OpContext, filter: string): void {
  const format = formatOf(c);
  const x = channelsFirst(c, c.input('Input'), format);
  const strides = pair(c, 'strides', [1, 1]);
  const dilations = pair(c, 'dilations', [1, 1]);
  const groups = c.attributes.int('groups', 1);
  const { pads, dilations: used } = window(c, imageSize(c, x), kernelSize(c, filter), strides, dilations);
  const residual = c.optional('ResidualData');
  const inputs = [x, filter];
  const bias = biasOf(c);
  if (c.kernel?.int8) {
    if (residual !== undefined) throw c.fail('adds a residual in int8, not supported');
    const results = int8Results(c, INT8_NAMES, c.shapeOf(filter)[0]!, bias, convolutionActivation(c));
    const operands = [x, filter, results.scale, results.bias];
    const layer = { strides, pads, dilations: used, groups };
    c.output('Output', 'int8_conv2d', operands, layer, ...results.steps, ...backTo(format));
    return;
  }
  if (bias !== undefined || residual !== undefined) inputs.push(bias ?? '');
  if (residual !== undefined) inputs.push(channelsFirst(c, residual, format));
  const attributes = { strides, pads, dilations: used, groups };
  c.output('Output', 'conv2d', inputs, attributes, ...convolutionActivation(c), ...backTo(format));
}

const conv2dTranspose: Importer = (c) => {
  const format = formatOf(c);
  const x = channelsFirst(c, c.input('Input'), format);
  const strides = pair(c, 'strides', [1, 1]);
  const dilations = pair(c, 'dilations', [1, 1]);
  const groups = c.attributes.int('groups', 1);
  const filter = c.kernel?.int8 ? c.input('Filter') : c.weight('Filter', groups > 1 ? 0 : 1);
  const size = imageSize(c, x);
  const kernel = kernelSize(c, filter);
  const { pads, dilations: used } = window(c, size, kernel, strides, dilations);
  const bias = biasOf(c);
  const outputPadding = outputPaddingOf(c, (axis) => {
    const span = used[axis]! * (kernel[axis]! - 1) + 1;
    return (size[axis]! - 1) * strides[axis]! - pads[2 * axis]! - pads[2 * axis + 1]! + span;
  });
  const attributes = { strides, pads, dilations: used, groups, outputPadding };
  const activation = convolutionActivation(c);
  if (c.kernel?.int8) {
    // Rare enough to go without a kernel of its own: floats hold the integers and, up to 2^24, their sums.
    const results = int8Results(c, INT8_NAMES, c.shapeOf(filter)[1]! * groups, bias, activation);
    const operands = [integersAsFloats(c, x), integersAsFloats(c, filter)];
    const rescale = step('affine', [results.scale, results.bias], {});
    c.output('Output', 'conv2d_transpose', operands, attributes, rescale, ...results.steps, ...backTo(format));
    return;
  }
  const operands = bias === undefined ? [x, filter] : [x, filter, bias];
  c.output('Output', 'conv2d_transpose', operands, attributes, ...activation, ...backTo(format));
};

/** Rows and columns added at the end: given as such, or as an output size. `natural` is the size without. */
function outputPaddingOf(c: OpContext, natural: (axis: 0 | 1) => number): [number, number] {
  const tensors = [...c.inputs('OutputSizeTensor'), ...c.inputs('OutputSize')];
  const size =
    tensors.length > 0 ? tensors.flatMap((value) => c.integers(value)) : c.attributes.ints('output_size', []);
  if (size.length === 0) {
    const padding = c.attributes.ints('output_padding', []);
    if (padding.length > 2 || padding.some((value) => value < 0)) throw c.fail(`has the output_padding [${padding}]`);
    return [padding[0] ?? 0, padding[1] ?? padding[0] ?? 0];
  }
  const padding: [number, number] = [size[0]! - natural(0), (size[1] ?? size[0]!) - natural(1)];
  if (padding.some((value) => value < 0)) throw c.fail(`cannot make the output_size [${size}]`);
  return padding;
}

export const conv: Readonly<Record<string, Importer>> = {
  conv2d,
  depthwise_conv2d: conv2d,
  conv2d_transpose: conv2dTranspose,
  depthwise_conv2d_transpose: conv2dTranspose,
};
