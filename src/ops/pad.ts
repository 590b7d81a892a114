import { allocate, strides } from '../ir/tensor.js';
import { defineOp, type OpDefinition } from './op.js';
import { forEachStrided, required, shapeError, typeError } from './shape.js';

/** Numbered by their place (the C side agrees). */
export const PAD_MODES = ['constant', 'reflect', 'edge', 'circular'] as const;

/** Pads every axis; `before` and `after` have x's rank. reflect does not repeat the border, edge does, circular starts over. */
export interface PadAttributes {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly mode: (typeof PAD_MODES)[number];
  readonly value: number;
}

/** Source index of padded index i; −1 where the constant stands. */
export function padSource(i: number, size: number, mode: PadAttributes['mode']): number {
  if (i >= 0 && i < size) return i;
  if (mode === 'constant') return -1;
  if (mode === 'edge') return i < 0 ? 0 : size - 1;
  if (mode === 'circular') return ((i % size) + size) % size;
  return i < 0 ? -i : 2 * (size - 1) - i;
}

export const pad: OpDefinition<PadAttributes> = defineOp({
  infer([x], { before, after, mode }) {
    const { dtype, shape } = required(x, 'x');
    if (dtype !== 'f32') throw typeError(`pad needs f32, not ${dtype}`);
    const bad = shape.some((size, axis) => {
      const most = mode === 'reflect' ? size - 1 : mode !== 'constant' && size === 0 ? 0 : Number.POSITIVE_INFINITY;
      const [front, back] = [before[axis] ?? -1, after[axis] ?? -1];
      return front < 0 || back < 0 || front > most || back > most;
    });
    if (bad || before.length !== shape.length)
      throw shapeError(`padding [${before}], [${after}] (${mode}) does not fit [${shape}]`);
    return [{ dtype, shape: shape.map((size, axis) => size + before[axis]! + after[axis]!) }];
  },
  evaluate([x], attributes) {
    const [type] = pad.infer([x?.type], attributes);
    const { before, mode, value } = attributes;
    const sizes = x!.type.shape;
    const from = x!.data;
    const step = strides(sizes);
    const target = strides(type!.shape);
    const data = allocate(type!);
    forEachStrided(type!.shape, target, 0, (index) => {
      let offset = 0;
      for (let axis = 0; axis < sizes.length; axis++) {
        const position = (Math.floor(index / target[axis]!) % type!.shape[axis]!) - before[axis]!;
        const source = padSource(position, sizes[axis]!, mode);
        if (source < 0) {
          data[index] = value;
          return;
        }
        offset += source * step[axis]!;
      }
      data[index] = from[offset]!;
    });
    return [{ type: type!, data }];
  },
  macs: () => 0,
});
