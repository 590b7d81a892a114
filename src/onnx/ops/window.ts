import type { OpContext } from '../context.js';

/** The spatial sizes [height, width] of an image; one-dimensional and volumetric ones are refused. */
export function imageSize(c: OpContext, value: string): [number, number] {
  const shape = c.shapeOf(value);
  if (shape.length !== 4) {
    throw c.fail(`works on [${shape}]: only two-dimensional images (rank 4) are supported, not ${shape.length - 2}-D`);
  }
  return [shape[2]!, shape[3]!];
}

/** An attribute of two positive integers. */
export function pair(c: OpContext, name: string, fallback?: readonly [number, number]): [number, number] {
  const values = c.attributes.ints(name, fallback);
  if (values.length !== 2 || values.some((value) => !(value >= 1))) {
    throw c.fail(`needs two positive integers in '${name}', not [${values}]`);
  }
  return [values[0]!, values[1]!];
}

export interface Geometry {
  readonly size: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
}

/** Padding [top, bottom, left, right] from `pads` (all starts, then all ends) or `auto_pad`. */
export function padding(c: OpContext, { size, kernel, strides, dilations }: Geometry): number[] {
  const auto = c.attributes.text('auto_pad', 'NOTSET');
  const given = c.attributes.ints('pads', [0, 0, 0, 0]);
  switch (auto) {
    case 'NOTSET':
      if (given.length !== 4 || given.some((pad) => pad < 0)) throw c.fail(`has the unusable pads [${given}]`);
      return [given[0]!, given[2]!, given[1]!, given[3]!];
    case 'VALID':
      return [0, 0, 0, 0];
    case 'SAME_UPPER':
    case 'SAME_LOWER':
      return [0, 1].flatMap((axis) => {
        const outputs = Math.ceil(size[axis]! / strides[axis]!);
        const span = dilations[axis]! * (kernel[axis]! - 1) + 1;
        return halves(Math.max((outputs - 1) * strides[axis]! + span - size[axis]!, 0), auto === 'SAME_UPPER');
      });
    default:
      throw c.fail(`has the unknown auto_pad '${auto}'`);
  }
}

/** A total split in two; the odd one goes behind if `upper`. */
export function halves(total: number, upper: boolean): [number, number] {
  const [small, large] = [Math.floor(total / 2), Math.ceil(total / 2)];
  return upper ? [small, large] : [large, small];
}
