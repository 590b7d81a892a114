/** What Paddle-Lite's `opt` fuses into other ops: found in `.nb` files. */
import type { Activation } from '../../ir/graph.js';
import { type Step, step } from '../../ops/chain.js';
import { clamp } from '../../ops/op.js';
import type { OpContext } from '../context.js';
import { activationOf } from './activation.js';

/** An activation's parameters have names of their own when it is part of a convolution. */
const IN_CONVOLUTIONS: Readonly<Record<string, (c: OpContext) => Activation>> = {
  relu6: (c) => clamp(0, c.attributes.float('fuse_brelu_threshold', 6)),
  leaky_relu: (c) => ({ kind: 'leaky_relu', a: c.attributes.float('leaky_relu_alpha'), b: 0, c: 0 }),
  hard_swish: (c) => ({
    kind: 'hard_swish',
    a: c.attributes.float('hard_swish_offset', 3),
    b: c.attributes.float('hard_swish_threshold', 6),
    c: c.attributes.float('hard_swish_scale', 6),
  }),
  swish: (c) => ({ kind: 'swish', a: c.attributes.float('swish_scale', 1), b: 0, c: 0 }),
};

/** The activation behind a fully connected layer or a scale, whose one parameter is called alpha. */
export function layerActivation(c: OpContext): Step[] {
  const kind = c.attributes.text('activation_type', '');
  if (kind === '') return [];
  const threshold = () => clamp(0, c.attributes.float('alpha', 6));
  return [step('unary', [], { activation: kind === 'relu6' ? threshold() : activationOf(c, kind) })];
}

/** The activation behind a convolution, if it has one. */
export function convolutionActivation(c: OpContext): Step[] {
  if (!c.attributes.bool('with_act', false)) return [];
  const kind = c.attributes.text('act_type', '');
  if (kind === '') return [];
  if (kind === 'prelu') {
    const mode = c.attributes.text('prelu_mode', 'all');
    if (mode !== 'all' && mode !== 'channel' && mode !== 'element')
      throw c.fail(`has the unknown prelu_mode '${mode}'`);
    return [step('prelu', [c.input('Prelu_alpha')], { mode })];
  }
  const own = Object.hasOwn(IN_CONVOLUTIONS, kind) ? IN_CONVOLUTIONS[kind] : undefined;
  return [step('unary', [], { activation: own ? own(c) : activationOf(c, kind) })];
}
