import type { Activation, Graph } from '../../src/ir/graph.js';
import { elementCount, type TensorType } from '../../src/ir/tensor.js';
import { GraphBuilder } from '../../src/ops/builder.js';

/** A builder whose inputs and constants fill themselves with seeded values in [−1, 1). */
export class Maker {
  readonly #builder: GraphBuilder;
  #seed = 1;
  #values = 0;

  constructor(name: string) {
    this.#builder = new GraphBuilder(name);
  }

  x(...shape: number[]): string {
    return this.#builder.input(this.#name('x'), f32(shape));
  }

  /** Values in (0.1, 1.1). */
  positive(...shape: number[]): string {
    return this.op('unary', [this.x(...shape)], {
      activation: { kind: 'linear', a: 0.5, b: 0.6, c: 0 } satisfies Activation,
    });
  }

  constant(...shape: number[]): string {
    const data = new Float32Array(elementCount(shape)).map(() => this.#next());
    return this.#builder.constant(this.#name('c'), { type: f32(shape), data });
  }

  integers(dtype: 'i32' | 'i64', values: readonly number[], shape: readonly number[] = [values.length]): string {
    const data = dtype === 'i32' ? Int32Array.from(values) : BigInt64Array.from(values, BigInt);
    return this.#builder.constant(this.#name('i'), { type: { dtype, shape }, data });
  }

  /** Integers within ±127. */
  int8(...shape: number[]): string {
    const data = new Int8Array(elementCount(shape)).map(() => Math.round(this.#next() * 127));
    return this.#builder.constant(this.#name('q'), { type: { dtype: 'i8', shape }, data });
  }

  op(op: string, inputs: readonly string[], attributes: object): string {
    return this.#builder.add(op, { inputs, attributes, outputs: [this.#name(op)] })[0]!;
  }

  finish(outputs: readonly string[]): Graph {
    return this.#builder.finish(outputs);
  }

  /** x0, unary1, c2 … in the order of making. */
  #name(stem: string): string {
    return `${stem}${this.#values++}`;
  }

  #next(): number {
    this.#seed = (Math.imul(this.#seed, 1664525) + 1013904223) >>> 0;
    return Math.fround(((this.#seed >>> 8) / 2 ** 24) * 2 - 1);
  }
}

function f32(shape: readonly number[]): TensorType {
  return { dtype: 'f32', shape };
}
