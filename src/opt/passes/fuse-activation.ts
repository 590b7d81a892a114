import type { Attributes } from '../../paddle/index.js';
import { moveThreshold, read, setBool, setFloat, setText } from '../attributes.js';
import { isConvolution } from '../conv.js';
import type { ProgramGraph } from '../graph.js';
import type { Node } from '../node.js';
import type { Pass } from '../pass.js';

/** Activations that convolutions of Paddle-Lite for ARM compute, and the attributes that go with each. */
const OF_CONVOLUTIONS: Readonly<Record<string, (conv: Node, activation: Attributes) => void>> = {
  relu: (conv) => setBool(conv, 'fuse_relu', true),
  relu6: (conv, activation) => setFloat(conv, 'fuse_brelu_threshold', activation.float('threshold', 6)),
  leaky_relu: (conv, activation) => setFloat(conv, 'leaky_relu_alpha', activation.float('alpha', 0.02)),
  hard_swish: (conv, activation) => {
    setFloat(conv, 'hard_swish_threshold', activation.float('threshold', 6));
    setFloat(conv, 'hard_swish_scale', activation.float('scale', 6));
    setFloat(conv, 'hard_swish_offset', activation.float('offset', 3));
  },
};

/** Gives a convolution an activation; false when it is none that it can compute. */
export function setActivation(conv: Node, type: string, attributes: Attributes): boolean {
  const adopt = Object.hasOwn(OF_CONVOLUTIONS, type) ? OF_CONVOLUTIONS[type] : undefined;
  if (!adopt || (type === 'hard_swish' && conv.type === 'depthwise_conv2d')) return false;
  adopt(conv, attributes);
  setBool(conv, 'with_act', true);
  setText(conv, 'act_type', type);
  return true;
}

/** conv + relu, relu6, leaky_relu or hard_swish → conv (Paddle-Lite: lite_conv_activation_fuse). */
export const fuseConvActivation: Pass = (graph) => {
  for (const activation of [...graph.nodes]) {
    const conv = activation.input('X')?.producer;
    if (!isConvolution(conv) || conv.output('Output')!.onlyUse !== activation) continue;
    if (read(conv).bool('with_act', false) || !setActivation(conv, activation.type, read(activation))) continue;
    replaceBy(graph, activation, conv, 'Output');
  }
};

/** scale + relu, relu6 or leaky_relu → scale (Paddle-Lite: lite_scale_activation_fuse). */
export const fuseScaleActivation: Pass = (graph) => {
  for (const activation of [...graph.nodes]) {
    const scale = activation.input('X')?.producer;
    if (scale?.type !== 'scale' || scale.output('Out')!.onlyUse !== activation) continue;
    if (scale.attributes.has('activation_type')) continue;
    const attributes = read(activation);
    if (activation.type === 'relu') setBool(scale, 'fuse_relu', true);
    else if (activation.type === 'leaky_relu') setFloat(scale, 'alpha', attributes.float('alpha', 0.02));
    else if (activation.type === 'relu6') {
      setFloat(scale, 'alpha', attributes.float('threshold', 6));
      setFloat(scale, 'threshold', attributes.float('threshold', 6));
    } else continue;
    setText(scale, 'activation_type', activation.type);
    replaceBy(graph, activation, scale, 'Out');
  }
};

/** elementwise_add, _sub or _mul + relu → one op (Paddle-Lite: lite_elementwise_activation_fuse). */
export const fuseElementwiseActivation: Pass = (graph) => {
  for (const relu of [...graph.nodes]) {
    const node = relu.type === 'relu' ? relu.input('X')?.producer : undefined;
    const [, operation] = /^elementwise_(add|sub|mul)$/.exec(node?.type ?? '') ?? [];
    if (!node || !operation || node.output('Out')!.onlyUse !== relu) continue;
    node.type = `fusion_elementwise_${operation}_activation`;
    setText(node, 'act_type', 'relu');
    replaceBy(graph, relu, node, 'Out');
    graph.moveToEnd(node);
  }
};

/** Takes the activation out of the program; its producer writes its output. */
function replaceBy(graph: ProgramGraph, activation: Node, producer: Node, slot: string): void {
  moveThreshold(activation, producer);
  producer.setOutput(slot, activation.output('Out')!);
  graph.remove(activation);
}
