import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Tensor } from '../../src/ir/tensor.js';
import { loadModel, loadModelWithSize } from '../../src/load.js';
import { importModel, readModel } from '../../src/onnx/index.js';
import { evaluateGraph } from '../../src/ops/evaluate.js';
import { floats, input, integers, type Message, modelBytes, node } from '../support/onnx-model.js';

const load = (graph: Message, rest: Message = {}, inputShapes?: Map<string, number[]>) =>
  importModel('test', readModel(modelBytes(graph, rest)), new Map(), { inputShapes });
const throws = (
  t: Pick<typeof import('tap').default, 'throws'>,
  make: () => unknown,
  code: string,
  message: RegExp,
  what?: string,
) => t.throws(make, { code, message }, what ?? message.source);
const ones = (shape: number[]): Tensor => ({
  type: { dtype: 'f32', shape },
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1),
});

t.test('the batch is 1 where it is open, other dimensions must be given', (t) => {
  const relu = [node('Relu', ['x'])];
  t.strictSame(load({ node: relu, input: [input('x', ['N', 3])] }).types.get('x')!.shape, [1, 3]);
  const open = { node: relu, input: [input('x', ['N', 3, 'height', 'width'])] };
  t.throws(() => load(open), {
    code: 'E_SHAPE',
    message: "the input 'x' has open dimensions: [-1,3,-1,-1]",
    hint: 'Say which shape to compile for: --input-shape x=1x3x224x224',
  });
  t.strictSame(load(open, {}, new Map([['x', [2, 3, 8, 9]]])).types.get('y')!.shape, [2, 3, 8, 9]);
  throws(t, () => load(open, {}, new Map([['x', [2, 3, 8]]])), 'E_SHAPE', /does not fit/);
  throws(t, () => load(open, {}, new Map([['z', [1]]])), 'E_INPUT', /no input 'z'/);
  const unknown = { node: relu, input: [{ name: 'x', type: { tensor_type: { elem_type: 1 } } }] };
  throws(t, () => load(unknown), 'E_SHAPE', /declares no shape/);
  t.strictSame(load(unknown, {}, new Map([['x', [4]]])).types.get('y')!.shape, [4]);
  const half = load({ node: relu, input: [input('x', [1], 10)] });
  t.equal(half.types.get('x')!.dtype, 'f32', 'half precision is computed in single');
  throws(t, () => load({ node: relu, input: [{ name: 'x', type: {} }] }), 'E_MODEL', /not declared as a tensor/);
  throws(t, () => load({ node: relu, input: [input('x', [1], 8)] }), 'E_MODEL', /element type \(STRING\)/);
  t.end();
});

t.test('all unsupported ops come at once, with counts and names', (t) => {
  const chain = ['NonZero', 'Loop', 'NonZero', 'NonZero', 'NonZero', 'If'].map((op, i) => ({
    ...node(op, [i === 0 ? 'x' : `v${i - 1}`], { name: i === 3 ? '' : `n${i}` }),
    output: [`v${i}`],
    attribute: op === 'If' ? [{ name: 'then_branch', type: 5, g: Uint8Array.of(1, 2, 3) }] : [],
  }));
  const domains = [
    { ...node('FusedConv', ['v5'], { domain: 'com.microsoft', name: 'f' }), output: ['w'] },
    { ...node('Own', ['w'], { domain: 'local' }) },
    // A function of the model hides the op of this name.
    { ...node('Relu', ['x'], { name: 'r' }), output: ['z'] },
    { ...node('Unused', ['x']), output: ['nobody reads this'] },
  ];
  const graph = { node: [...chain, ...domains], output: [{ name: 'y' }, { name: 'z' }] };
  t.throws(() => load(graph, { functions: [{ name: 'Own', domain: 'local' }, { name: 'Relu' }] }), {
    code: 'E_OP',
    message:
      "the model uses unsupported ops: If (1: 'n5'); Loop (1: 'n1'); NonZero (4: 'n0', 'n2', node 3, makes 'v3', …); " +
      "Relu (1: 'r'); com.microsoft::FusedConv (1: 'f'); local::Own (1: node 7, makes 'y')",
    details: { ops: { NonZero: 4 } },
  });
  t.end();
});

t.test('versions, order and outputs', (t) => {
  const relu = { node: [node('Relu', ['x'])] };
  for (const version of [6, 24, 2 ** 40]) {
    throws(t, () => load(relu, { opset_import: [{ version }] }), 'E_MODEL', new RegExp(`version ${version} of`));
  }
  throws(t, () => load(relu, { opset_import: [{ domain: 'x', version: 1 }] }), 'E_MODEL', /does not say which version/);
  t.equal(load(relu, { opset_import: [{ domain: 'ai.onnx', version: 9 }] }).nodes.length, 1);
  throws(t, () => load({ node: [node('Relu', ['y'])] }), 'E_MODEL', /Relu .* reads 'y', which nothing before it makes/);
  throws(t, () => load({ node: [node('Add', ['x'])] }), 'E_OP', /has no input 1/);
  throws(t, () => load({ ...relu, sparse_initializer: [Uint8Array.of()] }), 'E_MODEL', /sparse/);
  throws(t, () => load({ node: [node('Relu', ['x']), node('Abs', ['x'])] }), 'E_MODEL', /made twice/);
  throws(t, () => load({ ...relu, output: [] }), 'E_MODEL', /no output/);
  const wrong = { name: 'alpha', type: 2, i: 1 };
  throws(t, () => load({ node: [node('LeakyRelu', ['x'], { attribute: [wrong] })] }), 'E_OP', /'alpha' of LeakyRelu/);
  const softmax = { node: [node('Softmax', ['x'])], input: [input('x', [2], 7)] };
  throws(t, () => load(softmax), 'E_OP', /Softmax .* computes in f32, not i64/);
  t.end();
});

t.test('damaged and hostile tensors', (t) => {
  const add = (w: Message) => () => load({ node: [node('Add', ['x', 'w'])], initializer: [{ name: 'w', ...w }] });
  throws(t, add({ dims: [2], data_type: 1, raw_data: new Uint8Array(7) }), 'E_WEIGHTS', /7 bytes of data .* not 8/);
  throws(t, add({ dims: [2], data_type: 1, float_data: [1] }), 'E_WEIGHTS', /1 elements for the shape \[2\]/);
  throws(t, add({ dims: [2 ** 40], data_type: 1, raw_data: new Uint8Array(8) }), 'E_WEIGHTS', /not 4398046511104/);
  throws(t, add({ dims: [-1], data_type: 1 }), 'E_WEIGHTS', /impossible shape/);
  throws(t, add({ dims: [2], data_type: 8 }), 'E_WEIGHTS', /element type STRING/);
  throws(t, add({ dims: [2], data_type: 23 }), 'E_WEIGHTS', /element type number 23/);
  throws(t, add({ dims: [0], data_type: 1 }), 'E_SHAPE', /cannot be broadcast|empty/);
  const nan = { node: [node('Conv', ['x', 'w'])], input: [input('x', [1, 1, 1, 1])] };
  const weights = [floats('w', [1, 1, 1, 1], [Number.NaN])];
  throws(t, () => load({ ...nan, initializer: weights }), 'E_WEIGHTS', /'w' hold NaN/);
  const huge = 2 ** 30;
  for (const [op, sizes] of [
    ['ConstantOfShape', [huge, huge]],
    ['Expand', [huge, huge, 2]],
    ['Tile', [huge, huge]],
    ['Reshape', [huge, huge]],
    ['Pad', [0, 0, huge, huge]],
  ] as const) {
    const inputs = op === 'ConstantOfShape' ? ['s'] : ['x', 's'];
    throws(t, () => load({ node: [node(op, inputs)], initializer: [integers('s', sizes)] }), 'E_', /./, op);
  }
  const resize = { node: [node('Resize', ['x', '', '', 's'])], input: [input('x', [1, 1, 1, 1])] };
  throws(t, () => load({ ...resize, initializer: [integers('s', [1, 1, huge, 1])] }), 'E_OP', /no usable result size/);
  const three = ['a', 'b', 'c'].map((name, i) => ({ ...integers(name, [[0, huge, 1][i]!]) }));
  throws(t, () => load({ node: [node('Range', ['a', 'b', 'c'])], initializer: three }), 'E_OP', /too large/);
  t.end();
});

t.test('an initializer is a view of the file where it is aligned', (t) => {
  const views = [0, 1, 2, 3].filter((shift) => {
    const add = node('Add', ['x', 'w'], { name: 'n'.repeat(shift + 1) });
    const file = modelBytes({ node: [add], initializer: [floats('w', [2], [1, 2])] });
    const graph = importModel('test', readModel(file));
    const { data } = graph.constants.get('w')!;
    t.strictSame([...data], [1, 2]);
    return data.buffer === file.buffer;
  });
  t.equal(views.length, 1, 'at one of four lengths of what stands before');
  t.end();
});

t.test('data beside the model: inside its folder, long enough, or an error', async (t) => {
  const dir = t.testdir({ model: { sub: {} }, outside: new Uint8Array(64).toString() });
  const folder = join(dir, 'model');
  const external = (location: string, rest: Record<string, string> = {}) => ({
    ...{ name: 'w', dims: [2], data_type: 1, data_location: 1 },
    external_data: Object.entries({ location, ...rest }).map(([key, value]) => ({ key, value })),
  });
  const run = async (w: Message) => {
    const file = join(folder, 'm.onnx');
    writeFileSync(file, modelBytes({ node: [node('Add', ['x', 'w'])], initializer: [w] }));
    const { graphs, bytes } = await loadModelWithSize(file, []);
    const [graph] = graphs;
    return { y: [...evaluateGraph(graph, new Map([['x', ones([1, 2])]])).get('y')!.data], bytes };
  };
  writeFileSync(join(folder, 'sub', 'data'), new Uint8Array(Float32Array.of(9, 1, 2, 3).buffer));
  const { y, bytes } = await run(external('sub/data', { offset: '4', length: '8' }));
  t.strictSame(y, [2, 3]);
  t.ok(bytes > 16 + 50, 'the data counts to the size of the model');
  t.strictSame((await run(external('./sub/../sub/data'))).y, [10, 2], 'offset 0 and the length of the shape');
  const fails = async (w: Message, code: string, message: RegExp) => t.rejects(run(w), { code, message });
  await fails(external('sub/data', { offset: '12' }), 'E_WEIGHTS', /8 bytes at byte 12 of 'sub\/data', which has 16/);
  await fails(external('sub/data', { length: '4' }), 'E_WEIGHTS', /4 bytes of data/);
  await fails(external('sub/data', { offset: '-4' }), 'E_MODEL', /no number/);
  await fails(external('sub/data', { offset: '9'.repeat(30) }), 'E_MODEL', /no number/);
  await fails(external('absent'), 'E_MODEL_NOT_FOUND', /is missing/);
  symlinkSync(join(dir, 'outside'), join(folder, 'link'));
  mkdirSync(join(folder, 'folder'));
  for (const location of ['../outside', 'sub/../../outside', join(dir, 'outside'), 'link', 'folder', '.', '', 'a\0b']) {
    await fails(external(location), 'E_MODEL', /not a file inside the model's folder/);
  }
});

t.test('what is no ONNX model is told apart', async (t) => {
  const file = join(t.testdir({}), 'x.onnx');
  for (const [content, message] of [
    ['', /empty/],
    ['not a model at all', /not an ONNX model|no ONNX model/],
    ['\x08\x07', /no graph/],
  ] as const) {
    writeFileSync(file, content);
    await t.rejects(loadModel(file), { code: 'E_MODEL', message });
  }
});
