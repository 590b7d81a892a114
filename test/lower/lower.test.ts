import t from 'tap';
import type { Graph } from '../../src/ir/graph.js';
import type { Tensor } from '../../src/ir/tensor.js';
import { type LowerOptions, lower } from '../../src/lower/index.js';
import { evaluateGraph } from '../../src/ops/evaluate.js';
import { clamp } from '../../src/ops/op.js';
import { plan } from '../../src/plan/index.js';
import { quantizeWeights } from '../../src/quantize/index.js';
import { TILES } from '../../src/steps/ledger.js';
import { STEP_CASES } from '../kernels/step-cases.js';
import { interpret } from '../support/interpret.js';
import { lcgFloats } from '../support/lcg.js';
import { Maker } from '../support/maker.js';
import { relativeError } from '../support/models.js';

const HOST: LowerOptions = { architecture: 'x86_64', path: 'ref', precision: 'fp32', l2: 64 * 1024 };

function inputsOf(graph: Graph): Map<string, Tensor> {
  return new Map(
    graph.inputs.map((name, i) => {
      const type = graph.types.get(name)!;
      return [
        name,
        {
          type,
          data: lcgFloats(
            type.shape.reduce((a, b) => a * b, 1),
            i + 1,
          ),
        },
      ];
    }),
  );
}

/** The largest relative error over all outputs of the lowered graph against the ops' own definitions. */
function error(graph: Graph, options: LowerOptions = HOST): number {
  const inputs = inputsOf(graph);
  const expected = evaluateGraph(graph, inputs);
  const lowered = lower(graph, options);
  const got = interpret(lowered, plan(lowered), inputs);
  return Math.max(
    ...graph.outputs.map((name) =>
      relativeError([...got.get(name)!.data].map(Number), [...expected.get(name)!.data].map(Number)),
    ),
  );
}

function single(build: (make: Maker) => string): Graph {
  const make = new Maker('case');
  return make.finish([build(make)]);
}

const CONV = { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], groups: 1 };
const TRANSPOSED = { strides: [2, 2], pads: [1, 1, 1, 1], dilations: [1, 1], groups: 1, outputPadding: [0, 0] };
const RELU6 = clamp(0, 6);

/** An image that stands channels_last, because a convolution made it. */
function image(make: Maker, channels = 6, h = 5, w = 7): string {
  return make.op('conv2d', [make.x(2, 3, h, w), make.constant(channels, 3, 3, 3), make.constant(channels)], CONV);
}

const MULTIPLYING: Readonly<Record<string, (make: Maker) => string>> = {
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
const ON_IMAGES: Readonly<Record<string, (make: Maker) => string>> = {
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

t.test('multiplying ops, on every tile', async (t) => {
  for (const [name, build] of Object.entries(MULTIPLYING)) {
    for (const architecture of ['arm', 'aarch64', 'x86_64'] as const) {
      const worst = error(single(build), { ...HOST, architecture });
      t.ok(worst <= 2e-6, `${name}, ${architecture}: ${worst}`);
    }
  }
});

t.test('ops on images inside', async (t) => {
  for (const [name, build] of Object.entries(ON_IMAGES)) {
    const worst = error(single(build));
    t.ok(worst <= 2e-6, `${name}: ${worst}`);
  }
});

t.test('simple steps on plain tensors', async (t) => {
  for (const { name, build } of STEP_CASES.filter((stepCase) => !/large/.test(stepCase.name))) {
    const worst = error(single(build));
    t.ok(worst <= 2e-6, `${name}: ${worst}`);
  }
});

t.test('weights as integers, arithmetic in fp32', async (t) => {
  for (const [name, build] of Object.entries(MULTIPLYING)) {
    for (const [precision, bits] of [
      ['int8w', 8],
      ['int16w', 16],
    ] as const) {
      const { graph } = quantizeWeights(single(build), { bits, mode: 'channel_wise_abs_max' });
      const worst = error(graph, { ...HOST, precision });
      t.ok(worst <= 2e-6, `${name}, ${precision}: ${worst}`);
    }
  }
});

t.test('a quantised model in fp32', async (t) => {
  const { graph } = quantizeWeights(single(MULTIPLYING.depthwise!), { bits: 8, mode: 'abs_max' });
  t.ok(error(graph) <= 2e-6);
  const lowered = lower(graph, HOST);
  t.ok(
    lowered.steps.every((step) => (step.fields.weight_type ?? 0) === 0),
    'its weights are stored as floats',
  );
});

t.test('integer arithmetic', async (t) => {
  for (const [architecture, paths] of Object.entries(TILES)) {
    for (const path of Object.keys(paths) as LowerOptions['path'][]) {
      for (const [name, build] of Object.entries(MULTIPLYING)) {
        const { graph } = quantizeWeights(single(build), { bits: 8, mode: 'channel_wise_abs_max' });
        const worst = error(graph, {
          architecture: architecture as LowerOptions['architecture'],
          path,
          precision: 'int8',
          l2: HOST.l2,
        });
        t.ok(worst <= 0.02, `${name}, ${architecture} ${path}: ${worst}`);
      }
    }
  }
});

t.test('integer arithmetic only where it pays, one quantisation for all consumers', async (t) => {
  const make = new Maker('shared');
  const x = image(make, 16);
  const outputs = [1, 2].map(() => make.op('conv2d', [x, make.constant(8, 16, 1, 1)], { ...CONV, pads: [0, 0, 0, 0] }));
  const depthwise = make.op('conv2d', [x, make.constant(16, 1, 3, 3)], { ...CONV, groups: 16 });
  const { graph } = quantizeWeights(make.finish([...outputs, depthwise]), { bits: 8, mode: 'channel_wise_abs_max' });
  const { steps } = lower(graph, { ...HOST, precision: 'int8' });
  t.same(
    steps.filter(({ step }) => step !== 'copy').map(({ step, fields }) => [step, fields.input_type]),
    [
      ['conv2d', 0],
      ['quantize', undefined],
      ['conv2d', 1],
      ['conv2d', 1],
      ['depthwise_conv2d', undefined],
    ],
  );
});

t.test('layouts', async (t) => {
  const copies = (graph: Graph) => lower(graph, HOST).steps.filter(({ step }) => step === 'copy').length;
  t.equal(copies(single((make) => image(make))), 2, 'in and out');
  t.equal(
    copies(
      single((make) => {
        const pooled = make.op('reduce', [image(make)], { kind: 'mean', axes: [2, 3], keepDims: true });
        return make.op('fc', [make.op('reshape', [pooled], { shape: [2, 6] }), make.constant(6, 3)], {});
      }),
    ),
    1,
    'none behind a global pool',
  );
  t.equal(
    copies(single((make) => make.op('conv2d', [make.x(1, 1, 8, 8), make.constant(1, 1, 3, 3)], CONV))),
    0,
    'none for one channel',
  );
});

t.test('outputs have memory of their own', async (t) => {
  const make = new Maker('aliases');
  const x = make.x(2, 3);
  const c = make.constant(4);
  const flat = make.op('reshape', [x], { shape: [6] });
  const graph = make.finish([flat, x, c]);
  t.equal(error(graph), 0);
  const { inputs, outputs } = lower(graph, HOST);
  for (const { at } of outputs) t.ok(at.space === 'arena' && at.name !== inputs[0]!.at.name);
});

t.test('refusals', async (t) => {
  const computed = single((make) => make.op('conv2d', [make.x(1, 3, 4, 4), make.x(2, 3, 1, 1)], CONV));
  t.throws(() => lower(computed, HOST), { code: 'E_OP', message: /takes its weights 'x1' from another op/ });
  t.throws(
    () =>
      lower(
        single((make) => make.op('identity', [make.x(1)], {})),
        HOST,
      ),
    { code: 'E_INTERNAL' },
  );
  t.throws(
    () =>
      lower(
        single((make) => image(make)),
        { ...HOST, path: 'neon' },
      ),
    { code: 'E_USAGE', message: /'neon' does not exist on x86_64/ },
  );
});
