/** Small graphs with random weights, and a comparison of what two graphs compute. */
import type { Test } from 'tap';
import type { Graph } from '../../src/ir/graph.js';
import { type Constant, elementCount, type Tensor } from '../../src/ir/tensor.js';
import { GraphBuilder } from '../../src/ops/builder.js';
import { evaluateGraph } from '../../src/ops/evaluate.js';
import { verifyGraph } from '../../src/ops/verify.js';

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return (this.#state >>> 8) / 2 ** 24;
  }

  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  tensor(shape: readonly number[], low = -1, high = 1): Constant {
    const data = Float32Array.from({ length: elementCount(shape) }, () => low + (high - low) * this.next());
    return { type: { dtype: 'f32', shape }, data };
  }
}

/** A builder that makes its own constants: each method adds one op and returns the name of its result. */
export class TestGraph extends GraphBuilder {
  readonly random: Random;

  constructor(seed = 1) {
    super('test');
    this.random = new Random(seed);
  }

  image(channels = 4, size = 5): string {
    return this.input(this.#free('x'), { dtype: 'f32', shape: [1, channels, size, size] });
  }

  weights(shape: readonly number[], stem = 'w'): string {
    return this.constant(this.#free(stem), this.random.tensor(shape));
  }

  conv(x: string, w: string, options: { groups?: number; bias?: string } = {}): string {
    const { groups = 1, bias } = options;
    const inputs = bias === undefined ? [x, w] : [x, w, bias];
    return this.add('conv2d', {
      inputs,
      attributes: { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], groups },
    })[0]!;
  }

  deconv(x: string, w: string, groups = 1): string {
    return this.add('conv2d_transpose', {
      inputs: [x, w],
      attributes: { strides: [2, 2], pads: [0, 0, 0, 0], dilations: [1, 1], groups, outputPadding: [0, 0] },
    })[0]!;
  }

  fc(x: string, w: string): string {
    return this.add('fc', { inputs: [x, w], attributes: {} })[0]!;
  }

  batchNorm(x: string): string {
    const channels = [this.typeOf(x).shape[1]!];
    const [scale, bias, mean] = ['scale', 'bias', 'mean'].map((stem) => this.weights(channels, stem));
    const variance = this.constant(this.#free('variance'), this.random.tensor(channels, 0.5, 2));
    return this.add('batch_norm', {
      inputs: [x, scale!, bias!, mean!, variance],
      attributes: { epsilon: 1e-5 },
    })[0]!;
  }

  unary(x: string, kind: string, a = 0, b = 0): string {
    return this.add('unary', { inputs: [x], attributes: { activation: { kind, a, b, c: 0 } } })[0]!;
  }

  relu(x: string): string {
    return this.unary(x, 'clamp', 0, Number.POSITIVE_INFINITY);
  }

  binary(kind: string, x: string, y: string): string {
    return this.add('binary', { inputs: [x, y], attributes: { kind } })[0]!;
  }

  one(op: string, x: string, attributes: object): string {
    return this.add(op, { inputs: [x], attributes })[0]!;
  }

  /** The stem itself, or the stem with a number. */
  #free(stem: string): string {
    return this.has(stem) ? this.fresh(stem) : stem;
  }
}

/** Ops of a graph in order, with fused parts: `conv2d+bias+residual+clamp`. */
export function opsOf(graph: Graph): string[] {
  return graph.nodes.map(({ op, inputs, attributes }) => {
    const fused = op === 'conv2d' || op === 'fc' || op === 'conv2d_transpose';
    const activation = op === 'unary' ? undefined : (attributes.activation as { kind: string } | undefined);
    const parts = [op, fused && inputs[2] ? 'bias' : '', fused && inputs[3] ? 'residual' : '', activation?.kind ?? ''];
    return parts.filter((part) => part !== '').join('+');
  });
}

/** Asserts that `after` is sound and computes what `before` does on a random input, to fp32's accuracy. */
export function assertEquivalent(t: Test, before: Graph, after: Graph, message = 'same outputs'): void {
  verifyGraph(after);
  const random = new Random(99);
  const inputs = new Map<string, Tensor>(
    before.inputs.map((name) => [name, random.tensor(before.types.get(name)!.shape)]),
  );
  const [expected, actual] = [evaluateGraph(before, inputs), evaluateGraph(after, inputs)];
  t.strictSame([...actual.keys()], [...expected.keys()], 'same output names');
  let worst = 0;
  for (const [name, { data }] of expected) {
    const other = actual.get(name)!.data;
    const numbers = Array.from(data as Float32Array);
    const largest = Math.max(1, ...numbers.map(Math.abs));
    for (const [i, value] of numbers.entries()) worst = Math.max(worst, Math.abs(value - Number(other[i])) / largest);
  }
  t.ok(worst <= 5e-6, `${message} (largest difference ${worst.toExponential(1)})`);
}
