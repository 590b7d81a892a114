import t from 'tap';
import type { Graph } from '../../src/ir/graph.js';
import type { Tensor } from '../../src/ir/tensor.js';
import { type LowerOptions, lower } from '../../src/lower/index.js';
import { evaluateGraph } from '../../src/ops/evaluate.js';
import { plan } from '../../src/plan/index.js';
import { quantizeWeights } from '../../src/quantize/index.js';
import { TILES } from '../../src/steps/ledger.js';
import { STEP_CASES } from '../kernels/step-cases.js';
import { interpret } from '../support/interpret.js';
import { lcgFloats } from '../support/lcg.js';
import { Maker } from '../support/maker.js';
import { relativeError } from '../support/models.js';
import { CONV, image, MULTIPLYING, ON_IMAGES } from './cases.js';

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

t.test('layers in int8, on every tile', async (t) => {
  for (const [architecture, paths] of Object.entries(TILES)) {
    for (const path of Object.keys(paths) as LowerOptions['path'][]) {
      for (const { name, build } of STEP_CASES.filter((stepCase) => stepCase.name.startsWith('int8'))) {
        const worst = error(single(build), {
          ...HOST,
          architecture: architecture as LowerOptions['architecture'],
          path,
        });
        t.ok(worst <= 2e-6, `${name}, ${architecture} ${path}: ${worst}`);
      }
    }
  }
});

t.test('a layer in int8 that the kernels cannot hold is refused', async (t) => {
  const refused = (weights: Int8Array) => {
    const make = new Maker('int8');
    const x = make.op('quantize', [make.x(1, weights.length)], { scale: 1 });
    const graph = make.finish([make.op('int8_fc', [x, make.int8(weights.length, 1), make.constant(1)], {})]);
    const [name, constant] = [...graph.constants].find(([, { type }]) => type.dtype === 'i8')!;
    const constants = new Map([...graph.constants, [name, { ...constant, data: weights }]]);
    t.throws(() => lower({ ...graph, constants }, HOST), {
      code: 'E_OP',
      message: /weights of −128, or sums too long/,
    });
  };
  refused(Int8Array.of(1, -128));
  refused(new Int8Array(2 ** 17));
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

t.test('integer arithmetic only where its sums fit', async (t) => {
  /** input_type of y = x · w for K values of one weight. */
  const inputType = (k: number, weight: number) => {
    const make = new Maker('long');
    const { graph } = quantizeWeights(make.finish([make.op('fc', [make.x(1, k), make.constant(k, 1)], {})]), {
      bits: 8,
      mode: 'channel_wise_abs_max',
    });
    const [name, constant] = [...graph.constants][0]!;
    const constants = new Map([[name, { ...constant, data: new Int8Array(k).fill(weight) }]]);
    const { steps } = lower({ ...graph, constants }, { ...HOST, precision: 'int8' });
    return steps.at(-1)!.fields.input_type;
  };
  const most = Math.floor((2 ** 31 - 1) / (255 * 127));
  t.equal(inputType(most, 127), 1);
  t.equal(inputType(most + 1, 127), 0, '32 bits');
  t.equal(inputType(64, -127), 1);
  t.equal(inputType(64, -128), 0, 'two products in 16 bits');
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
  const summed = single((make) => {
    const whole = make.op('cast', [make.x(2, 3)], { to: 'i32' });
    return make.op('reduce', [whole], { kind: 'sum', axes: [1], keepDims: false });
  });
  t.throws(() => lower(summed, HOST), { code: 'E_OP', message: /reduces i32, which no step does/ });
  const biased = single((make) => make.op('conv2d', [make.x(1, 3, 4, 4), make.constant(2, 3, 1, 1), make.x(2)], CONV));
  t.throws(() => lower(biased, HOST), {
    code: 'E_OP',
    message: /takes its bias 'x2' from another op/,
    hint: /elementwise_add/,
  });
  const strided = single((make) =>
    make.op('conv2d_transpose', [make.x(1, 1, 9, 9), make.constant(1, 1, 1, 1)], {
      ...{ strides: [65, 64], pads: [0, 0, 0, 0], dilations: [1, 1], groups: 1, outputPadding: [0, 0] },
    }),
  );
  t.throws(() => lower(strided, HOST), { code: 'E_OP', message: /has the strides \[65,64\], too large/, hint: /4096/ });
  const nine = [1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2] as const;
  const other = nine.map((size) => 3 - size);
  const broadcast = single((make) => make.op('binary', [make.x(...nine), make.x(...other)], { kind: 'add' }));
  t.throws(() => lower(broadcast, HOST), { code: 'E_OP', message: /'binary2' works along 18 axes, more than 8/ });
  const padded = single((make) => {
    const [before, after] = [nine.slice(0, 9), new Array<number>(9).fill(0)];
    return make.op('pad', [make.x(...before)], { before, after, mode: 'constant', value: 0 });
  });
  t.throws(() => lower(padded, HOST), { code: 'E_OP', message: /'pad1' works along 9 axes/ });
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
