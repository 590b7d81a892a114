import { EdgeDeployError } from '../base/errors.js';
import type { Graph } from '../ir/graph.js';
import { describeInputs } from '../ir/same-model.js';
import { allocate, elementCount, formatType, sameShape, type Tensor, type TensorType } from '../ir/tensor.js';

/**
 * The plans, by number, whose inputs have the shapes of the given ones; all of them when none is given. Throws E_INPUT with
 * the known shapes when there is none. `completeInputs` judges what leaves no choice: names, and the shapes of a single plan.
 */
export function fittingPlans(graphs: readonly Graph[], given: ReadonlyMap<string, Tensor>): readonly number[] {
  if (graphs.length < 2) return [0];
  const known = [...given].filter(([name]) => graphs[0]?.inputs.includes(name));
  const fits = (graph: Graph) => known.every(([name, { type }]) => sameShape(type.shape, graph.types.get(name)!.shape));
  const plans = [...graphs.keys()].filter((plan) => fits(graphs[plan]!));
  if (plans.length > 0) return plans;
  const flags = known.map(([name, { type }]) => `--input-shape ${name}=${type.shape.join('x')}`);
  throw new EdgeDeployError(
    'E_INPUT',
    `there is no plan for ${known.map(([name, { type }]) => `${name} ${formatType(type)}`).join(', ')}; the program takes: ${graphs.map((graph) => describeInputs(graph).join(', ')).join('; ')}`,
    { hint: `Convert the file, or compile for this shape as well: ${flags.join(' ')}` },
  );
}

/** Inputs by name; those not given hold the runner's own pseudo-random numbers. Throws E_INPUT for a wrong name, shape or type. */
export function completeInputs(graph: Graph, given: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  for (const name of given.keys()) {
    if (!graph.inputs.includes(name)) {
      throw new EdgeDeployError('E_INPUT', `the model has no input '${name}'`, {
        hint: `Its inputs are: ${graph.inputs.join(', ')}.`,
      });
    }
  }
  return new Map(
    graph.inputs.map((name) => {
      const type = graph.types.get(name)!;
      const tensor = given.get(name) ?? pseudoRandom(type);
      if (tensor.type.dtype !== type.dtype || !sameShape(tensor.type.shape, type.shape)) {
        throw new EdgeDeployError(
          'E_INPUT',
          `input '${name}' is ${formatType(tensor.type)}, and the model takes ${formatType(type)}`,
          {
            hint: `Convert the file, or compile for another shape: --input-shape ${name}=${tensor.type.shape.join('x')}`,
          },
        );
      }
      return [name, tensor];
    }),
  );
}

/** What the runner fills an absent input with: floats in [−1, 1) from a linear congruential generator, integers 0. */
export function pseudoRandom(type: TensorType): Tensor {
  const data = allocate(type);
  if (data instanceof Float32Array) {
    let state = 1;
    for (let i = 0; i < elementCount(type.shape); i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      data[i] = ((state >>> 8) / 2 ** 24) * 2 - 1;
    }
  }
  return { type, data };
}
