import { elementCount } from '../ir/tensor.js';
import { floats } from './data.js';
import { defineOp, type OpDefinition } from './op.js';
import { around, required, shapeError } from './shape.js';

/** y = x > 0 ? x : alpha · x. alpha holds one value, one per channel (axis 1), or one per element of a sample. */
export interface PreluAttributes {
  readonly mode: 'all' | 'channel' | 'element';
}

/** x seen as [outer][c][inner] with alpha indexed by c. */
export function preluExtents(
  shape: readonly number[],
  mode: PreluAttributes['mode'],
): readonly [number, number, number] {
  if (mode === 'all') return [1, 1, elementCount(shape)];
  if (mode === 'channel') return around(shape, 1);
  return [shape[0] ?? 1, elementCount(shape.slice(1)), 1];
}

export const prelu: OpDefinition<PreluAttributes> = defineOp({
  infer([x, alpha], { mode }) {
    const type = required(x, 'x');
    const [, channels] = preluExtents(type.shape, mode);
    if (elementCount(required(alpha, 'alpha').shape) !== channels) {
      throw shapeError(`prelu (${mode}) over [${type.shape}] needs ${channels} slopes, not [${alpha!.shape}]`);
    }
    return [type];
  },
  evaluate([x, alpha], { mode }) {
    const [outer, channels, inner] = preluExtents(x!.type.shape, mode);
    const [from, slopes] = [floats(x), floats(alpha)];
    const data = new Float32Array(from.length);
    for (let i = 0, start = 0; i < outer * channels; i++, start += inner) {
      const slope = slopes[i % channels]!;
      for (let j = start; j < start + inner; j++) data[j] = from[j]! > 0 ? from[j]! : slope * from[j]!;
    }
    return [{ type: x!.type, data }];
  },
  macs([x]) {
    return elementCount(x!.shape);
  },
});
