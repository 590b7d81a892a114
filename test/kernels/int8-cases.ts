/** Layers of models that are quantised, activations included. */
import { clamp } from '../../src/ops/op.js';
import type { Maker } from '../support/maker.js';
import type { StepCase } from './step-cases.js';

const linear = (a: number) => ({ kind: 'linear', a, b: 0, c: 0 }) as const;

/** A scale with fewer than 127 steps to 1, or more. */
export const quantize = (scale: number, ...shape: number[]) => ({
  name: `quantize by ${scale} [${shape}]${shape[1]! > 9999 ? ' large' : ''}`,
  build: (make: Maker) => make.op('quantize', [make.x(...shape)], { scale }),
});
const int8 = (make: Maker, ...shape: number[]) => make.op('quantize', [make.x(...shape)], { scale: 1 / 120 });

function int8Conv2d(name: string, x: number[], w: number[], attributes: object): StepCase {
  return {
    name: `int8_conv2d ${name}`,
    build: (make) =>
      make.op('int8_conv2d', [int8(make, ...x), make.int8(...w), make.constant(w[0]!), make.constant(w[0]!)], {
        ...{ strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], groups: 1 },
        ...attributes,
      }),
  };
}

export const INT8_CASES: readonly StepCase[] = [
  ...[1 / 120, 0.5, 0.003].map((scale) => quantize(scale, 3, 37)),
  {
    name: 'quantize halves',
    build: (make) => {
      const integers = make.op('cast', [make.op('unary', [make.x(5, 41)], { activation: linear(90) })], {
        to: 'i32',
      });
      return make.op('quantize', [make.op('cast', [integers], { to: 'f32' })], { scale: 2 });
    },
  },
  {
    name: 'quantize NaN and infinities',
    build: (make) => {
      const x = make.op('unary', [make.x(7, 9)], { activation: linear(1e38) });
      const beyond = make.op('unary', [x], { activation: linear(1e38) });
      return make.op('quantize', [make.op('binary', [beyond, beyond], { kind: 'sub' })], { scale: 1 });
    },
  },
  int8Conv2d('3×3', [2, 5, 7, 6], [9, 5, 3, 3], { activation: clamp(0, 1) }),
  int8Conv2d('1×1 of 19 channels', [1, 19, 5, 4], [17, 19, 1, 1], { pads: [0, 0, 0, 0] }),
  int8Conv2d('in groups', [1, 6, 5, 7], [9, 2, 3, 3], { groups: 3, strides: [2, 1] }),
  int8Conv2d('depthwise', [2, 10, 9, 8], [10, 1, 3, 3], { groups: 10, strides: [2, 2], activation: clamp(0, 1) }),
  int8Conv2d('depthwise 5×5', [1, 3, 9, 8], [3, 1, 5, 5], { groups: 3, pads: [2, 2, 2, 2] }),
  {
    name: 'int8_fc',
    build: (make) =>
      make.op('int8_fc', [int8(make, 2, 3, 33), make.int8(33, 13), make.constant(13)], {
        activation: { kind: 'leaky_relu', a: 0.2, b: 0, c: 0 },
      }),
  },
];
