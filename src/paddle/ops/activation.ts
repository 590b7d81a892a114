import type { Activation } from '../../ir/graph.js';
import { clamp } from '../../ops/op.js';
import type { Importer, OpContext } from '../context.js';
import { backTo, channelsFirst, formatOf } from './layout.js';

const plain = (kind: Activation['kind'], a = 0, b = 0, c = 0): Activation => ({ kind, a, b, c });

/** Paddle's elementwise functions, with the defaults exporters leave out. */
const FUNCTIONS: Readonly<Record<string, (c: OpContext) => Activation>> = {
  relu: () => clamp(0, Number.POSITIVE_INFINITY),
  relu6: (c) => clamp(0, c.attributes.float('threshold', 6)),
  brelu: (c) => clamp(c.attributes.float('t_min', 0), c.attributes.float('t_max', 24)),
  clip: (c) => clamp(bound(c, 'Min', 'min'), bound(c, 'Max', 'max')),
  leaky_relu: (c) => plain('leaky_relu', c.attributes.float('alpha', Math.fround(0.02))),
  sigmoid: () => plain('sigmoid'),
  tanh: () => plain('tanh'),
  exp: () => plain('exp'),
  log: () => plain('log'),
  sqrt: () => plain('sqrt'),
  rsqrt: () => plain('rsqrt'),
  abs: () => plain('abs'),
  square: () => plain('square'),
  floor: () => plain('floor'),
  reciprocal: () => plain('reciprocal'),
  hard_sigmoid: (c) =>
    plain('hard_sigmoid', c.attributes.float('slope', Math.fround(0.2)), c.attributes.float('offset', 0.5)),
  hard_swish: (c) =>
    plain(
      'hard_swish',
      c.attributes.float('offset', 3),
      c.attributes.float('threshold', 6),
      c.attributes.float('scale', 6),
    ),
  swish: (c) => plain('swish', c.attributes.float('beta', 1)),
  silu: () => plain('swish', 1),
  gelu: (c) => plain(c.attributes.bool('approximate', false) ? 'gelu_tanh' : 'gelu'),
  softplus: (c) => plain('softplus', c.attributes.float('beta', 1), c.attributes.float('threshold', 20)),
  pow: (c) => plain('pow', scalarInput(c, 'FactorTensor') ?? c.attributes.float('factor', 1)),
};

/** The function of the op type `kind` with the attributes of `c`; also for activations fused into other ops. */
export function activationOf(c: OpContext, kind: string): Activation {
  const make = Object.hasOwn(FUNCTIONS, kind) ? FUNCTIONS[kind] : undefined;
  if (make === undefined) throw c.fail(`has the unsupported activation '${kind}'`);
  return make(c);
}

function bound(c: OpContext, slot: string, attribute: string): number {
  return scalarInput(c, slot) ?? c.attributes.float(attribute);
}

/** The number in an optional one-element tensor, which must be known at compile time. */
export function scalarInput(c: OpContext, slot: string): number | undefined {
  const value = c.optional(slot);
  if (value === undefined) return undefined;
  const constant = c.constantOf(value);
  if (constant?.data.length !== 1) throw c.fail(`needs one number in '${slot}' that is known at compile time`);
  return Number(constant.data[0]);
}

const prelu: Importer = (c) => {
  const mode = c.attributes.text('mode', 'all');
  if (mode !== 'all' && mode !== 'channel' && mode !== 'element') throw c.fail(`has the unknown mode '${mode}'`);
  // Only slopes per channel depend on the layout.
  const format = mode === 'channel' ? formatOf(c) : 'NCHW';
  const x = c.input('X');
  c.output(
    'Out',
    'prelu',
    [channelsFirst(c, x, format), c.input('Alpha')],
    { mode },
    ...backTo(format, c.shapeOf(x).length),
  );
};

/** x · tanh(softplus(x)) */
const mish: Importer = (c) => {
  const x = c.input('X');
  const threshold = c.attributes.float('threshold', 20);
  // Paddle 1.x has a second threshold at −threshold, without effect where the default is.
  if (c.legacy && threshold !== 20) throw c.fail(`has the threshold ${threshold}: only 20 is supported`);
  const softplus = plain('softplus', 1, threshold);
  const inner = c.node('unary', [c.node('unary', [x], { activation: softplus })], { activation: plain('tanh') });
  c.output('Out', 'binary', [x, inner], { kind: 'mul' });
};

/** Paddle 1.x computes max(x, alpha · x): another function when alpha is above 1. */
const leakyRelu: Importer = (c) => {
  const x = c.input('X');
  const activation = activationOf(c, c.type);
  if (!c.legacy || activation.a <= 1) return c.output('Out', 'unary', [x], { activation });
  const steep = c.node('unary', [x], { activation: plain('linear', activation.a) });
  c.output('Out', 'binary', [x, steep], { kind: 'max' });
};

const unary: Importer = (c) => c.output('Out', 'unary', [c.input('X')], { activation: activationOf(c, c.type) });

export const activations: Readonly<Record<string, Importer>> = {
  ...Object.fromEntries(Object.keys(FUNCTIONS).map((type) => [type, unary])),
  leaky_relu: leakyRelu,
  prelu,
  mish,
};
