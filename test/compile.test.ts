import t from 'tap';
import { compile, PRECISIONS } from '../src/compile.js';
import type { Graph } from '../src/ir/graph.js';
import { loadModel, loadPlans } from '../src/load.js';
import { lower } from '../src/lower/index.js';
import { plan } from '../src/plan/index.js';
import { readProgramFile } from '../src/program/read.js';
import { interpret } from './support/interpret.js';
import { type GoldenCase, goldenCases, relativeError } from './support/models.js';

const OPTIONS = { architecture: 'aarch64', path: 'neon', l2: 512 * 1024 } as const;
/** More multiply-accumulates than this are left to the kernels' own end-to-end tests. */
const SMALL = 5_000_000;

/** A batch of 64 is cut down to its first image: the interpreter is for proving, not for speed. */
function firstOf(golden: GoldenCase) {
  const [batch = 1, ...rest] = golden.shape;
  const keep = batch === 64 ? 1 : batch;
  const cut = (data: Float32Array) => data.subarray(0, (data.length / batch) * keep);
  return { shape: [keep, ...rest], data: cut(golden.inputData()), expected: cut(golden.expected()) };
}

const CASES = goldenCases().filter(({ every }) => every === undefined);

t.test('the whole pipeline, interpreted, agrees with Paddle', async (t) => {
  let compared = 0;
  for (const golden of CASES) {
    const { shape, data, expected } = firstOf(golden);
    if (shape.reduce((a, b) => a * b, 1) > 100_000) continue;
    const graph = await loadModel(golden.path, { inputShapes: new Map([[golden.input, shape]]) });
    for (const precision of golden.precisions) {
      const options = { ...OPTIONS, precision };
      const compiled = compile(graph, options);
      if (compiled.macs > SMALL) continue;
      const lowered = lower(compiled.graph, options);
      const input = { type: graph.types.get(golden.input)!, data };
      const [output] = interpret(lowered, plan(lowered), new Map([[golden.input, input]])).values();
      const worst = relativeError(output!.data as Float32Array, expected);
      t.ok(worst <= 1e-4, `${golden.name}, ${precision}: ${worst}`);
      compared++;
    }
  }
  t.ok(compared > 80, `${compared} comparisons`);
});

async function mobilenet(quantized?: string): Promise<Graph> {
  const golden = CASES.find(({ name }) => name === `fashion-mobilenet-2.6/${quantized ?? 'fp32'}`)!;
  return loadModel(golden.path, { inputShapes: new Map([[golden.input, [1, 1, 28, 28]]]) });
}

t.test('integers make the program file smaller', async (t) => {
  const graph = await mobilenet();
  const compiled = PRECISIONS.map((precision) => compile(graph, { ...OPTIONS, precision }));
  const [fp32, int8w, int16w, int8] = compiled.map(({ constantBytes }) => constantBytes) as [
    number,
    number,
    number,
    number,
  ];
  // So small a network keeps a good part in biases, scales and (int8) column sums: a large one comes to a quarter.
  t.ok(Math.max(int8w, int8) < fp32 / 3, `${int8w} and ${int8} of ${fp32} bytes of weights`);
  t.ok(int16w < 0.55 * fp32, `${int16w} of ${fp32} bytes of weights`);
  for (const { program, arenaBytes } of compiled) t.equal(readProgramFile(program).arenaBytes, arenaBytes);
  t.same(compiled[0]!.weights, [], 'fp32 quantises nothing');
  t.ok(compiled[1]!.weights.length > 5, 'the others report each weight');
});

t.test('a quantised model keeps its integers', async (t) => {
  const quantized = CASES.find(
    ({ name, precisions }) => name.startsWith('fashion-mobilenet-2.6/') && precisions.includes('int16w'),
  )!;
  const graph = await mobilenet(quantized.name.split('/')[1]);
  t.throws(() => compile(graph, { ...OPTIONS, precision: 'int8w' }), { code: 'E_USAGE', message: /are int16 already/ });
  t.same(compile(graph, { ...OPTIONS, precision: 'int16w' }).weights, []);
});

t.test('plans for several input shapes share their weights, in the file and in memory', async (t) => {
  const golden = CASES.find(({ name }) => name.startsWith('ppocrv3-paddle-and-onnx/cls_paddle'))!;
  const shapes = [192, 320, 100].map((width) => new Map([[golden.input, [1, 3, 48, width]]]));
  const graphs = await loadPlans(golden.path, shapes);
  for (const precision of PRECISIONS) {
    const apart = graphs.map((graph) => compile(graph, { ...OPTIONS, precision }));
    const together = compile(graphs, { ...OPTIONS, precision });
    t.equal(together.plans.length, 3);
    t.same(
      together.plans.map(({ macs, arenaBytes }) => [macs, arenaBytes]),
      apart.map(({ macs, arenaBytes }) => [macs, arenaBytes]),
      `${precision}: plans are those of a program of their own`,
    );
    t.equal(together.arenaBytes, apart[1]!.arenaBytes, 'one arena, as large as the widest needs');
    t.ok(together.constantBytes <= apart[0]!.constantBytes, `${together.constantBytes} bytes of weights`);
    // Tensors and step records: less than 200 bytes for each of 76 steps.
    const growth = together.program.length - apart[0]!.program.length;
    t.ok(growth > 0 && growth < 2 * 76 * 200, `${growth} bytes more than one plan`);
    const [first, ...others] = together.plans;
    for (const stage of ['model', 'graph'] as const) {
      const own = new Set([...first[stage].constants.values()].map(({ data }) => data));
      const kept = others.flatMap((plan) => [...plan[stage].constants.values()].map(({ data }) => data));
      const extra = kept.filter((data) => !own.has(data)).reduce((sum, { byteLength }) => sum + byteLength, 0);
      t.ok(kept.length > 100 && extra < 1000, `${precision}, ${stage}: ${extra} bytes that the first plan has not`);
    }
    t.same(
      readProgramFile(together.program).plans.map(({ inputs }) => inputs[0]!.shape[3]),
      [192, 320, 100],
    );
    t.ok(Buffer.from(together.program).equals(Buffer.from(compile(graphs, { ...OPTIONS, precision }).program)));
  }
  t.throws(() => compile([...graphs, graphs[0]], { ...OPTIONS, precision: 'fp32' }), {
    code: 'E_USAGE',
    message: /x f32\[1,3,48,192\] are given twice/,
  });
});

t.test('one graph in a list is compiled as by itself', async (t) => {
  const graph = await mobilenet();
  const [one, list] = [graph, [graph]].map((model) => compile(model, { ...OPTIONS, precision: 'int8' }).program);
  t.ok(Buffer.from(one!).equals(Buffer.from(list!)));
});

t.test('equal models give equal program files', async (t) => {
  const [first, second] = [await mobilenet(), await mobilenet()].map((graph) =>
    compile(graph, { ...OPTIONS, precision: 'int8' }),
  );
  t.ok(Buffer.from(first!.program).equals(Buffer.from(second!.program)));
});
