import { moveThreshold, read } from '../attributes.js';
import { biasOf, floats, isConvolution, outputChannels, setBias } from '../conv.js';
import type { Node, Value } from '../node.js';
import type { Pass } from '../pass.js';

/**
 * conv + elementwise_add of a parameter → conv with bias (Paddle-Lite: lite_conv_elementwise_fuse). The parameter has one
 * number a channel and must lie along the channels: Paddle-Lite does not look at the axis and folds biases of rows as
 * well, which is wrong.
 */
export const foldBias: Pass = (graph, { newerExports }) => {
  for (const add of [...graph.nodes]) {
    const conv = add.type === 'elementwise_add' ? add.input('X')?.producer : undefined;
    if (!isConvolution(conv) || conv.output('Output')!.onlyUse !== add || read(conv).bool('with_act', false)) continue;
    const source = biasSource(add, newerExports);
    const addend = source && alongChannels(source.bias, add, conv, source.behindReshape);
    if (!source || !addend) continue;
    const { bias } = source;
    const before = biasOf(conv);
    moveThreshold(add, conv);
    conv.setOutput('Output', add.output('Out')!);
    graph.remove(add, ...(source.behindReshape ? [source.behindReshape] : []));
    const own = bias.uses.length === 0 ? bias : graph.parameter(`${bias.name}_bias`, bias.record!);
    setBias(conv, own, before ? before.map((value, channel) => addend[channel]! + value) : addend);
  }
};

interface BiasSource {
  readonly bias: Value;
  /** Exports of Paddle 2.3 and later reshape the bias to [1, C, 1, 1] at run time. */
  readonly behindReshape?: Node;
}

function biasSource(add: Node, newerExports: boolean): BiasSource | undefined {
  const value = add.input('Y');
  if (!value) return undefined;
  if (value.record) return value.onlyUse === add ? { bias: value } : undefined;
  const reshape = value.producer;
  const bias = reshape?.input('X');
  const reshapes = newerExports && reshape?.type === 'reshape2' && value.onlyUse === add && !reshape.isRead('XShape');
  return reshapes && bias?.record ? { bias, behindReshape: reshape } : undefined;
}

/** The addend as one number a channel; undefined when it is not that. */
function alongChannels(bias: Value, add: Node, conv: Node, reshape: Node | undefined): Float32Array | undefined {
  const channels = outputChannels(conv);
  const count = bias.dims.reduce((product, size) => product * size, 1);
  if (count !== channels && count !== 1) return undefined;
  const axis = read(add).int('axis', -1);
  if (reshape) {
    const shape = read(reshape).ints('shape', []);
    const fits = shape.length === 4 && axis <= 0 && [0, 2, 3].every((i) => shape[i] === 1);
    if (!fits || count !== channels) return undefined;
  } else if (bias.dims.length !== 1 || (count === channels && channels > 1 && axis !== 1)) {
    return undefined;
  }
  const numbers = floats(bias);
  if (count === channels) return numbers.slice();
  return conv.input('Bias') ? new Float32Array(channels).fill(numbers[0]!) : undefined;
}
