import type { Graph } from '../ir/graph.js';
import type { Tensor } from '../ir/tensor.js';
import type { Precision } from '../lower/index.js';
import { type Agreement, agreement } from '../measure/agreement.js';
import { evaluateGraph } from '../ops/evaluate.js';

/** One output against the host's reference. */
export interface OutputAgreement extends Agreement {
  readonly output: string;
  readonly agrees: boolean;
}

/**
 * A model's own meaning, computed on the host in TypeScript: what its graph evaluates to before any optimisation, with
 * integer weights dequantised. It depends on neither target nor threads, so that one of these serves all runs of a model
 * with the same inputs.
 */
export class Reference {
  readonly #results = new Map<Precision, ReadonlyMap<string, Tensor>>();

  /** `model` holds the weights of `precision`; it is evaluated on the first call for that precision. */
  outputs(precision: Precision, model: Graph, inputs: ReadonlyMap<string, Tensor>): ReadonlyMap<string, Tensor> {
    const known = this.#results.get(precision);
    if (known) return known;
    const result = evaluateGraph(model, inputs);
    this.#results.set(precision, result);
    return result;
  }
}

/**
 * Share of the largest value by which outputs may differ from the reference with the same weights. fp32 arithmetic only
 * adds up in another order; int8 also rounds the activations of every layer.
 */
export function toleranceOf(precision: Precision, arch: 'armv7' | 'armv8' | 'host'): number {
  if (precision === 'int8') return 0.25;
  return arch === 'armv7' ? 2e-4 : 1e-4;
}

export function compareOutputs(
  actual: ReadonlyMap<string, Tensor>,
  reference: ReadonlyMap<string, Tensor>,
  tolerance: number,
): OutputAgreement[] {
  return [...reference].map(([output, expected]) => {
    const got = actual.get(output)!;
    const result = agreement(numbersOf(got), numbersOf(expected), expected.type.shape.at(-1) ?? 1);
    return { output, ...result, agrees: result.relative <= tolerance };
  });
}

function numbersOf({ data }: Tensor): ArrayLike<number> {
  return data instanceof BigInt64Array ? Array.from(data, Number) : data;
}
