/** What the real opt made of networks quantised by Paddle, and of sparse ones: Paddle's own outputs, here and on the boards' CPUs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { compile } from '../../src/compile.js';
import type { Graph } from '../../src/ir/graph.js';
import { elementCount, type Tensor } from '../../src/ir/tensor.js';
import { loadModel } from '../../src/load.js';
import { readNaiveBuffer } from '../../src/naive-buffer/index.js';
import { evaluateGraph } from '../../src/ops/evaluate.js';
import { importProgram } from '../../src/paddle/index.js';
import { lcgFloats } from '../support/lcg.js';
import { floatsOf, GOLDEN, relativeError } from '../support/models.js';
import { RUNNERS, runProgram } from '../support/run-program.js';

t.setTimeout(10 * 60 * 1000);

const folder = join(packageRoot, 'test', 'golden', 'nb');

interface Made {
  readonly shape: readonly number[];
  readonly nb: string;
  readonly output: string;
}

const MADE = Object.entries(
  JSON.parse(gunzipSync(readFileSync(join(folder, 'made.json.gz'))).toString()) as Record<string, Made>,
);

const SLIM = gunzipSync(readFileSync(join(folder, 'ocr_v2_cls_slim.nb.gz')));

function graphOf(name: string, nb: Uint8Array, shape: readonly number[]): Graph {
  const { program, parameters } = readNaiveBuffer(nb);
  return importProgram(name, program, parameters, { inputShapes: new Map([['x', shape]]) });
}

function inputOf(shape: readonly number[]): Map<string, Tensor> {
  const data = Float32Array.from({ length: elementCount(shape) }, (_, i) => (i % 17) / 17 - 0.5);
  return new Map([['x', { type: { dtype: 'f32', shape }, data }]]);
}

function evaluated(graph: Graph, shape: readonly number[]): Float32Array {
  const [y] = evaluateGraph(graph, inputOf(shape)).values();
  return y!.data as Float32Array;
}

t.test('outputs are those of Paddle', async (t) => {
  t.equal(MADE.length, 9);
  for (const [name, { nb, shape, output }] of MADE) {
    const bytes = Buffer.from(output, 'base64');
    const expected = new Float32Array(new Uint8Array(bytes).buffer);
    const graph = graphOf(name, Buffer.from(nb, 'base64'), shape);
    const error = relativeError(evaluated(graph, shape), expected);
    t.ok(error <= 1e-6, `${name}: ${error}`);
    for (const runner of RUNNERS) {
      for (const precision of ['fp32', 'int8'] as const) {
        const { program, graph: optimized } = compile(graph, { ...runner, precision, l2: 512 * 1024 });
        const { outputs } = await runProgram(runner, program, { graph, inputs: inputOf(shape) });
        const got = outputs.get(graph.outputs[0]!)!.data as Float32Array;
        // At int8, layers that opt left in fp32 are quantised at run time; those in int8 stay as they are.
        const exact = precision === 'fp32' || optimized.nodes.every(({ op }) => !/^(conv|fc|matmul)/.test(op));
        const difference = relativeError(got, expected);
        t.ok(difference <= (exact ? 1e-5 : 0.1), `${name}, ${runner.name}, ${precision}: ${difference}`);
      }
    }
  }
});

t.test('a text classifier of the demos, fully int8, gives the outputs of the real library', async (t) => {
  const shape = [1, 3, 48, 192];
  const graph = graphOf('slim', SLIM, shape);
  const rounded = (values: Float32Array) => [...values].map((value) => value.toFixed(6));
  t.same(rounded(evaluated(graph, shape)), ['0.297323', '0.702677']);
  for (const runner of RUNNERS) {
    for (const precision of ['fp32', 'int8'] as const) {
      const { program } = compile(graph, { ...runner, precision, l2: 512 * 1024 });
      const { outputs } = await runProgram(runner, program, { graph, inputs: inputOf(shape), threads: 3 });
      const got = outputs.get(graph.outputs[0]!)!.data as Float32Array;
      t.same(rounded(got), ['0.297323', '0.702677'], `${runner.name}, ${precision}`);
    }
  }
});

t.test('fp16 kernels become fp32 arithmetic', async (t) => {
  const model = join(GOLDEN, 'tiny-conv-bn-relu-2.2');
  const shape = [1, 3, 17, 23];
  const graph = await loadModel(join(model, 'arm.fp16.nb'), { inputShapes: new Map([['image', shape]]) });
  t.same(
    graph.nodes.map(({ op }) => op),
    ['cast', 'conv2d', 'unary', 'cast'],
  );
  const input = { type: { dtype: 'f32' as const, shape }, data: lcgFloats(elementCount(shape), 2) };
  const [y] = evaluateGraph(graph, new Map([[graph.inputs[0]!, input]])).values();
  const error = relativeError(
    y!.data as Float32Array,
    floatsOf(join(model, 'reference', 'lcg2_17x23_out_f32_1x32x9x12.bin')),
  );
  t.ok(error <= 1e-6, `${error}`);
});

t.test('sparse filters in rows padded to fours', async (t) => {
  const model = join(GOLDEN, 'opt-golden/zoo/sparse_0.9');
  const shape = [1, 32, 16, 16];
  const file = join(model, 'arm_sparse.nb');
  const graph = await loadModel(file);
  const x: Tensor = { type: { dtype: 'f32', shape }, data: lcgFloats(elementCount(shape), 5) };
  const [y] = evaluateGraph(graph, new Map([['x', x]])).values();
  const error = relativeError(y!.data as Float32Array, floatsOf(join(model, 'paddle_out.bin')));
  t.ok(error <= 1e-6, `${error}`);
  await t.rejects(loadModel(file, { inputShapes: new Map([['x', [1, 32, 16, 15]]]) }), {
    code: 'E_OP',
    message: /sparse weights that do not fit an input of 16 × 15/,
    hint: /input shape that opt was run with/,
  });
});
