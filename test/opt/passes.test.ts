import t, { type Test } from 'tap';
import { evaluateGraph } from '../../src/ops/evaluate.js';
import { type OptOptions, optimizeProgram } from '../../src/opt/index.js';
import { importProgram, type Parameters, type Program, VarKind } from '../../src/paddle/index.js';
import { lcgFloats } from '../support/lcg.js';
import { relativeError } from '../support/models.js';
import {
  bool,
  float,
  floats,
  int,
  ints,
  op,
  parametersOf,
  programOf,
  type TestOp,
  type TestVariable,
  text,
} from '../support/programs.js';
import { refuses } from '../support/refusals.js';

interface Model {
  readonly program: Program;
  readonly parameters: Parameters;
}

/** A model whose variables are all declared; those of ops have open shapes of four axes unless `shapes` gives them. */
function model(
  variables: Record<string, TestVariable>,
  ops: readonly TestOp[],
  outputs: readonly string[],
  shapes: Record<string, readonly number[]> = {},
): Model {
  const computed = ops.flatMap((one) => Object.values(one.outputs).flat()).filter((name) => !(name in variables));
  const declared = Object.fromEntries(computed.map((name) => [name, shapes[name] ?? [-1, -1, -1, -1]]));
  const program = programOf(variables, ops, outputs, declared);
  return { program, parameters: parametersOf(program, variables) };
}

const IMAGE = [1, 4, 6, 4];
const image: TestVariable = { dims: IMAGE };
const weights = (seed: number, ...dims: number[]): TestVariable => ({
  dims,
  data: lcgFloats(
    dims.reduce((product, size) => product * size, 1),
    seed,
  ),
});
const CONV = { strides: ints(1, 1), paddings: ints(0, 0), dilations: ints(1, 1), groups: int(1) };
const conv = (filter: string, from: string, to: string) =>
  op('conv2d', { Input: [from], Filter: [filter] }, { Output: [to] }, CONV);
const norm = (name: string, from: string, to: string, bias = `${name}.b`) =>
  op(
    'batch_norm',
    { X: [from], Scale: [`${name}.s`], Bias: [bias], Mean: [`${name}.m`], Variance: [`${name}.v`] },
    {
      Y: [to],
      MeanOut: [`${name}.m`],
      VarianceOut: [`${name}.v`],
      SavedMean: [`${name}.sm`],
      SavedVariance: [`${name}.sv`],
    },
    { epsilon: float(1e-5), is_test: bool(true) },
  );
const normParameters = (name: string, seed: number): Record<string, TestVariable> => ({
  [`${name}.s`]: weights(seed, 4),
  [`${name}.b`]: weights(seed + 1, 4),
  [`${name}.m`]: weights(seed + 2, 4),
  [`${name}.v`]: { dims: [4], data: [0.5, 1, 2, 3] },
});

function outputsOf({ program, parameters }: Model): Float32Array[] {
  const graph = importProgram('m', program, parameters, { inputShapes: new Map() });
  const inputs = graph.inputs.map((name, i) => {
    const { shape } = graph.types.get(name)!;
    const data = lcgFloats(
      shape.reduce((product, size) => product * size, 1),
      i + 7,
    );
    return [name, { type: { dtype: 'f32' as const, shape }, data }] as const;
  });
  return [...evaluateGraph(graph, new Map(inputs)).values()].map(({ data }) => data as Float32Array);
}

const typesOf = ({ program }: Model): string[] =>
  program.blocks[0]!.ops.map(({ type }) => type).filter((type) => type !== 'feed' && type !== 'fetch');

const READERS: readonly OptOptions[] = [{}, { fusions: 'upstream' }, { reader: 'paddle' }];

/** What comes out computes what went in, for every reader, and once more when it goes in again. Returns the ops. */
function optimized(t: Test, source: Model): string[] {
  const expected = outputsOf(source);
  for (const options of READERS) {
    const once = optimizeProgram(source.program, source.parameters, options);
    const twice = optimizeProgram(once.program, once.parameters, options);
    for (const [i, y] of expected.entries()) {
      const label = `${JSON.stringify(options)} output ${i}`;
      t.ok(relativeError(outputsOf(once)[i]!, y) < 1e-5, label);
      t.ok(relativeError(outputsOf(twice)[i]!, y) < 1e-5, `${label}, optimised again`);
    }
  }
  return typesOf(optimizeProgram(source.program, source.parameters));
}

t.test('a bias along the rows of an image is none of the convolution', (t) => {
  const variables = { x: image, w: weights(1, 4, 4, 1, 1), b: weights(2, 4) };
  const add = (axis: number) => op('elementwise_add', { X: ['c'], Y: ['b'] }, { Out: ['y'] }, { axis: int(axis) });
  t.same(optimized(t, model(variables, [conv('w', 'x', 'c'), add(-1)], ['y'])), ['conv2d', 'elementwise_add']);
  t.same(optimized(t, model(variables, [conv('w', 'x', 'c'), add(1)], ['y'])), ['conv2d']);
  t.end();
});

t.test('shared parameters are copied before they are changed', (t) => {
  const variables = { x: image, w: weights(1, 4, 4, 1, 1), ...normParameters('n', 3), ...normParameters('o', 20) };
  const sum = op('elementwise_add', { X: ['p'], Y: ['q'] }, { Out: ['y'] }, { axis: int(-1) });
  const filter = [conv('w', 'x', 'c'), norm('n', 'c', 'p'), conv('w', 'x', 'd'), norm('o', 'd', 'q'), sum];
  t.same(optimized(t, model(variables, filter, ['y'])), ['conv2d', 'conv2d', 'elementwise_add']);
  const bias = [conv('w', 'x', 'c'), norm('n', 'c', 'p'), conv('w', 'p', 'd'), norm('o', 'd', 'y', 'n.b')];
  t.same(optimized(t, model(variables, bias, ['y'])), ['conv2d', 'conv2d']);
  t.end();
});

t.test('names that are written twice stay apart', (t) => {
  const variables = { x: image, w: weights(1, 4, 4, 1, 1), v: weights(2, 4, 4, 1, 1) };
  const relu = (from: string, to: string) => op('relu', { X: [from] }, { Out: [to] });
  const inPlace = [conv('w', 'x', 'c'), relu('c', 'c'), conv('v', 'c', 'y')];
  t.same(optimized(t, model(variables, inPlace, ['y'])), ['conv2d', 'conv2d']);
  // The second convolution reads what the first wrote, and writes the name of the input's relu.
  const reused = [relu('x', 'a'), conv('w', 'a', 'b'), relu('b', 'd'), conv('v', 'd', 'a'), relu('a', 'y')];
  t.same(optimized(t, model(variables, reused, ['y'])), ['relu', 'conv2d', 'conv2d']);
  t.end();
});

t.test('an identity behind an input does not rename the input', (t) => {
  const identity = op(
    'scale',
    { X: ['x'] },
    { Out: ['a'] },
    { scale: float(1), bias: float(0), bias_after_scale: bool(true) },
  );
  const source = model({ x: image }, [identity, op('tanh', { X: ['a'] }, { Out: ['y'] })], ['y'], { a: IMAGE });
  t.same(optimized(t, source), ['tanh']);
  const feed = (options: OptOptions) =>
    optimizeProgram(source.program, source.parameters, options).program.blocks[0]!.ops[0]!.outputs[0]!.arguments;
  t.same(feed({}), ['x']);
  t.same(feed({ fusions: 'upstream' }), ['a'], 'as the real opt does');
  const alone = model({ x: image }, [{ ...identity, outputs: { Out: ['y'] } }], ['y'], { y: IMAGE });
  t.same(optimized(t, alone), ['scale'], 'between input and output something must stand');
  t.end();
});

t.test('the fc of a product takes activations and flattenings along', (t) => {
  const variables = { x: { dims: [2, 3, 2, 2] }, w: weights(1, 12, 5), b: weights(2, 5) };
  const ops = [
    op('flatten_contiguous_range', { X: ['x'] }, { Out: ['f'] }, { start_axis: int(1), stop_axis: int(-1) }),
    op('matmul_v2', { X: ['f'], Y: ['w'] }, { Out: ['m'] }, { trans_x: bool(false), trans_y: bool(false) }),
    op('elementwise_add', { X: ['m'], Y: ['b'] }, { Out: ['a'] }, { axis: int(-1) }),
    op('relu6', { X: ['a'] }, { Out: ['y'] }),
  ];
  const shapes = { f: [2, 12], m: [2, 5], a: [2, 5], y: [2, 5] };
  t.same(optimized(t, model(variables, ops, ['y'], shapes)), ['fc']);
  t.end();
});

const quantised = (bits: 8 | 16, scales: readonly number[], name = 'w') => ({
  ...CONV,
  quantization_type: text('post_weight_channel_wise_abs_max'),
  quantize_weight_bits: int(bits),
  [`${name}_quant_scale`]: floats(...scales),
});
const integers: TestVariable = { dims: [2, 4, 1, 1], dataType: VarKind.INT8, data: [1, 2, 3, 127, -127, 5, 6, 7] };

t.test('scales of a quantised model', async (t) => {
  const convolution = (type: string, attributes: TestOp['attributes'], w: TestVariable = integers) =>
    model({ x: image, w }, [op(type, { Input: ['x'], Filter: ['w'] }, { Output: ['y'] }, attributes)], ['y']);
  const good = convolution('conv2d', quantised(8, [0.5, 0.25]));
  t.same(optimized(t, good), ['conv2d']);
  const one = convolution('conv2d', { ...quantised(8, [0.5]), quantization_type: text('post_weight_abs_max') });
  t.match(scalesOf(one), [[0.5, 0.5]], 'one scale is written once a channel');

  const wrong = convolution('conv2d', quantised(8, [0.5, 0.25, 0.125]));
  await refuses(t, () => optimizeProgram(wrong.program, wrong.parameters), 'E_WEIGHTS', "'w'", /3 scales/);
  const lost = convolution('conv2d', { ...quantised(8, []), w_quant_scale: ints(0, 0) });
  await refuses(t, () => optimizeProgram(lost.program, lost.parameters), 'E_WEIGHTS', "'w'");

  const test = convolution('conv2d', quantised(8, [0.5, 0.25]), weights(1, 2, 4, 1, 1));
  const made = optimizeProgram(test.program, test.parameters);
  t.same(scalesOf(test), [], 'fp32 weights have no scales');
  t.match(made.warnings, [/test model/]);
  t.notOk(made.program.blocks[0]!.ops.some(({ attrs }) => attrs.some(({ name }) => name === 'quantize_weight_bits')));
  t.end();
});

t.test('integers that the loader would take for fp32 become fp32', (t) => {
  const matrix: TestVariable = { dims: [2, 2], dataType: VarKind.INT8, data: [1, -2, 3, 127] };
  const product = op(
    'matmul_v2',
    { X: ['x'], Y: ['w'] },
    { Out: ['y'] },
    {
      quantize_weight_bits: int(8),
      w_quant_scale: floats(0.5, 2),
    },
  );
  const source = model({ x: { dims: [3, 2] }, w: matrix }, [product], ['y'], { y: [3, 2] });
  const { parameters, warnings } = optimizeProgram(source.program, source.parameters);
  const { dataType, data } = parameters.get('w')!;
  t.equal(dataType, VarKind.FP32);
  t.same([...new Float32Array(Uint8Array.from(data).buffer)], [0.5, -4, 1.5, 254]);
  t.match(warnings, [/'w' become fp32/]);
  t.end();
});

/** The scale lists of the optimised model, op by op. */
function scalesOf({ program, parameters }: Model, options: OptOptions = {}): number[][] {
  const { ops } = optimizeProgram(program, parameters, options).program.blocks[0]!;
  return ops.flatMap(({ attrs }) =>
    attrs.filter(({ name }) => name.endsWith('_quant_scale')).map(({ floats }) => floats!),
  );
}

t.test('weights become integers', async (t) => {
  const rows = [0, 0, 0, 0, 0.5, -1, 2.5, 127, 1e-40, -1e-40, 0, 3e-45, 1, 2, 3, 4];
  const source = model({ x: image, w: { dims: [4, 4, 1, 1], data: rows } }, [conv('w', 'x', 'y')], ['y']);
  for (const [quantType, Type, range] of [
    ['QUANT_INT8', Int8Array, 127],
    ['QUANT_INT16', Int16Array, 32767],
  ] as const) {
    const { data } = optimizeProgram(source.program, source.parameters, { quantType }).parameters.get('w')!;
    const values = [...new Type(Uint8Array.from(data).buffer)];
    t.same(values.slice(0, 4), [0, 0, 0, 0], 'a channel of zeros');
    t.equal(values[7], range);
    t.ok(Math.max(...values.map(Math.abs)) <= range);
    t.same([values[8], values[9]], [range, -range], 'nothing wraps to the other sign where the scale is subnormal');
    if (range === 127) t.same(values.slice(4, 8), [1, -1, 3, 127], 'halves away from zero');
  }
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const damaged = model(
      { x: image, w: { dims: [4, 4, 1, 1], data: rows.with(5, bad) } },
      [conv('w', 'x', 'y')],
      ['y'],
    );
    const run = () => optimizeProgram(damaged.program, damaged.parameters, { quantType: 'QUANT_INT8' });
    await refuses(t, run, 'E_WEIGHTS', `'w' hold ${bad}`);
  }
  const mixed = model(
    { x: image, w: integers, b: weights(5, 2) },
    [op('conv2d', { Input: ['x'], Filter: ['w'], Bias: ['b'] }, { Output: ['y'] }, quantised(8, [0.5, 0.25]))],
    ['y'],
  );
  const made = optimizeProgram(mixed.program, mixed.parameters, { quantType: 'QUANT_INT16' });
  t.equal(made.parameters.get('b')!.dataType, VarKind.FP32, 'one op has one width');
  t.match(made.warnings, [/has int8 weights already/]);
  t.same(scalesOf(mixed, { quantType: 'QUANT_INT8' }).length, 2, 'the same width is completed');
  t.end();
});

t.test('what cannot be optimised is refused', async (t) => {
  const run = (source: Model) => () => optimizeProgram(source.program, source.parameters);
  const unknown = ['relx', 'aaa'].map((type, i) => op(type, { X: ['x'] }, { Out: [`y${i}`] }));
  await refuses(t, run(model({ x: image }, unknown, ['y0'])), 'E_OP', "'aaa, relx'");
  const undeclared = programOf({ x: image }, [op('tanh', { X: ['x'] }, { Out: ['y'] })], ['y']);
  await refuses(t, run({ program: undeclared, parameters: new Map() }), 'E_MODEL', "'y'");
  const { program } = model({ x: image }, [op('tanh', { X: ['x'] }, { Out: ['y'] })], ['y']);
  const two = { ...program, blocks: [...program.blocks, { ...program.blocks[0]!, idx: 1, ops: [] }] };
  await refuses(t, run({ program: two, parameters: new Map() }), 'E_OP', /2 blocks/);
  const whole = model({ x: { dims: [2], dataType: VarKind.INT64 } }, [op('abs', { X: ['x'] }, { Out: ['y'] })], ['y']);
  await refuses(t, run(whole), 'E_OP', "'abs' of int64");
  t.end();
});
