import { elementCount } from '../ir/tensor.js';
import { floats } from './data.js';
import { defineOp, type OpDefinition } from './op.js';
import { expectRank, required } from './shape.js';

/** Interpolation of [N,C,H,W] to `size`. `ratios`: source pixels per result pixel, as Paddle rounds them (fp32). */
export interface ResizeAttributes {
  readonly mode: 'nearest' | 'bilinear';
  readonly size: readonly number[];
  readonly ratios: readonly number[];
  readonly alignCorners: boolean;
  /** Pixel centres at half-integers (Paddle's align_mode 0); bilinear only. */
  readonly halfPixel: boolean;
}

/** The two source pixels and the weight of the second, for result pixel i. */
export function resizeTap(
  i: number,
  size: number,
  ratio: number,
  attributes: ResizeAttributes,
): readonly [number, number, number] {
  const { mode, alignCorners, halfPixel } = attributes;
  if (mode === 'nearest') {
    const at = Math.min(Math.trunc(Math.fround(Math.fround(ratio * i) + (alignCorners ? 0.5 : 0))), size - 1);
    return [at, at, 0];
  }
  const half = halfPixel && !alignCorners;
  const position = Math.max(
    half ? Math.fround(Math.fround(ratio * Math.fround(i + 0.5)) - 0.5) : Math.fround(ratio * i),
    0,
  );
  const low = Math.min(Math.trunc(position), size - 1);
  return [low, Math.min(low + 1, size - 1), Math.fround(position - low)];
}

export const resize: OpDefinition<ResizeAttributes> = defineOp({
  infer([x], { size }) {
    const [n = 0, c = 0] = expectRank(required(x, 'x'), 4, 'x');
    return [{ dtype: 'f32', shape: [n, c, ...size] }];
  },

  evaluate([x], attributes) {
    const [type] = resize.infer([x?.type], attributes);
    const [n, c, oh, ow] = type!.shape as [number, number, number, number];
    const [, , h, w] = x!.type.shape as [number, number, number, number];
    const from = floats(x);
    const data = new Float32Array(elementCount(type!.shape));
    const columns = Array.from({ length: ow }, (_, i) => resizeTap(i, w, attributes.ratios[1]!, attributes));
    for (let plane = 0, index = 0; plane < n * c; plane++) {
      for (let oy = 0; oy < oh; oy++) {
        const [y0, y1, fy] = resizeTap(oy, h, attributes.ratios[0]!, attributes);
        const [top, bottom] = [(plane * h + y0) * w, (plane * h + y1) * w];
        for (const [x0, x1, fx] of columns) {
          const upper = from[top + x0]! * (1 - fx) + from[top + x1]! * fx;
          const lower = from[bottom + x0]! * (1 - fx) + from[bottom + x1]! * fx;
          data[index++] = upper * (1 - fy) + lower * fy;
        }
      }
    }
    return [{ type: type!, data }];
  },

  macs(_inputs, [y], { mode }) {
    return mode === 'bilinear' ? 4 * elementCount(y!.shape) : 0;
  },
});
