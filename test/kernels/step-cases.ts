import { ACTIVATION_KINDS, type Activation } from '../../src/ir/graph.js';
import type { DType } from '../../src/ir/tensor.js';
import { PAD_MODES } from '../../src/ops/pad.js';
import { BINARY_KINDS } from '../../src/steps/ledger.js';
import type { Maker } from '../support/maker.js';
import { INT8_CASES, quantize } from './int8-cases.js';

/** One op under test: adds its nodes to the builder and returns the value to compare. */
export interface StepCase {
  readonly name: string;
  readonly build: (make: Maker) => string;
}

function act(kind: Activation['kind'], a = 0, b = 0, c = 0): Activation {
  return { kind, a, b, c };
}

const PARAMETERS: Partial<Record<Activation['kind'], readonly [number, number, number]>> = {
  clamp: [-0.3, 0.4, 0],
  leaky_relu: [0.1, 0, 0],
  hard_sigmoid: [0.6, 0.5, 0],
  hard_swish: [0.5, 1, 1.5],
  swish: [1.5, 0, 0],
  pow: [2.5, 0, 0],
  linear: [3, -1, 0],
  softplus: [4, 1, 0],
};
const POSITIVE = new Set<string>(['log', 'sqrt', 'rsqrt', 'pow', 'reciprocal']);
const RELU = act('clamp', 0, 3.4028234663852886e38);

const activations: StepCase[] = ACTIVATION_KINDS.map((kind) => ({
  name: `unary ${kind}`,
  build: (make) => {
    const x = POSITIVE.has(kind)
      ? make.positive(3, 7)
      : make.op('unary', [make.x(3, 7)], { activation: act('linear', 4, 0) });
    return make.op('unary', [x], { activation: act(kind, ...(PARAMETERS[kind] ?? [0, 0, 0])) });
  },
}));

/** Shapes that leave one dimension, rows, columns and scalars to be broadcast. */
const SHAPES: readonly (readonly [number[], number[]])[] = [
  [
    [2, 3, 5, 7],
    [2, 3, 5, 7],
  ],
  [
    [2, 8, 5, 3],
    [1, 8, 1, 1],
  ],
  [
    [2, 3, 1, 7],
    [3, 5, 1],
  ],
  [[1], [4, 9]],
];
const floatBinaries: StepCase[] = BINARY_KINDS.flatMap((kind) =>
  SHAPES.map(([left, right], i) => ({
    name: `binary ${kind} f32 [${left}] [${right}]`,
    build: (make: Maker) =>
      make.op('binary', [make.positive(...left), make.positive(...right)], {
        kind,
        activation: i === 1 ? act('linear', 2, 1) : undefined,
      }),
  })),
);
/** Quotients that a float rounds to a whole number and that are not quite one. */
const nearWholeBinaries: StepCase[] = (['mod', 'floordiv'] as const).flatMap((kind) =>
  [3, -3].map((factor) => ({
    name: `binary ${kind} f32 by nearly ${factor}`,
    build: (make: Maker) => {
      const y = make.op('unary', [make.x(3, 50)], { activation: act('linear', 0.5, 0.625) });
      return make.op('binary', [make.op('unary', [y], { activation: act('linear', factor, 0) }), y], { kind });
    },
  })),
);
const integerBinaries: StepCase[] = BINARY_KINDS.flatMap((kind) =>
  (['i32', 'i64'] as const).map((dtype) => ({
    name: `binary ${kind} ${dtype}`,
    build: (make: Maker) => {
      const computed = make.op('cast', [make.op('unary', [make.x(3, 4)], { activation: act('linear', 9, 0) })], {
        to: dtype,
      });
      return make.op('binary', [computed, make.integers(dtype, kind === 'pow' ? [0, 1, 2, 3] : [-3, 0, 2, -1])], {
        kind,
      });
    },
  })),
);

function pool(name: string, shape: number[], attributes: object): StepCase[] {
  const defaults = {
    ksize: [3, 3],
    strides: [2, 2],
    pads: [1, 1, 1, 1],
    ceilMode: false,
    exclusive: true,
    adaptive: false,
  };
  return (['max', 'average'] as const).map((kind) => ({
    name: `pool2d ${kind} ${name}`,
    build: (make) => make.op('pool2d', [make.x(...shape)], { ...defaults, kind, ...attributes }),
  }));
}

function resize(mode: 'nearest' | 'bilinear', alignCorners: boolean, halfPixel: boolean): StepCase {
  const ratio = (from: number, to: number) => Math.fround(alignCorners ? (from - 1) / (to - 1) : from / to);
  return {
    name: `resize ${mode}${alignCorners ? ' corners' : ''}${halfPixel ? ' half pixel' : ''}`,
    build: (make) =>
      make.op('resize', [make.x(2, 5, 4, 6)], {
        mode,
        size: [7, 9],
        ratios: [ratio(4, 7), ratio(6, 9)],
        alignCorners,
        halfPixel,
      }),
  };
}

const cast = (from: DType, to: DType): StepCase => ({
  name: `cast ${from} ${to}`,
  build: (make) => {
    const scaled = make.op('unary', [make.x(3, 11)], { activation: act('linear', 50, 0) });
    return make.op('cast', [from === 'f32' ? scaled : make.op('cast', [scaled], { to: from })], { to });
  },
});

const simple = (name: string, op: string, shape: number[], attributes: object): StepCase => ({
  name,
  build: (make) => make.op(op, [make.x(...shape)], attributes),
});

const matmul = (name: string, x: number[], y: number[], attributes: object): StepCase => ({
  name: `matmul ${name}`,
  build: (make) =>
    make.op('matmul', [make.x(...x), make.x(...y)], { transposeX: false, transposeY: false, alpha: 1, ...attributes }),
});

/** Large enough to be dealt out to several threads. */
const LARGE: readonly StepCase[] = [
  quantize(0.01, 3, 30_001),
  simple('unary large', 'unary', [3, 30_001], { activation: act('hard_swish', 3, 6, 6) }),
  {
    name: 'binary large',
    build: (make) => make.op('binary', [make.x(9, 16, 701), make.x(16, 1)], { kind: 'mul', activation: RELU }),
  },
  {
    name: 'affine large',
    build: (make) => make.op('affine', [make.x(1, 19, 64, 65), make.constant(19), make.constant(19)], {}),
  },
  {
    name: 'prelu large',
    build: (make) => make.op('prelu', [make.x(1, 19, 64, 65), make.constant(19)], { mode: 'channel' }),
  },
  simple('softmax large', 'softmax', [65, 1001], { axis: 1 }),
  simple('softmax columns large', 'softmax', [9, 21, 401], { axis: 1 }),
  ...pool('large', [1, 19, 64, 65], {}),
  simple('transpose large', 'transpose', [5, 70, 90, 3], { permutation: [0, 2, 3, 1] }),
  simple('pad large', 'pad', [1, 7, 80, 90], { before: [0, 0, 3, 4], after: [0, 0, 3, 5], mode: 'reflect', value: 0 }),
  simple('reduce large', 'reduce', [33, 50, 41], { kind: 'mean', axes: [1], keepDims: false }),
  simple('layer_norm large', 'layer_norm', [65, 701], { axis: 1, epsilon: 1e-5 }),
  simple('arg_max large', 'arg_max', [70, 801], { axis: 1, keepDims: false, to: 'i64' }),
  matmul('large', [2, 70, 65], [2, 65, 61], {}),
];

/** Every step but the multiplying ones of `conv2d`, `depthwise_conv2d` and `quantize` with weights of fp32, which have checks of their own. */
export const STEP_CASES: readonly StepCase[] = [
  ...activations,
  ...floatBinaries,
  ...nearWholeBinaries,
  ...integerBinaries,
  ...INT8_CASES,
  {
    name: 'affine',
    build: (make) => make.op('affine', [make.x(2, 7, 3, 5), make.constant(7), make.constant(7)], { activation: RELU }),
  },
  { name: 'affine rank 2', build: (make) => make.op('affine', [make.x(3, 9), make.constant(9), make.constant(9)], {}) },
  { name: 'prelu all', build: (make) => make.op('prelu', [make.x(2, 3, 5), make.constant(1)], { mode: 'all' }) },
  {
    name: 'prelu channel',
    build: (make) => make.op('prelu', [make.x(2, 6, 5, 3), make.constant(6)], { mode: 'channel' }),
  },
  {
    name: 'prelu element',
    build: (make) => make.op('prelu', [make.x(2, 3, 5), make.constant(3, 5)], { mode: 'element' }),
  },
  ...[0, 1, 2, 3].map((axis) => simple(`softmax ${axis}`, 'softmax', [3, 5, 4, 7], { axis })),
  ...pool('3×3', [2, 7, 9, 8], {}),
  ...pool('ceil', [1, 4, 8, 8], { ceilMode: true, exclusive: false }),
  ...pool('ceil, a window outside', [1, 5, 5, 5], {
    ksize: [1, 1],
    strides: [3, 3],
    pads: [0, 0, 0, 0],
    ceilMode: true,
  }),
  ...pool('ceil, an empty window', [1, 5, 6, 6], {
    ksize: [2, 2],
    strides: [3, 3],
    pads: [0, 0, 0, 0],
    ceilMode: true,
  }),
  ...pool('uneven', [1, 5, 7, 6], { ksize: [2, 3], strides: [1, 2], pads: [1, 0, 0, 2] }),
  ...pool('global', [2, 9, 7, 7], { ksize: [7, 7], strides: [1, 1], pads: [0, 0, 0, 0] }),
  ...pool('adaptive', [1, 6, 7, 10], { ksize: [3, 4], pads: [0, 0, 0, 0], adaptive: true }),
  ...[false, true].flatMap((corners) => [resize('nearest', corners, false), resize('bilinear', corners, false)]),
  resize('bilinear', false, true),
  simple('transpose', 'transpose', [2, 3, 4, 5], { permutation: [3, 1, 0, 2] }),
  simple('slice', 'slice', [4, 6, 5], { axes: [0, 1], starts: [1, 0], ends: [3, 6], steps: [1, 2] }),
  simple('slice backwards', 'slice', [4, 6, 5], { axes: [0, 2], starts: [3, 4], ends: [-1, 0], steps: [-1, -2] }),
  simple('tile', 'tile', [2, 3, 4], { repeats: [2, 1, 3] }),
  {
    name: 'concat',
    build: (make) => make.op('concat', [make.x(2, 3, 5), make.x(2, 1, 5), make.x(2, 4, 5)], { axis: 1 }),
  },
  ...PAD_MODES.map((mode) =>
    simple(`pad ${mode}`, 'pad', [2, 3, 4, 5], { before: [0, 1, 2, 1], after: [1, 0, 3, 4], mode, value: 0.25 }),
  ),
  ...(['i32', 'i64', 'u8', 'i8', 'i16', 'bool', 'f64'] as const).flatMap((type) => [
    cast('f32', type),
    cast(type, 'f32'),
  ]),
  cast('i64', 'i32'),
  cast('i32', 'i64'),
  ...[0, 1, 2].map((axis) =>
    simple(`arg_max ${axis}`, 'arg_max', [4, 5, 6], { axis, keepDims: axis === 1, to: axis ? 'i64' : 'i32' }),
  ),
  ...(['mean', 'sum', 'max', 'min', 'prod'] as const).flatMap((kind) =>
    [[0], [2], [1, 2], [0, 2], [0, 1, 2]].map((axes) =>
      simple(`reduce ${kind} [${axes}]`, 'reduce', [3, 5, 7], { kind, axes, keepDims: axes.length === 1 }),
    ),
  ),
  simple('reduce mean long', 'reduce', [2, 1, 50, 50], { kind: 'mean', axes: [2, 3], keepDims: true }),
  {
    name: 'layer_norm',
    build: (make) =>
      make.op('layer_norm', [make.x(4, 301), make.constant(301), make.constant(301)], { axis: 1, epsilon: 1e-5 }),
  },
  { name: 'layer_norm plain', build: (make) => make.op('layer_norm', [make.x(2, 3, 6)], { axis: 1, epsilon: 1e-3 }) },
  {
    name: 'gather i32',
    build: (make) => make.op('gather', [make.x(5, 3), make.integers('i32', [4, 0, 9, -1])], { axis: 0 }),
  },
  {
    name: 'gather i64',
    build: (make) => make.op('gather', [make.x(2, 5, 3), make.integers('i64', [1, 4, 4, 0], [2, 2])], { axis: 1 }),
  },
  matmul('plain', [9, 33], [33, 13], { activation: act('leaky_relu', 0.2) }),
  matmul('transposed', [33, 5], [17, 33], { transposeX: true, transposeY: true, alpha: 0.5 }),
  matmul('batched', [2, 3, 6, 4], [3, 4, 8], {}),
  matmul('broadcast', [2, 1, 5, 4], [3, 7, 4], { transposeY: true }),
  ...LARGE,
];
