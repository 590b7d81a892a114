import { clamp } from '../../ops/op.js';
import type { Importer } from '../context.js';
import { step } from '../context.js';
import { formatOf } from './layout.js';

const batchNorm: Importer = (c) => {
  const attributes = c.attributes;
  const training = !attributes.bool('is_test', false) && !attributes.bool('use_global_stats', false);
  if (training || attributes.bool('trainable_statistics', false)) {
    throw c.fail('is in training mode', 'Export the model for inference (paddle.jit.save or save_inference_model).');
  }
  const rank = c.shapeOf(c.input('X')).length;
  const last = formatOf(c, 'data_layout') === 'NHWC' && rank > 2;
  const forward = [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i + 1)];
  const back = [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1];
  const x = last ? c.node('transpose', [c.input('X')], { permutation: forward }) : c.input('X');
  const inputs = [x, c.input('Scale'), c.input('Bias'), c.input('Mean'), c.input('Variance')];
  const then = attributes.bool('fuse_with_relu', false)
    ? [step('unary', [], { activation: clamp(0, Number.POSITIVE_INFINITY) })]
    : [];
  if (last) then.push(step('transpose', [], { permutation: back }));
  c.output('Y', 'batch_norm', inputs, { epsilon: attributes.float('epsilon', Math.fround(1e-5)) }, ...then);
};

const layerNorm: Importer = (c) => {
  const x = c.input('X');
  const axis = c.axis(c.attributes.int('begin_norm_axis', 1), c.shapeOf(x).length);
  const [scale, bias] = [c.optional('Scale'), c.optional('Bias')];
  const inputs = bias !== undefined ? [x, scale ?? '', bias] : scale !== undefined ? [x, scale] : [x];
  c.output('Y', 'layer_norm', inputs, { axis, epsilon: c.attributes.float('epsilon', Math.fround(1e-5)) });
};

const softmax: Importer = (c) => {
  const x = c.input('X');
  const rank = c.shapeOf(x).length;
  c.output('Out', 'softmax', [x], { axis: c.axis(c.attributes.int('axis', -1), rank) });
};

/** Inference: nothing, or (the older meaning) a multiplication by 1 − p. */
const dropout: Importer = (c) => {
  const x = c.input('X');
  if (c.attributes.text('dropout_implementation', 'downgrade_in_infer') === 'upscale_in_train') {
    return c.output('Out', 'identity', [x], {});
  }
  const keep = Math.fround(1 - c.attributes.float('dropout_prob', 0.5));
  c.output('Out', 'unary', [x], { activation: { kind: 'linear', a: keep, b: 0, c: 0 } });
};

export const norm: Readonly<Record<string, Importer>> = {
  batch_norm: batchNorm,
  sync_batch_norm: batchNorm,
  layer_norm: layerNorm,
  softmax,
  dropout,
};
