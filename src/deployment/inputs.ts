import { EdgeDeployError } from '../base/errors.js';
import type { Graph } from '../ir/graph.js';
import { allocate, elementCount, formatType, sameShape, type Tensor, type TensorType } from '../ir/tensor.js';

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
