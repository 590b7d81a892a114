import { EdgeDeployError } from '../base/errors.js';

/**
 * The shape an input is compiled for. `declared` is the model's, with −1 (or 0) for open dimensions; undefined `given`
 * takes it as it is: an open batch dimension (the first) becomes 1, any other must be given. Throws E_SHAPE and shows the
 * flag to use.
 */
export function inputShape(
  name: string,
  declared: readonly number[],
  given: readonly number[] | undefined,
): readonly number[] {
  const example = declared.map((dim, axis) => (dim > 0 ? dim : axis === 0 ? 1 : axis === 1 ? 3 : 224)).join('x');
  if (given !== undefined) {
    // Old .nb files and some ONNX models declare inputs without dimensions.
    const fits = declared.length === 0 || given.length === declared.length;
    if (!fits || !given.every((dim) => Number.isSafeInteger(dim) && dim > 0)) {
      throw new EdgeDeployError(
        'E_SHAPE',
        `the shape [${given}] does not fit the input '${name}', which is [${declared}] (−1 is free)`,
        { hint: `Pass ${declared.length} positive dimensions: --input-shape ${name}=${example}` },
      );
    }
    return [...given];
  }
  const shape = declared.map((dim, axis) => (dim < 0 && axis === 0 ? 1 : dim));
  if (shape.some((dim) => dim <= 0)) {
    throw new EdgeDeployError('E_SHAPE', `the input '${name}' has open dimensions: [${declared}]`, {
      hint: `Say which shape to compile for: --input-shape ${name}=${example}`,
    });
  }
  return shape;
}
