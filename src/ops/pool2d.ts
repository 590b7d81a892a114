import { elementCount } from '../ir/tensor.js';
import { floats } from './data.js';
import { defineOp, type OpDefinition } from './op.js';
import { expectRank, required, shapeError } from './shape.js';
import type { Pads } from './window.js';

/** Pooling over [N,C,H,W]. Global pooling has ksize = [H, W] and no padding; adaptive: ksize is the output size. */
export interface Pool2dAttributes {
  readonly kind: 'max' | 'average';
  readonly ksize: readonly number[];
  readonly strides: readonly number[];
  readonly pads: Pads;
  readonly ceilMode: boolean;
  /** Divide by the part of the window inside the image. */
  readonly exclusive: boolean;
  readonly adaptive: boolean;
}

/** One window along one axis: its clipped range, and its length with padding (what non-exclusive averages divide by). */
export interface PoolRange {
  readonly start: number;
  readonly end: number;
  readonly padded: number;
}

/** Paddle's windows (its CPU code): the end is clipped to the image plus padding before anything else. */
export function poolRange(
  o: number,
  size: number,
  outputs: number,
  axis: 0 | 1,
  attributes: Pool2dAttributes,
): PoolRange {
  if (attributes.adaptive) {
    const start = Math.floor((o * size) / outputs);
    const end = Math.ceil(((o + 1) * size) / outputs);
    return { start, end, padded: end - start };
  }
  const pad = attributes.pads[2 * axis]!;
  const start = o * attributes.strides[axis]! - pad;
  const end = Math.min(start + attributes.ksize[axis]!, size + pad);
  return { start: Math.max(start, 0), end: Math.min(end, size), padded: end - start };
}

export const pool2d: OpDefinition<Pool2dAttributes> = defineOp({
  infer([x], { ksize, strides, pads, ceilMode, adaptive }) {
    const [n = 0, c = 0, h = 0, w = 0] = expectRank(required(x, 'x'), 4, 'x');
    if (adaptive) return [{ dtype: 'f32', shape: [n, c, ...ksize] }];
    const size = (input: number, axis: 0 | 1) => {
      const room = input - ksize[axis]! + pads[2 * axis]! + pads[2 * axis + 1]!;
      // As Paddle divides, towards zero.
      const output = Math.trunc((room + (ceilMode ? strides[axis]! - 1 : 0)) / strides[axis]!) + 1;
      if (!(output >= 1))
        throw shapeError(`a window of [${ksize}] with padding [${pads}] does not fit into [${h},${w}]`);
      return output;
    };
    return [{ dtype: 'f32', shape: [n, c, size(h, 0), size(w, 1)] }];
  },

  evaluate([x], attributes) {
    const [type] = pool2d.infer([x?.type], attributes);
    const [n, c, oh, ow] = type!.shape as [number, number, number, number];
    const [, , h, w] = x!.type.shape as [number, number, number, number];
    const from = floats(x);
    const data = new Float32Array(elementCount(type!.shape));
    const average = attributes.kind === 'average';
    const columns = Array.from({ length: ow }, (_, o) => poolRange(o, w, ow, 1, attributes));
    for (let plane = 0, index = 0; plane < n * c; plane++) {
      for (let oy = 0; oy < oh; oy++) {
        const rows = poolRange(oy, h, oh, 0, attributes);
        for (const column of columns) {
          let value = average ? 0 : -3.4028234663852886e38;
          for (let y = rows.start; y < rows.end; y++) {
            for (let xx = column.start; xx < column.end; xx++) {
              const element = from[(plane * h + y) * w + xx]!;
              value = average ? value + element : Math.max(value, element);
            }
          }
          const area = attributes.exclusive
            ? (rows.end - rows.start) * (column.end - column.start)
            : rows.padded * column.padded;
          // Rounding up may leave windows without a pixel: their average is 0.
          data[index++] = average ? (area === 0 ? 0 : value / area) : value;
        }
      }
    }
    return [{ type: type!, data }];
  },

  macs(_inputs, [y], { ksize, adaptive }) {
    return elementCount(y!.shape) * (adaptive ? 1 : ksize[0]! * ksize[1]!);
  },
});
