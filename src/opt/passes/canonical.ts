import { read, setBool, setFloat } from '../attributes.js';
import type { Pass } from '../pass.js';

/** depthwise_conv2d_transpose → conv2d_transpose (Paddle-Lite: op_transformation). */
export const renameDepthwiseTranspose: Pass = (graph) => {
  for (const node of graph.nodes) if (node.type === 'depthwise_conv2d_transpose') node.type = 'conv2d_transpose';
};

/** An adaptive pool to 1×1 is a global one (Paddle-Lite: adaptive_1x1_pool2d_convert_global). */
export const makePoolGlobal: Pass = (graph) => {
  for (const pool of graph.nodes) {
    if (pool.type !== 'pool2d' || pool.inputs.get('KsizeTensor')?.length) continue;
    const attributes = read(pool);
    const isOne = attributes.ints('ksize', []).every((size) => size === 1);
    if (!attributes.bool('adaptive', false) || !isOne) continue;
    setBool(pool, 'global_pooling', true);
    setBool(pool, 'adaptive', false);
  }
};

/** flatten_contiguous_range has an output XShape, without which Paddle-Lite 2.13 for x86 gives up. */
export const nameShapes: Pass = (graph, { newerExports }) => {
  if (!newerExports) return;
  for (const node of graph.nodes) {
    if (node.type !== 'flatten_contiguous_range' || node.outputs.get('XShape')?.length) continue;
    node.setOutput('XShape', graph.variable(`${node.output('Out')!.name}_xshape`));
  }
};

/**
 * What Paddle-Lite's loader demands and exporters since 2.3 leave out when it has its default value. Without a relu6's
 * threshold its own opt gives up.
 */
export const writeDefaults: Pass = (graph) => {
  for (const node of graph.nodes) {
    for (const [name, value] of Object.entries(DEFAULTS[node.type] ?? {})) {
      if (node.attributes.has(name)) continue;
      if (typeof value === 'boolean') setBool(node, name, value);
      else setFloat(node, name, value);
    }
  }
};

const DEFAULTS: Readonly<Record<string, Readonly<Record<string, number | boolean>>>> = {
  relu6: { threshold: 6 },
  leaky_relu: { alpha: 0.02 },
  elu: { alpha: 1 },
  hard_swish: { threshold: 6, scale: 6, offset: 3 },
  hard_sigmoid: { slope: 0.2, offset: 0.5 },
  swish: { beta: 1 },
  scale: { scale: 1, bias: 0, bias_after_scale: true },
};
