import { clamp } from '../../src/ops/op.js';
import type { Maker } from '../support/maker.js';

export const CONV = { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], groups: 1 };
const TRANSPOSED = { strides: [2, 2], pads: [1, 1, 1, 1], dilations: [1, 1], groups: 1, outputPadding: [0, 0] };
const RELU6 = clamp(0, 6);

/** An image that stands channels_last, because a convolution made it. */
export function image(make: Maker, channels = 6, h = 5, w = 7): string {
  return make.op('conv2d', [make.x(2, 3, h, w), make.constant(channels, 3, 3, 3), make.constant(channels)], CONV);
}

export const MULTIPLYING: Readonly<Record<string, (make: Maker) => string>> = {
  'conv 3×3': (make) => image(make),
  'conv 1×1 of 11 channels': (make) =>
    make.op('conv2d', [image(make, 9), make.constant(11, 9, 1, 1)], { ...CONV, pads: [0, 0, 0, 0] }),
  'conv, uneven padding, strides and dilations': (make) =>
    make.op('conv2d', [image(make, 6, 13, 11), make.constant(5, 6, 3, 2)], {
      ...{ strides: [2, 1], pads: [0, 2, 3, 1], dilations: [2, 3], groups: 1, activation: RELU6 },
    }),
  'conv in 3 groups': (make) =>
    make.op('conv2d', [image(make, 9), make.constant(6, 3, 3, 3), make.constant(6)], { ...CONV, groups: 3 }),
  'conv with a channel multiplier': (make) =>
    make.op('conv2d', [image(make, 4), make.constant(8, 1, 3, 3)], { ...CONV, groups: 4 }),
  'conv with a residual': (make) => {
    const x = image(make, 6);
    return make.op('conv2d', [x, make.constant(6, 6, 3, 3), make.constant(6), x], { ...CONV, activation: RELU6 });
  },
  'conv with a plain residual': (make) =>
    make.op('conv2d', [image(make, 6), make.constant(6, 6, 3, 3), '', make.x(2, 6, 5, 7)], CONV),
  depthwise: (make) =>
    make.op('conv2d', [image(make, 10), make.constant(10, 1, 3, 3), make.constant(10)], {
      ...CONV,
      groups: 10,
      strides: [2, 2],
      activation: RELU6,
    }),
  'depthwise with a residual': (make) => {
    const x = image(make, 5);
    return make.op('conv2d', [x, make.constant(5, 1, 3, 3), '', x], { ...CONV, groups: 5 });
  },
  'transposed 4×4': (make) =>
    make.op('conv2d_transpose', [image(make, 6), make.constant(6, 5, 4, 4), make.constant(5)], TRANSPOSED),
  'transposed 2×2 in groups': (make) =>
    make.op('conv2d_transpose', [image(make, 6), make.constant(6, 4, 2, 2)], {
      ...TRANSPOSED,
      pads: [0, 0, 0, 0],
      groups: 3,
      activation: RELU6,
    }),
  'transposed, stride beyond the kernel': (make) =>
    make.op('conv2d_transpose', [image(make, 6), make.constant(6, 3, 2, 1), make.constant(3)], {
      ...TRANSPOSED,
      strides: [3, 2],
      pads: [0, 0, 0, 0],
    }),
  'transposed, dilated, output padding': (make) =>
    make.op('conv2d_transpose', [image(make, 4), make.constant(4, 3, 3, 3)], {
      ...TRANSPOSED,
      dilations: [2, 1],
      outputPadding: [1, 1],
    }),
  fc: (make) => make.op('fc', [make.x(5, 19), make.constant(19, 13), make.constant(13)], { activation: RELU6 }),
  'fc of rank 3 with a residual': (make) =>
    make.op('fc', [make.x(2, 3, 9), make.constant(9, 10), '', make.x(2, 3, 10)], {}),
  'fc after reshape of an image': (make) => {
    const flat = make.op('reshape', [image(make, 6)], { shape: [2, 210] });
    return make.op('fc', [flat, make.constant(210, 4), make.constant(4)], {});
  },
};

const one = (op: string, attributes: object) => (make: Maker) => make.op(op, [image(make)], attributes);
const AXES = [0, 1, 2, 3];
const SUBSETS = Array.from({ length: 15 }, (_, i) => AXES.filter((axis) => ((i + 1) >> axis) & 1));

/** Ops on a tensor that stands channels_last: every axis must be found where it is in memory. */
export const ON_IMAGES: Readonly<Record<string, (make: Maker) => string>> = {
  ...Object.fromEntries(
    SUBSETS.map((axes) => [`reduce [${axes}]`, one('reduce', { kind: 'mean', axes, keepDims: false })]),
  ),
  ...Object.fromEntries(AXES.map((axis) => [`softmax ${axis}`, one('softmax', { axis })])),
  ...Object.fromEntries(
    AXES.map((axis) => [`arg_max ${axis}`, one('arg_max', { axis, keepDims: axis > 1, to: 'i64' })]),
  ),
  ...Object.fromEntries(
    AXES.map((axis) => [`slice ${axis}`, one('slice', { axes: [axis], starts: [1], ends: [-1], steps: [-1] })]),
  ),
  ...Object.fromEntries(
    AXES.map((axis) => [
      `concat ${axis}`,
      (make: Maker) => {
        const [x, shape] = [image(make), [2, 6, 5, 7].with(axis, 3)];
        return make.op('concat', [x, make.x(...shape), make.constant(...shape), x], { axis });
      },
    ]),
  ),
  ...Object.fromEntries(
    [[6, 1, 1], [1, 6, 5, 7], [7], [2, 1, 5, 1], [6, 5, 7], [1, 1, 1, 1]].map((shape) => [
      `binary with [${shape}]`,
      (make: Maker) => make.op('binary', [make.constant(...shape), image(make)], { kind: 'sub', activation: RELU6 }),
    ]),
  ),
  'binary of two layouts': (make) => make.op('binary', [make.x(2, 6, 5, 7), image(make)], { kind: 'mul' }),
  'binary to rank 5': (make) => make.op('binary', [image(make), make.x(3, 1, 1, 5, 1)], { kind: 'add' }),
  affine: (make) => make.op('affine', [image(make), make.constant(6), make.constant(6)], { activation: RELU6 }),
  'prelu channel': (make) => make.op('prelu', [image(make), make.constant(6)], { mode: 'channel' }),
  'prelu element': (make) => make.op('prelu', [image(make), make.constant(6, 5, 7)], { mode: 'element' }),
  transpose: one('transpose', { permutation: [3, 1, 0, 2] }),
  'pad edge': one('pad', { before: [0, 2, 1, 0], after: [1, 0, 3, 2], mode: 'edge', value: 0 }),
  tile: one('tile', { repeats: [1, 2, 1, 3] }),
  reshape: one('reshape', { shape: [4, 105] }),
  'reshape of a reshape': (make) =>
    make.op('reshape', [make.op('reshape', [image(make)], { shape: [420] })], { shape: [2, 6, 5, 7] }),
  layer_norm: one('layer_norm', { axis: 2, epsilon: 1e-5 }),
  gather: (make) => make.op('gather', [image(make), make.integers('i32', [4, 0, 9])], { axis: 1 }),
  cast: one('cast', { to: 'i32' }),
  matmul: (make) =>
    make.op('matmul', [image(make), make.x(2, 1, 7, 3)], { transposeX: false, transposeY: false, alpha: 1 }),
};
