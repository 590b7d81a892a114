import { cpSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { compile } from '../../src/compile.js';
import type { Tensor } from '../../src/ir/tensor.js';
import { loadModel, loadModelWithSize } from '../../src/load.js';
import { readTensor } from '../../src/onnx/index.js';
import { constantOf } from '../../src/onnx/tensor.js';
import { evaluateGraph } from '../../src/ops/evaluate.js';
import { lcgFloats } from '../support/lcg.js';
import { floatsOf, GOLDEN, relativeError } from '../support/models.js';
import { RUNNERS, runProgram } from '../support/run-program.js';

const folder = join(packageRoot, 'test', 'golden', 'onnx');
const pb = (name: string): Tensor => constantOf(readTensor(readFileSync(join(folder, name))), name, new Map());

t.test('MNIST of the model zoo gives its outputs', async (t) => {
  const graph = await loadModel(join(folder, 'mnist-8.onnx'));
  t.strictSame([graph.inputs, graph.outputs], [['Input3'], ['Plus214_Output_0']], 'initializers are no inputs');
  for (const set of [0, 1, 2]) {
    const [y] = evaluateGraph(graph, new Map([['Input3', pb(`mnist-8.input_${set}.pb`)]])).values();
    const expected = pb(`mnist-8.output_${set}.pb`);
    t.strictSame(y!.type, expected.type);
    const error = relativeError(y!.data as Float32Array, expected.data as Float32Array);
    t.ok(error <= 1e-6, `set ${set}: ${error.toExponential(1)}`);
  }
});

t.test('super resolution gives its output, compiled', async (t) => {
  const graph = await loadModel(join(folder, 'super-resolution-10.onnx'));
  const runner = RUNNERS[0]!;
  const { program } = compile(graph, { ...runner, precision: 'fp32', l2: 512 * 1024 });
  const inputs = new Map([['input', pb('super-resolution-10.input_0.pb')]]);
  const { outputs } = await runProgram(runner, program, { graph, inputs });
  const y = outputs.get('output')!;
  t.strictSame(y.type.shape, [1, 1, 672, 672]);
  const every8 = (y.data as Float32Array).filter((_, i) => i % 8 === 0);
  const error = relativeError(every8, floatsOf(join(folder, 'super-resolution-10.output_0.every8.f32')));
  t.ok(error <= 2e-6, error.toExponential(1));
});

t.test('a network that came as Paddle and as ONNX is the same, in every precision', async (t) => {
  const reference = join(GOLDEN, 'ppocrv3-paddle-and-onnx');
  const shape = [1, 3, 48, 192];
  const inputShapes = new Map([['x', shape]]);
  const input = new Map([['x', { type: { dtype: 'f32' as const, shape }, data: lcgFloats(3 * 48 * 192, 1) }]]);
  const paddle = await loadModel(join(reference, 'cls_paddle'), { inputShapes });
  const { graphs, bytes } = await loadModelWithSize(join(folder, 'ppocrv3-cls.onnx'), [inputShapes]);
  const [graph] = graphs;
  t.equal(bytes, 579_462);
  const outputOf = (model: typeof graph) => [...evaluateGraph(model, input).values()][0]!.data as Float32Array;
  const y = outputOf(graph);
  const golden = relativeError(y, floatsOf(join(reference, 'reference', 'paddle_cls_lcg1_48x192_out_f32_1x2.bin')));
  t.ok(golden <= 1e-5, `Paddle's own output: ${golden.toExponential(1)}`);
  const twin = relativeError(y, outputOf(paddle));
  t.ok(twin <= 1e-5, `the twin's: ${twin.toExponential(1)}`);
  const runner = RUNNERS[0]!;
  for (const [precision, bound] of [
    ['fp32', 1e-5],
    ['int8w', 1e-5],
    ['int8', 5e-2],
  ] as const) {
    const [one, other] = [graph, paddle].map((model) => compile(model, { ...runner, precision, l2: 512 * 1024 })) as [
      ReturnType<typeof compile>,
      ReturnType<typeof compile>,
    ];
    t.equal(one.program.length, other.program.length, `${precision}: programs of one size`);
    const results = await Promise.all(
      [one, other].map(({ program, graph: own }) => runProgram(runner, program, { graph: own, inputs: input })),
    );
    const [a, b] = results.map(({ outputs }) => [...outputs.values()][0]!.data as Float32Array);
    const error = relativeError(a!, b!);
    t.ok(error <= bound, `${precision}: ${error.toExponential(1)}`);
  }
});

t.test('where a model may be', async (t) => {
  const dir = t.testdir({ one: {}, two: {}, both: {}, none: {} });
  const put = (to: string) => cpSync(join(folder, 'mnist-8.onnx'), join(dir, to));
  for (const file of ['one/a.onnx', 'two/a.onnx', 'two/b.onnx', 'both/a.onnx', 'none/a.txt']) put(file);
  cpSync(join(folder, 'mnist-8.onnx'), join(dir, 'both', '__model__'));
  t.equal((await loadModel(join(dir, 'one'))).name, 'a');
  t.equal((await loadModel(join(dir, 'two'), { modelFile: 'b.onnx' })).name, 'b');
  await t.rejects(loadModel(join(dir, 'two')), { code: 'E_MODEL_NOT_FOUND', message: /2 models: a\.onnx, b\.onnx/ });
  // A Paddle program goes first: here a damaged one.
  await t.rejects(loadModel(join(dir, 'both')), { code: /^E_/, message: /Paddle|program/ });
  await t.rejects(loadModel(join(dir, 'none')), { code: 'E_MODEL_NOT_FOUND', message: /no Paddle program/ });
  await t.rejects(loadModel(join(dir, 'absent.onnx')), { code: 'E_MODEL_NOT_FOUND' });
  renameSync(join(dir, 'none'), join(dir, 'folder.onnx'));
  await t.rejects(loadModel(join(dir, 'folder.onnx')), { code: 'E_MODEL_NOT_FOUND' });
});
