import type { Activation } from '../ir/graph.js';
import { elementCount } from '../ir/tensor.js';
import { activate } from './activation.js';
import { checkEpilogue } from './conv2d.js';
import { floats, optionalFloats } from './data.js';
import { defineOp, type OpDefinition } from './op.js';
import { expectRank, required, shapeError } from './shape.js';
import type { Pads } from './window.js';

/** Transposed convolution: x [N,C,H,W], w [C,O/groups,kh,kw], bias [O]; OH = (H−1)·stride − pads + dilation·(kh−1) + 1 + outputPadding. */
export interface Conv2dTransposeAttributes {
  readonly strides: readonly number[];
  readonly pads: Pads;
  readonly dilations: readonly number[];
  readonly groups: number;
  /** Added below and on the right. */
  readonly outputPadding: readonly number[];
  readonly activation?: Activation | undefined;
}

export const conv2d_transpose: OpDefinition<Conv2dTransposeAttributes> = defineOp({
  infer([x, w, bias], { strides, pads, dilations, groups, outputPadding }) {
    const [n = 0, c = 0, h = 0, width = 0] = expectRank(required(x, 'x'), 4, 'x');
    const [inputs = 0, perGroup = 0, kh = 0, kw = 0] = expectRank(required(w, 'w'), 4, 'w');
    if (inputs !== c || !(groups >= 1) || c % groups !== 0) {
      throw shapeError(`weights [${w!.shape}] do not fit ${c} channels in ${groups} groups`);
    }
    const size = (input: number, axis: 0 | 1, kernel: number) =>
      (input - 1) * strides[axis]! -
      pads[2 * axis]! -
      pads[2 * axis + 1]! +
      dilations[axis]! * (kernel - 1) +
      1 +
      outputPadding[axis]!;
    const shape = [n, perGroup * groups, size(h, 0, kh), size(width, 1, kw)];
    if (shape.some((dimension) => !(dimension >= 1))) throw shapeError(`padding leaves an empty result [${shape}]`);
    checkEpilogue(shape, perGroup * groups, bias, undefined);
    return [{ dtype: 'f32', shape }];
  },

  evaluate([x, w, bias], attributes) {
    const [type] = conv2d_transpose.infer([x?.type, w?.type, bias?.type], attributes);
    const [n, o, oh, ow] = type!.shape as [number, number, number, number];
    const [, c, h, width] = x!.type.shape as [number, number, number, number];
    const [, perGroup, kh, kw] = w!.type.shape as [number, number, number, number];
    const { strides, pads, dilations, groups, activation } = attributes;
    const [image, filter, biases] = [floats(x), floats(w), optionalFloats(bias)];
    const data = new Float32Array(elementCount(type!.shape));
    const plane = new Float64Array(oh * ow);
    for (let batch = 0; batch < n; batch++) {
      for (let channel = 0; channel < o; channel++) {
        plane.fill(biases ? biases[channel]! : 0);
        const group = Math.floor(channel / perGroup);
        const local = channel % perGroup;
        for (let k = (group * c) / groups; k < ((group + 1) * c) / groups; k++) {
          for (let y = 0; y < h; y++) {
            for (let xx = 0; xx < width; xx++) {
              const value = image[((batch * c + k) * h + y) * width + xx]!;
              for (let ky = 0; ky < kh; ky++) {
                const oy = y * strides[0]! - pads[0]! + ky * dilations[0]!;
                if (oy < 0 || oy >= oh) continue;
                for (let kx = 0; kx < kw; kx++) {
                  const ox = xx * strides[1]! - pads[2]! + kx * dilations[1]!;
                  if (ox < 0 || ox >= ow) continue;
                  plane[oy * ow + ox]! += value * filter[((k * perGroup + local) * kh + ky) * kw + kx]!;
                }
              }
            }
          }
        }
        data.set(plane, (batch * o + channel) * oh * ow);
      }
    }
    activate(data, activation);
    return [{ type: type!, data }];
  },

  macs([x, w]) {
    return elementCount(x!.shape) * elementCount(w!.shape.slice(1));
  },
});
