import type { Activation } from '../ir/graph.js';
import { elementCount, sameShape, type TensorType } from '../ir/tensor.js';
import { activate } from './activation.js';
import { floats, optionalFloats } from './data.js';
import { defineOp, type OpDefinition } from './op.js';
import { expectRank, required, shapeError } from './shape.js';
import { convolvedSize, type Pads, validOutputs } from './window.js';

/**
 * y = act(x ∗ w + bias + residual): x [N,C,H,W], w [O,C/groups,kh,kw], bias [O], residual and y [N,O,OH,OW].
 * Depthwise is groups = C. Padding is explicit: importers resolve SAME and VALID.
 */
export interface Conv2dAttributes {
  readonly strides: readonly number[];
  readonly pads: Pads;
  readonly dilations: readonly number[];
  readonly groups: number;
  readonly activation?: Activation | undefined;
}

/** Checks bias and residual of ops that have a fused epilogue. */
export function checkEpilogue(
  output: readonly number[],
  channels: number,
  bias: TensorType | undefined,
  residual: TensorType | undefined,
): void {
  if (bias && !sameShape(bias.shape, [channels])) throw shapeError(`bias must be [${channels}] and is [${bias.shape}]`);
  if (residual && !sameShape(residual.shape, output)) {
    throw shapeError(`residual must be [${output}] and is [${residual.shape}]`);
  }
}

export const conv2d: OpDefinition<Conv2dAttributes> = defineOp({
  infer([x, w, bias, residual], { strides, pads, dilations, groups }) {
    const [n = 0, c = 0, h = 0, width = 0] = expectRank(required(x, 'x'), 4, 'x');
    const [o = 0, perGroup = 0, kh = 0, kw = 0] = expectRank(required(w, 'w'), 4, 'w');
    if (!(groups >= 1) || c % groups !== 0 || o % groups !== 0 || perGroup !== c / groups) {
      throw shapeError(`weights [${w!.shape}] do not fit ${c} channels in ${groups} groups`);
    }
    const [top = 0, bottom = 0, left = 0, right = 0] = pads;
    const shape = [
      n,
      o,
      convolvedSize(h, { kernel: kh, stride: strides[0]!, before: top, after: bottom, dilation: dilations[0]! }),
      convolvedSize(width, { kernel: kw, stride: strides[1]!, before: left, after: right, dilation: dilations[1]! }),
    ];
    checkEpilogue(shape, o, bias, residual);
    return [{ dtype: 'f32', shape }];
  },

  evaluate([x, w, bias, residual], attributes) {
    const [type] = conv2d.infer([x?.type, w?.type, bias?.type, residual?.type], attributes);
    const [n, o, oh, ow] = type!.shape as [number, number, number, number];
    const [, c, h, width] = x!.type.shape as [number, number, number, number];
    const [, perGroup, kh, kw] = w!.type.shape as [number, number, number, number];
    const { strides, pads, dilations, groups, activation } = attributes;
    const [image, filter, biases, residuals] = [floats(x), floats(w), optionalFloats(bias), optionalFloats(residual)];
    const data = new Float32Array(elementCount(type!.shape));
    const plane = new Float64Array(oh * ow);
    const strideW = strides[1]!;
    for (let image_ = 0; image_ < n; image_++) {
      for (let channel = 0; channel < o; channel++) {
        plane.fill(biases ? biases[channel]! : 0);
        const group = Math.floor(channel / (o / groups));
        for (let k = 0; k < perGroup; k++) {
          const source = (image_ * c + group * perGroup + k) * h * width;
          for (let ky = 0; ky < kh; ky++) {
            const top = ky * dilations[0]! - pads[0]!;
            const [firstY, endY] = validOutputs(h, oh, strides[0]!, top);
            for (let kx = 0; kx < kw; kx++) {
              const weight = filter[((channel * perGroup + k) * kh + ky) * kw + kx]!;
              const left = kx * dilations[1]! - pads[2]!;
              const [firstX, endX] = validOutputs(width, ow, strideW, left);
              for (let oy = firstY; oy < endY; oy++) {
                const row = source + (oy * strides[0]! + top) * width + left;
                const target = oy * ow;
                for (let ox = firstX; ox < endX; ox++) plane[target + ox]! += weight * image[row + ox * strideW]!;
              }
            }
          }
        }
        const start = (image_ * o + channel) * oh * ow;
        for (let i = 0; i < plane.length; i++) data[start + i] = plane[i]! + (residuals ? residuals[start + i]! : 0);
      }
    }
    activate(data, activation);
    return [{ type: type!, data }];
  },

  macs([, w], [y]) {
    return elementCount(y!.shape) * elementCount(w!.shape.slice(1));
  },
});
