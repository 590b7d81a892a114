import type { Activation } from '../ir/graph.js';

/** The function an activation stands for, in double precision. Results are rounded to fp32 once, when stored. */
export function activationFunction({ kind, a, b, c }: Activation): (x: number) => number {
  switch (kind) {
    case 'clamp':
      return (x) => Math.min(Math.max(x, a), b);
    case 'leaky_relu':
      return (x) => (x > 0 ? x : a * x);
    case 'sigmoid':
      return (x) => 1 / (1 + Math.exp(-x));
    case 'tanh':
      return Math.tanh;
    case 'hard_sigmoid':
      return (x) => Math.min(Math.max(a * x + b, 0), 1);
    case 'hard_swish':
      return (x) => (x * Math.min(Math.max(x + a, 0), b)) / c;
    case 'swish':
      return (x) => x / (1 + Math.exp(-a * x));
    case 'gelu':
      return (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2));
    case 'gelu_tanh':
      return (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
    case 'exp':
      return Math.exp;
    case 'log':
      return Math.log;
    case 'sqrt':
      return Math.sqrt;
    case 'rsqrt':
      return (x) => 1 / Math.sqrt(x);
    case 'abs':
      return Math.abs;
    case 'square':
      return (x) => x * x;
    case 'floor':
      return Math.floor;
    case 'pow':
      return (x) => x ** a;
    case 'linear':
      return (x) => a * x + b;
    case 'softplus':
      return (x) => (a * x > b ? x : Math.log1p(Math.exp(a * x)) / a);
    case 'reciprocal':
      return (x) => 1 / x;
  }
}

/** Applies an optional activation in place. */
export function activate(data: Float32Array, activation: Activation | undefined): void {
  if (!activation) return;
  const apply = activationFunction(activation);
  for (let i = 0; i < data.length; i++) data[i] = apply(data[i]!);
}

/** The error function to about 1e-13: its power series near zero, the continued fraction of erfc further out. */
export function erf(x: number): number {
  const z = Math.abs(x);
  if (Number.isNaN(x)) return x;
  if (z > 6) return Math.sign(x);
  if (z < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = z;
  for (let k = 60; k >= 1; k--) fraction = z + k / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-z * z) / (Math.sqrt(Math.PI) * fraction));
}
