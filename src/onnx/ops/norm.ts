import { elementCount } from '../../ir/tensor.js';
import { step } from '../../ops/chain.js';
import type { Importer, OpContext } from '../context.js';

const EPSILON = Math.fround(1e-5);

/** Parameters that must be finite numbers when they are known. */
function parameters(c: OpContext, indices: readonly number[]): string[] {
  return indices.map((index) => (c.constantOf(c.input(index)) === undefined ? c.input(index) : c.weight(index)));
}

const batchNormalization: Importer = (c) => {
  if (c.attributes.bool('training_mode', false)) {
    throw c.fail('is in training mode', 'Export the model for inference.');
  }
  if (!c.attributes.bool('spatial', true)) throw c.fail('has the attribute spatial = 0, not supported');
  c.output('batch_norm', [c.input(0), ...parameters(c, [1, 2, 3, 4])], {
    epsilon: c.attributes.float('epsilon', EPSILON),
  });
};

const layerNormalization: Importer = (c) => {
  const x = c.input(0);
  const shape = c.shapeOf(x);
  const axis = c.axis(c.attributes.int('axis', -1), shape.length);
  const n = elementCount(shape.slice(axis));
  const flat = (value: string) =>
    elementCount(c.shapeOf(value)) === n ? c.reshaped(value, [n]) : stretchedOver(c, value, shape.slice(axis));
  const bias = c.optional(2);
  const inputs = [x, flat(c.input(1)), ...(bias === undefined ? [] : [flat(bias)])];
  c.output('layer_norm', inputs, { axis, epsilon: c.attributes.float('epsilon', EPSILON) });
};

/** A parameter that is smaller than the normalised axes, repeated over them. */
function stretchedOver(c: OpContext, value: string, shape: readonly number[]): string {
  const own = c.shapeOf(value);
  const lifted = [...new Array<number>(Math.max(shape.length - own.length, 0)).fill(1), ...own];
  if (lifted.length !== shape.length) throw c.fail(`has a parameter [${own}] for the axes [${shape}]`);
  const repeats = shape.map((size, axis) => (lifted[axis] === 1 ? size : 1));
  return c.reshaped(c.node('tile', [c.reshaped(value, lifted)], { repeats }), [elementCount(shape)]);
}

/** Every channel of every image by itself, then scale and bias per channel. */
const instanceNormalization: Importer = (c) => {
  const x = c.input(0);
  if (c.shapeOf(x).length < 3) throw c.fail(`normalises [${c.shapeOf(x)}], which has no image axes`);
  const epsilon = c.attributes.float('epsilon', EPSILON);
  const [scale = '', bias = ''] = parameters(c, [1, 2]);
  c.output('layer_norm', [x], { axis: 2, epsilon }, step('affine', [scale, bias], {}));
};

export const norms: Readonly<Record<string, Importer>> = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  InstanceNormalization: instanceNormalization,
};
