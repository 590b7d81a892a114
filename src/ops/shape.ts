import { EdgeDeployError } from '../base/errors.js';
import { elementCount, formatType, type TensorType } from '../ir/tensor.js';

/** An impossible combination of shapes or attributes; the graph builder adds the node's name. */
export function shapeError(message: string): EdgeDeployError {
  return new EdgeDeployError('E_SHAPE', message, {
    hint: 'Check the input shape; if it is right, the model is damaged or was exported for another shape.',
  });
}

/** An element type the op does not compute with. */
export function typeError(message: string): EdgeDeployError {
  return new EdgeDeployError('E_OP', message, {
    hint: 'Models compute in fp32; integers are for shapes and indices. Export the model in fp32.',
  });
}

export function required(input: TensorType | undefined, what: string): TensorType {
  if (!input) throw shapeError(`${what} is missing`);
  return input;
}

export function expectRank(type: TensorType, rank: number, what: string): readonly number[] {
  if (type.shape.length !== rank) throw shapeError(`${what} must have rank ${rank} and is ${formatType(type)}`);
  return type.shape;
}

export function expectAxis(axis: number, rank: number): void {
  if (!Number.isInteger(axis) || axis < 0 || axis >= rank)
    throw shapeError(`axis ${axis} is outside a rank-${rank} tensor`);
}

/** Numpy's rule: align at the right, a dimension of 1 stretches. */
export function broadcastShapes(x: readonly number[], y: readonly number[]): number[] {
  const rank = Math.max(x.length, y.length);
  return Array.from({ length: rank }, (_, axis) => {
    const a = x[axis - rank + x.length] ?? 1;
    const b = y[axis - rank + y.length] ?? 1;
    if (a !== b && a !== 1 && b !== 1) throw shapeError(`[${x}] and [${y}] cannot be broadcast`);
    return a === 1 ? b : a;
  });
}

/** Strides of `shape` read as if it had the broadcast `target` shape: 0 where it stretches. */
export function broadcastStrides(shape: readonly number[], target: readonly number[]): number[] {
  const result = new Array<number>(target.length).fill(0);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const dimension = shape[axis]!;
    if (dimension !== 1) result[axis + target.length - shape.length] = stride;
    stride *= dimension;
  }
  return result;
}

/** [outer, n, inner] around one axis. */
export function around(shape: readonly number[], axis: number): readonly [number, number, number] {
  return [elementCount(shape.slice(0, axis)), shape[axis] ?? 1, elementCount(shape.slice(axis + 1))];
}

/** Calls visit(index in the output, offset in the input) for every element of `shape` in row-major order. */
export function forEachStrided(
  shape: readonly number[],
  strides: readonly number[],
  start: number,
  visit: (index: number, offset: number) => void,
): void {
  const count = elementCount(shape);
  const position = new Array<number>(shape.length).fill(0);
  let offset = start;
  for (let index = 0; index < count; index++) {
    visit(index, offset);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      offset += strides[axis]!;
      if (++position[axis]! < shape[axis]!) break;
      offset -= strides[axis]! * shape[axis]!;
      position[axis] = 0;
    }
  }
}
