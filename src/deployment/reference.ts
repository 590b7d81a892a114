import type { CompiledPlan } from '../compile.js';
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

type Outputs = ReadonlyMap<string, Tensor>;

/**
 * What a model must compute, worked out on the host in TypeScript, with the ops' own definitions. It depends on neither
 * target nor threads, so that one of these serves all runs of a model with the same inputs. `graph` is the model as it
 * came, for the input shapes of the run.
 */
export class Reference {
  readonly #results = new Map<Graph, Map<Precision, Outputs>>();

  /**
   * The outputs that `precision` promises. With fp32 arithmetic they are those of the model before any optimisation, integer
   * weights dequantised. With int8 they are those of the optimised graph, whose layers then quantise their inputs as the
   * kernels do: where a layer's range is taken depends on what was fused.
   */
  outputs(graph: Graph, precision: Precision, plan: CompiledPlan, inputs: Outputs): Outputs {
    return this.#once(graph, precision, () =>
      precision === 'int8' ? evaluateGraph(plan.graph, inputs, plan.integerNodes) : evaluateGraph(plan.model, inputs),
    );
  }

  /** The outputs of the model as it came: what a quantised precision is an approximation of. */
  original(graph: Graph, inputs: Outputs): Outputs {
    return this.#once(graph, 'fp32', () => evaluateGraph(graph, inputs));
  }

  #once(graph: Graph, precision: Precision, make: () => Outputs): Outputs {
    const results = this.#results.get(graph) ?? new Map<Precision, Outputs>();
    this.#results.set(graph, results);
    const known = results.get(precision) ?? make();
    results.set(precision, known);
    return known;
  }
}

/** Largest difference, as a share of the largest value: fp32 arithmetic only adds up in another order. */
const FP32_TOLERANCE = { armv7: 2e-4, armv8: 1e-4, host: 1e-4 } as const;

/**
 * Root of the mean square of the differences, as a share of that of the values. Another order of adding moves a value at
 * the edge between two integers to the other one, and steep outputs (a sigmoid's edge) magnify that in single places: 4 %
 * is the most that was seen, on a text detector's mask; a wrong kernel comes to far more than 10 %.
 */
const INT8_TOLERANCE = 0.1;

/**
 * The precision whose tolerance a model's outputs are judged by: what a layer of the model itself quantises may come out on
 * the other side of an edge, whatever the precision.
 */
export function judgedBy(precision: Precision, graph: Graph): Precision {
  return graph.nodes.some(({ op }) => op === 'quantize') ? 'int8' : precision;
}

export function compareOutputs(
  actual: Outputs,
  reference: Outputs,
  precision: Precision,
  arch: keyof typeof FP32_TOLERANCE,
): OutputAgreement[] {
  return [...reference].map(([output, expected]) => {
    const got = actual.get(output)!;
    const result = agreement(numbersOf(got), numbersOf(expected), expected.type.shape.at(-1) ?? 1);
    const agrees = precision === 'int8' ? result.rms <= INT8_TOLERANCE : result.relative <= FP32_TOLERANCE[arch];
    return { output, ...result, agrees };
  });
}

function numbersOf({ data }: Tensor): ArrayLike<number> {
  return data instanceof BigInt64Array ? Array.from(data, Number) : data;
}
