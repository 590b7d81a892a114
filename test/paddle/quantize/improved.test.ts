/** The improved mode: what it writes, and that our own importer reads back exactly that, op by op. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Graph } from '../../../src/ir/graph.js';
import type { Tensor } from '../../../src/ir/tensor.js';
import { elementCount } from '../../../src/ir/tensor.js';
import { loadModel } from '../../../src/load.js';
import { evaluateGraph } from '../../../src/ops/evaluate.js';
import {
  importProgram,
  joinParameters,
  type Op,
  type Program,
  type QuantPostDynamicOptions,
  quantPostDynamic,
  readProgram,
  splitParameters,
  VarKind,
  writeProgram,
} from '../../../src/paddle/index.js';
import { optimize } from '../../../src/passes/index.js';
import { lcgFloats } from '../../support/lcg.js';
import { GOLDEN, relativeError } from '../../support/models.js';
import {
  bool,
  int,
  ints,
  op,
  parametersOf,
  programOf,
  type TestOp,
  type TestVariable,
} from '../../support/programs.js';

type Options = Partial<QuantPostDynamicOptions>;

/** A model on disk, quantised, and both as programs. */
async function quantised(
  t: Test,
  variables: Record<string, TestVariable>,
  ops: readonly TestOp[],
  options: Options = {},
  outputs: readonly string[] = ['y'],
) {
  const folder = t.testdir();
  const program = programOf(variables, ops, outputs);
  const parameters = parametersOf(program, variables);
  writeFileSync(join(folder, 'm.pdmodel'), writeProgram(program));
  writeFileSync(join(folder, 'm.pdiparams'), joinParameters(parameters));
  const result = await quantPostDynamic({ model_dir: folder, save_model_dir: folder, mode: 'improved', ...options });
  const written = readProgram(readFileSync(result.quantizedModel));
  const records = splitParameters(written, readFileSync(result.quantizedModel.replace(/pdmodel$/, 'pdiparams')));
  return { ...result, program, parameters, written, records };
}

function outputsOf(graph: Graph): Float32Array[] {
  const inputs = new Map<string, Tensor>();
  for (const name of graph.inputs) {
    const type = graph.types.get(name)!;
    inputs.set(name, { type, data: lcgFloats(elementCount(type.shape), 7) });
  }
  return [...evaluateGraph(graph, inputs).values()].map(({ data }) => data as Float32Array);
}

const opsOfType = (program: Program, type: string) => program.blocks[0]!.ops.filter((one) => one.type === type);
const floatsOf = (one: Op, name: string) => one.attrs.find((attribute) => attribute.name === name)?.floats;

interface Case {
  readonly op: TestOp;
  readonly x: readonly number[];
  readonly w: readonly number[];
  /** The output channel of the weight at these indices. */
  readonly channel: (at: readonly number[]) => number;
  readonly count: number;
  /** Whether the graph's constant keeps its integers. */
  readonly integers: boolean;
}

const convolution = (type: string, groups = 1) =>
  op(type, { Input: ['x'], Filter: ['w'] }, { Output: ['y'] }, { groups: int(groups), strides: ints(1, 1) });
const product = (type: string, attributes: TestOp['attributes'] = {}) =>
  op(type, { X: ['x'], Y: ['w'] }, { Out: ['y'] }, attributes);

const image = [1, 4, 5, 5];
const CASES: Record<string, Case> = {
  conv2d: { op: convolution('conv2d', 2), x: image, w: [6, 2, 3, 3], channel: ([o]) => o!, count: 6, integers: true },
  depthwise_conv2d: {
    ...{ op: convolution('depthwise_conv2d', 4), x: image, w: [4, 1, 3, 3] },
    ...{ channel: ([o]) => o!, count: 4, integers: true },
  },
  conv2d_transpose: {
    ...{ op: convolution('conv2d_transpose'), x: image, w: [4, 3, 3, 3] },
    ...{ channel: ([, o]) => o!, count: 3, integers: true },
  },
  'conv2d_transpose in groups': {
    ...{ op: convolution('conv2d_transpose', 2), x: image, w: [4, 3, 3, 3] },
    ...{ channel: ([i, o]) => Math.floor(i! / 2) * 3 + o!, count: 6, integers: false },
  },
  depthwise_conv2d_transpose: {
    ...{ op: convolution('depthwise_conv2d_transpose', 4), x: image, w: [4, 1, 3, 3] },
    ...{ channel: ([i]) => i!, count: 4, integers: true },
  },
  mul: { op: product('mul'), x: [3, 6], w: [6, 5], channel: ([, n]) => n!, count: 5, integers: true },
  'mul of rank 3': {
    ...{ op: product('mul'), x: [3, 6], w: [6, 2, 5] },
    ...{ channel: ([, a, b]) => a! * 5 + b!, count: 10, integers: false },
  },
  'mul of rank 3, two axes of rows': {
    ...{ op: product('mul', { y_num_col_dims: int(2) }), x: [3, 12], w: [6, 2, 5] },
    ...{ channel: ([, , n]) => n!, count: 5, integers: true },
  },
  matmul: { op: product('matmul'), x: [3, 6], w: [6, 5], channel: ([, n]) => n!, count: 5, integers: true },
  'matmul transposed': {
    ...{ op: product('matmul', { transpose_Y: bool(true) }), x: [3, 6], w: [5, 6] },
    ...{ channel: ([n]) => n!, count: 5, integers: true },
  },
  matmul_v2: { op: product('matmul_v2'), x: [2, 3, 6], w: [6, 5], channel: ([, n]) => n!, count: 5, integers: true },
  'matmul_v2 transposed, square': {
    ...{ op: product('matmul_v2', { trans_y: bool(true) }), x: [3, 6], w: [6, 6] },
    ...{ channel: ([n]) => n!, count: 6, integers: true },
  },
  fc: {
    ...{ op: op('fc', { Input: ['x'], W: ['w'], Bias: ['b'] }, { Out: ['y'] }), x: [3, 6], w: [6, 5] },
    ...{ channel: ([, n]) => n!, count: 5, integers: true },
  },
};

/** The weights by the definition: each channel's largest magnitude is R. */
function dequantised(values: Float32Array, { w, channel, count }: Case, bits: 8 | 16, whole: boolean): Float32Array {
  const at = (i: number) => w.map((size, axis) => Math.floor(i / elementCount(w.slice(axis + 1))) % size);
  const channelOf = (i: number) => (whole ? 0 : channel(at(i)));
  const range = 2 ** (bits - 1) - 1;
  const maxima = new Float64Array(count);
  for (const [i, value] of values.entries()) maxima[channelOf(i)] = Math.max(maxima[channelOf(i)]!, Math.abs(value));
  return values.map((value, i) => {
    const scale = Math.fround(maxima[channelOf(i)]! / range);
    const quotient = Math.fround(value / scale);
    const floor = Math.floor(quotient);
    const up = quotient - floor > 0.5 || (quotient - floor === 0.5 && floor % 2 !== 0);
    return (floor + (up ? 1 : 0)) * scale;
  });
}

for (const [name, one] of Object.entries(CASES)) {
  t.test(`${name}: the importer reads back what was written`, async (t) => {
    const values = lcgFloats(elementCount(one.w), 3).map((value, i) => value * (1 + (i % 11)));
    const bias = lcgFloats(5, 9);
    const variables = (data: Float32Array) => ({
      x: { dims: one.x },
      w: { dims: one.w, data },
      ...(one.op.inputs.Bias ? { b: { dims: [5], data: bias } } : {}),
    });
    for (const bits of [8, 16] as const) {
      for (const mode of ['channel_wise_abs_max', 'abs_max'] as const) {
        const options = { weight_bits: bits, weight_quantize_type: mode };
        const { written, records, report, left } = await quantised(t, variables(values), [one.op], options);
        t.match(report, [{ name: 'w', opType: one.op.type, bits, bytesBefore: values.byteLength }]);
        t.strictSame(left, []);
        const scales = floatsOf(opsOfType(written, one.op.type)[0]!, 'w_quant_scale')!;
        t.equal(scales.length, mode === 'abs_max' ? 1 : one.count);
        t.equal(records.get('w')!.dataType, bits === 8 ? VarKind.INT8 : VarKind.INT16);
        if (one.op.inputs.Bias) t.equal(records.get('b')!.dataType, VarKind.FP32, 'the bias is none of its business');

        const graph = importProgram('q', written, records);
        const real = variables(dequantised(values, one, bits, mode === 'abs_max'));
        const program = programOf(real, [one.op], ['y']);
        const expected = outputsOf(importProgram('r', program, parametersOf(program, real)));
        t.ok(relativeError(outputsOf(graph)[0]!, expected[0]!) < 1e-6, `int${bits} ${mode}`);
        t.ok(relativeError(outputsOf(optimize(graph))[0]!, expected[0]!) < 1e-5, `int${bits} ${mode}, optimised`);
        const kept = [...graph.constants.values()].some(({ quantization }) => quantization !== undefined);
        t.equal(kept, one.integers, 'integers in the graph');
      }
    }
  });
}

const matrix = (seed: number, dims: readonly number[] = [6, 6]): TestVariable => ({
  dims,
  data: lcgFloats(elementCount(dims), seed),
});
const times = (x: string, y: string, attributes: TestOp['attributes'] = {}) =>
  op('matmul_v2', { X: [x], Y: ['w'] }, { Out: [y] }, attributes);

t.test('shared weights are quantised once, and every reader is told', async (t) => {
  const ops = [times('x', 'h'), times('h', 'y')];
  const { written, records, report, parameters, program } = await quantised(
    t,
    { x: { dims: [2, 6] }, w: matrix(1) },
    ops,
  );
  t.equal(report.length, 1);
  const scales = opsOfType(written, 'matmul_v2').map((one) => floatsOf(one, 'w_quant_scale'));
  t.equal(scales.length, 2);
  t.strictSame(scales[0], scales[1]);
  t.ok(
    scales[0]!.every((scale) => scale < 0.01),
    'the true scales, not 1',
  );
  const [actual, expected] = [
    outputsOf(importProgram('q', written, records)),
    outputsOf(importProgram('m', program, parameters)),
  ];
  t.ok(relativeError(actual[0]!, expected[0]!) < 0.02);
});

t.test('what a reader cannot take as integers stays as it is, with the reason', async (t) => {
  const x = { dims: [2, 6] };
  const cases: [string, Record<string, TestVariable>, TestOp[], string, Options?][] = [
    [
      'two orientations',
      { x, w: matrix(1) },
      [times('x', 'h'), times('h', 'y', { trans_y: bool(true) })],
      'shared by ops that scale it along different axes',
    ],
    [
      'a sum',
      { x, w: matrix(1, [6, 6]) },
      [times('x', 'h'), op('elementwise_add', { X: ['h'], Y: ['w'] }, { Out: ['y'] })],
      'shared, and for elementwise_add: Y takes no integers',
    ],
    [
      'an embedding',
      { x: { dims: [2, 1], dataType: VarKind.INT64 }, w: matrix(1) },
      [op('lookup_table_v2', { Ids: ['x'], W: ['w'] }, { Out: ['h'] }), times('h', 'y', { trans_y: bool(true) })],
      'shared, and for lookup_table_v2: op type takes no integers',
    ],
    [
      'not listed',
      { x, w: matrix(1) },
      [times('x', 'y')],
      'op type not in quantizable_op_type',
      { quantizable_op_type: ['fc'] },
    ],
    [
      'a batch of matrices',
      { x: { dims: [3, 2, 6] }, w: matrix(1, [3, 6, 6]) },
      [times('x', 'y')],
      'shape [3,6,6], not of rank 2',
    ],
    ['fp64', { x, w: { ...matrix(1), dataType: VarKind.FP64 } }, [times('x', 'y')], 'not fp32'],
    [
      'padded',
      { x, w: matrix(1) },
      [op('fc', { Input: ['x'], W: ['w'] }, { Out: ['y'] }, { padding_weights: bool(true) })],
      'padded (padding_weights)',
    ],
  ];
  for (const [what, variables, ops, reason, options] of cases) {
    const { report, left, records, parameters } = await quantised(t, variables, ops, options);
    t.strictSame(report, [], what);
    t.match(left, [{ name: 'w', reason, bytes: parameters.get('w')!.data.length }], what);
    t.ok(Buffer.from(records.get('w')!.data).equals(parameters.get('w')!.data), `${what}: not a byte changed`);
  }
});

t.test('other inputs of the same ops are no weights', async (t) => {
  const variables = {
    x: { dims: [1, 2, 3, 3] },
    w: matrix(1, [2, 2, 1, 1]),
    b: matrix(2, [2]),
    r: matrix(3, [1, 2, 3, 3]),
  };
  const inputs = { Input: ['x'], Filter: ['w'], Bias: ['b'], ResidualData: ['r'] };
  const { report, records } = await quantised(t, variables, [op('conv2d', inputs, { Output: ['y'] })]);
  t.strictSame(
    report.map(({ name }) => name),
    ['w'],
  );
  for (const name of ['b', 'r']) t.equal(records.get(name)!.dataType, VarKind.FP32, name);
  const constant = await quantised(t, { x: { dims: [6, 3] }, w: matrix(1) }, [
    op('mul', { X: ['w'], Y: ['x'] }, { Out: ['y'] }),
  ]);
  t.equal(constant.records.get('w')!.dataType, VarKind.FP32, 'X of mul');
});

t.test('an axis that cannot be is an error', async (t) => {
  const { written, records } = await quantised(t, { x: { dims: [2, 6] }, w: matrix(1) }, [
    times('x', 'y', { trans_y: bool(true) }),
  ]);
  const [matmul] = opsOfType(written, 'matmul_v2');
  matmul!.attrs.find(({ name }) => name === 'w_quant_axis')!.i = 1;
  const message =
    /'w' of shape \[6,6\] have scales from axis 1 on, which matmul_v2 does not \(its channels begin at axis 0\)/;
  t.throws(() => importProgram('q', written, records), { code: 'E_WEIGHTS', message });
});

t.test('a trained network: the classifier shrinks too, and the outputs stay', async (t) => {
  const model_dir = join(GOLDEN, 'fashion-mobilenet-2.6');
  const { quantizedModel, left, warnings, bytesBefore, bytesAfter } = await quantPostDynamic({
    model_dir,
    save_model_dir: t.testdir(),
    mode: 'improved',
  });
  t.strictSame(left, []);
  t.ok(bytesAfter < 0.35 * bytesBefore, `${bytesBefore} → ${bytesAfter}`);
  t.match(warnings.join(), /Paddle-Lite does not convert integer weights of matmul_v2 .*default mode/);
  const [actual, expected] = [outputsOf(await loadModel(quantizedModel)), outputsOf(await loadModel(model_dir))];
  t.ok(relativeError(actual[0]!, expected[0]!) < 0.05);
});
