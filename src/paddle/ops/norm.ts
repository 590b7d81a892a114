import { EdgeDeployError } from '../../base/errors.js';
import { step } from '../../ops/chain.js';
import { clamp } from '../../ops/op.js';
import type { Importer, OpContext } from '../context.js';
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
  const epsilon = epsilonOf(c);
  const [scale, bias, mean] = [statistic(c, 'Scale'), statistic(c, 'Bias'), statistic(c, 'Mean')];
  const variance = statistic(c, 'Variance');
  checkVariance(c, variance, epsilon);
  const inputs = [x, scale, bias, mean, variance];
  const then = attributes.bool('fuse_with_relu', false)
    ? [step('unary', [], { activation: clamp(0, Number.POSITIVE_INFINITY) })]
    : [];
  if (last) then.push(step('transpose', [], { permutation: back }));
  c.output('Y', 'batch_norm', inputs, { epsilon }, ...then);
};

/** A parameter of a batch norm. One that is computed from others must be a constant when constants are folded. */
function statistic(c: OpContext, slot: string): string {
  const value = c.input(slot);
  if (c.typeOf(value).dtype !== 'f32') throw c.fail(`needs fp32 numbers in '${slot}'`);
  return value;
}

/** A root of nothing or less would make the channel NaN or infinite. NaN itself is found with all other weights. */
function checkVariance(c: OpContext, variance: string, epsilon: number): void {
  const values = c.constantOf(variance)?.data as Float32Array | undefined;
  if (values === undefined) return;
  const index = values.findIndex((value) => value + epsilon <= 0);
  if (index < 0) return;
  throw new EdgeDeployError(
    'E_WEIGHTS',
    `the variance '${variance}' of ${c.label} holds ${values[index]} (element ${index}): it has no root`,
    {
      hint: 'The parameters are damaged or belong to another model: export it again.',
      details: { tensor: variance, index },
    },
  );
}

function epsilonOf(c: OpContext): number {
  const epsilon = c.attributes.float('epsilon', Math.fround(1e-5));
  if (!(epsilon >= 0 && epsilon < Number.POSITIVE_INFINITY)) throw c.fail(`has the unusable epsilon ${epsilon}`);
  return epsilon;
}

const layerNorm: Importer = (c) => {
  const x = c.input('X');
  const axis = c.axis(c.attributes.int('begin_norm_axis', 1), c.shapeOf(x).length);
  const [scale, bias] = [c.optional('Scale'), c.optional('Bias')];
  const inputs = bias !== undefined ? [x, scale ?? '', bias] : scale !== undefined ? [x, scale] : [x];
  c.output('Y', 'layer_norm', inputs, { axis, epsilon: epsilonOf(c) });
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
