import { read, setInt } from '../attributes.js';
import { biasOf, floats, fp32, isConvolution, outputChannels, scaleFilter, setBias } from '../conv.js';
import type { Node } from '../node.js';
import type { Pass, PassOptions } from '../pass.js';

/**
 * conv + batch_norm → conv with bias (Paddle-Lite: lite_conv_bn_fuse), in fp32 steps that give Paddle-Lite's bits:
 *
 *   alpha = scale / √(variance + ε)    W' = W · alpha    bias' = (bias_bn + alpha · bias_conv) − mean · alpha
 *
 * The batch norm's Bias becomes the convolution's; for Paddle itself an op of its own adds it. A filter that other ops read is copied; Paddle-Lite scales it for them too.
 */
export const foldBatchNorm: Pass = (graph, options) => {
  for (const norm of [...graph.nodes]) {
    const conv = BATCH_NORMS.includes(norm.type) ? norm.input('X')?.producer : undefined;
    if (!isConvolution(conv) || conv.output('Output')!.onlyUse !== norm || read(conv).bool('with_act', false)) continue;
    const channels = outputChannels(conv);
    if (!isFoldable(norm, channels, options) || (options.reader === 'paddle' && conv.input('Bias'))) continue;
    const [scale, shift, mean, variance] = PARAMETERS.map((slot) => floats(norm.input(slot)!)) as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const epsilon = read(norm).float('epsilon', 1e-5);
    const alpha = scale.map((value, i) => value / Math.fround(Math.sqrt(Math.fround(variance[i]! + epsilon))));
    const before = biasOf(conv);
    const bias = shift.map((value, i) => {
      const start = before ? Math.fround(value + Math.fround(alpha[i]! * before[i]!)) : value;
      return start - Math.fround(mean[i]! * alpha[i]!);
    });
    const [shared, y] = [norm.input('Bias')!, norm.output('Y')!];
    const add = options.reader === 'paddle' ? graph.insertBefore(norm, 'elementwise_add') : undefined;
    graph.remove(norm);
    scaleFilter(graph, conv, alpha);
    const own = shared.uses.length === 0 ? shared : graph.parameter(`${shared.name}_bias`, shared.record!);
    if (add) {
      own.record = fp32([bias.length], bias);
      add.setInput('X', conv.output('Output')!);
      add.setInput('Y', own);
      setInt(add, 'axis', 1);
      add.setOutput('Out', y);
    } else {
      conv.setOutput('Output', y);
      setBias(conv, own, bias);
    }
  }
};

const BATCH_NORMS: readonly string[] = ['batch_norm', 'sync_batch_norm'];
const PARAMETERS = ['Scale', 'Bias', 'Mean', 'Variance'] as const;
const STATISTICS = ['MeanOut', 'VarianceOut', 'SavedMean', 'SavedVariance'] as const;

function isFoldable(norm: Node, channels: number, { newerExports }: PassOptions): boolean {
  const attributes = read(norm);
  const isInference = attributes.bool('is_test', true) || attributes.bool('use_global_stats', false);
  const layout = attributes.text('data_layout', 'NCHW');
  if (!isInference || (layout !== 'NCHW' && layout !== 'AnyLayout')) return false;
  const parameters = PARAMETERS.map((slot) => norm.input(slot));
  if (!parameters.every((value) => value?.record && value.dims.length === 1 && value.dims[0] === channels))
    return false;
  const others = [...norm.outputs].filter(([slot]) => slot !== 'Y');
  if (others.some(([, values]) => values.some((value) => value.uses.length > 0))) return false;
  if (newerExports) return true;
  const isShared = [parameters[0]!, parameters[2]!, parameters[3]!].some((value) => value.onlyUse !== norm);
  const hasReserve = (norm.outputs.get('ReserveSpace') ?? []).length > 0;
  return !isShared && !hasReserve && STATISTICS.every((slot) => norm.output(slot));
}
