import { bool, float, text } from '../../../support/programs.js';
import { fed, known, type OpCase, one, ramp } from './op-case.js';

const DIMS = [2, 3];
const clamped = (x: number, low: number, high: number) => Math.min(Math.max(x, low), high);
const softplus = (x: number) => Math.log(1 + Math.exp(x));
/** erf to 1e-7 (Abramowitz and Stegun 7.1.26): another road than the one the code takes. */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const sum = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592].reduce((acc, c) => (acc + c) * t, 0);
  return Math.sign(x) * (1 - sum * Math.exp(-x * x));
}

/** An elementwise function of [2, 3] values, positive ones where it needs them. */
function of(
  type: string,
  f: (x: number) => number,
  attributes: OpCase['attributes'] = {},
  { what = '', positive = false } = {},
): OpCase {
  const x = positive ? ramp(6).map((value) => value + 3) : ramp(6).map((value) => value * 3);
  return one(type, { X: [fed(DIMS, x)] }, attributes, DIMS, x.map(f), { what });
}

export const activation: readonly OpCase[] = [
  of('relu', (x) => Math.max(x, 0)),
  of('relu6', (x) => clamped(x, 0, 6)),
  of('relu6', (x) => clamped(x, 0, 3), { threshold: float(3) }, { what: 'threshold' }),
  of('brelu', (x) => clamped(x, 0, 24)),
  of('brelu', (x) => clamped(x, -1, 2), { t_min: float(-1), t_max: float(2) }, { what: 't_min, t_max' }),
  of('clip', (x) => clamped(x, -2, 1), { min: float(-2), max: float(1) }),
  one(
    'clip',
    { X: [fed([2], [5, -5])], Min: [known([1], [-1])], Max: [known([1], [2])] },
    { min: float(-9), max: float(9) },
    [2],
    [2, -1],
    { what: 'tensors beat attributes' },
  ),
  of('leaky_relu', (x) => (x > 0 ? x : 0.02 * x)),
  of('leaky_relu', (x) => (x > 0 ? x : 2 * x), { alpha: float(2) }, { what: 'alpha > 1' }),
  of('sigmoid', (x) => 1 / (1 + Math.exp(-x))),
  of('tanh', Math.tanh),
  of('exp', Math.exp),
  of('log', Math.log, {}, { positive: true }),
  of('sqrt', Math.sqrt, {}, { positive: true }),
  of('rsqrt', (x) => 1 / Math.sqrt(x), {}, { positive: true }),
  of('abs', Math.abs),
  of('square', (x) => x * x),
  of('floor', Math.floor),
  of('reciprocal', (x) => 1 / x, {}, { positive: true }),
  of('hard_sigmoid', (x) => clamped(0.2 * x + 0.5, 0, 1)),
  of(
    'hard_sigmoid',
    (x) => clamped(x / 6 + 0.25, 0, 1),
    { slope: float(1 / 6), offset: float(0.25) },
    { what: 'slope' },
  ),
  of('hard_swish', (x) => (x * clamped(x + 3, 0, 6)) / 6),
  of(
    'hard_swish',
    (x) => (x * clamped(x + 1, 0, 2)) / 4,
    { offset: float(1), threshold: float(2), scale: float(4) },
    { what: 'all attributes' },
  ),
  of('swish', (x) => x / (1 + Math.exp(-x))),
  of('swish', (x) => x / (1 + Math.exp(-2 * x)), { beta: float(2) }, { what: 'beta' }),
  of('silu', (x) => x / (1 + Math.exp(-x))),
  of('gelu', (x) => 0.5 * x * (1 + erf(x / Math.SQRT2))),
  of(
    'gelu',
    (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
    { approximate: bool(true) },
    { what: 'approximate' },
  ),
  of('softplus', softplus),
  of(
    'softplus',
    (x) => (2 * x > 1 ? x : softplus(2 * x) / 2),
    { beta: float(2), threshold: float(1) },
    { what: 'beta' },
  ),
  of('mish', (x) => x * Math.tanh(softplus(x))),
  of('pow', (x) => x, {}, { positive: true }),
  of('pow', (x) => x ** 3, { factor: float(3) }, { what: 'factor' }),
  one('pow', { X: [fed([2], [2, 3])], FactorTensor: [known([1], [2])] }, {}, [2], [4, 9], { what: 'FactorTensor' }),
  of('scale', (x) => x),
  of('scale', (x) => 2 * x + 1, { scale: float(2), bias: float(1) }, { what: 'bias after' }),
  of(
    'scale',
    (x) => 2 * (x + 1),
    { scale: float(2), bias: float(1), bias_after_scale: bool(false) },
    { what: 'bias before' },
  ),
  one('scale', { X: [fed([2], [1, 2])], ScaleTensor: [known([1], [5])] }, {}, [2], [5, 10], { what: 'ScaleTensor' }),
  one('prelu', { X: [fed([1, 2, 2], [1, -1, 2, -2])], Alpha: [known([1], [0.5])] }, {}, [1, 2, 2], [1, -0.5, 2, -1]),
  one(
    'prelu',
    { X: [fed([1, 2, 2], [1, -1, 2, -2])], Alpha: [known([2], [0.5, 3])] },
    { mode: text('channel') },
    [1, 2, 2],
    [1, -0.5, 2, -6],
    { what: 'channel' },
  ),
  one(
    'prelu',
    { X: [fed([1, 2, 2], [-1, -1, -2, -2])], Alpha: [known([1, 2, 2], [1, 2, 3, 4])] },
    { mode: text('element') },
    [1, 2, 2],
    [-1, -2, -6, -8],
    { what: 'element' },
  ),
];
