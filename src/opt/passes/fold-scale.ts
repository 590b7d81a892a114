import { read } from '../attributes.js';
import { biasOf, isConvolution, scaleFilter, setBias } from '../conv.js';
import type { Pass } from '../pass.js';
import { setActivation } from './fuse-activation.js';

/**
 * conv with bias + scale → conv (Paddle-Lite: lite_conv_scale_fuse); the scale's activation moves along. Paddle-Lite also
 * fuses behind an activation and takes a bias that is added before the scaling for one added after it; both are wrong.
 * Not in models with integer weights.
 */
export const foldScale: Pass = (graph, { isQuantized }) => {
  if (isQuantized) return;
  for (const scale of [...graph.nodes]) {
    const conv =
      scale.type === 'scale' && !scale.inputs.get('ScaleTensor')?.length ? scale.input('X')?.producer : undefined;
    if (!isConvolution(conv) || conv.type === 'conv2d_transpose' || conv.output('Output')!.onlyUse !== scale) continue;
    const before = biasOf(conv);
    if (!before || read(conv).bool('with_act', false)) continue;
    const attributes = read(scale);
    const activation = attributes.text('activation_type', '');
    if (activation && !setActivation(conv, activation, attributes)) continue;
    const [factor, added] = [attributes.float('scale', 1), attributes.float('bias', 0)];
    const isAfter = attributes.bool('bias_after_scale', true);
    const shift = isAfter ? added : Math.fround(added * factor);
    conv.setOutput('Output', scale.output('Out')!);
    graph.remove(scale);
    scaleFilter(graph, conv, new Float32Array(before.length).fill(factor));
    setBias(
      conv,
      graph.own(conv, 'Bias'),
      before.map((value) => Math.fround(value * factor) + shift),
    );
  }
};
