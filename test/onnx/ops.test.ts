import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import t from 'tap';
import { EdgeDeployError } from '../../src/base/errors.js';
import { packageRoot } from '../../src/base/package-root.js';
import { compile } from '../../src/compile.js';
import type { Graph } from '../../src/ir/graph.js';
import { type DType, elementCount, formatType, type Tensor } from '../../src/ir/tensor.js';
import { importModel, readModel } from '../../src/onnx/index.js';
import { evaluateGraph } from '../../src/ops/evaluate.js';
import { verifyGraph } from '../../src/ops/verify.js';
import { lcgFloats } from '../support/lcg.js';
import { relativeError } from '../support/models.js';
import { RUNNERS, runProgram } from '../support/run-program.js';

interface PiecewiseRecord {
  readonly name: string;
  readonly type: DType;
  readonly shape: number[];
  readonly data?: string;
  readonly seed?: number;
}

interface Case {
  readonly name: string;
  readonly model: string;
  readonly inputs: PiecewiseRecord[];
  readonly outputs?: PiecewiseRecord[];
  readonly refused?: string;
}

/** What real onnxruntime made of models of one op: see make-ops.py beside the file. */
const { cases } = JSON.parse(
  gunzipSync(readFileSync(join(packageRoot, 'test', 'golden', 'onnx', 'ops.json.gz'))).toString(),
) as { cases: Case[] };

const importCase = (one: Case): Graph => importModel(one.name, readModel(Buffer.from(one.model, 'base64')));

function tensorOf({ type: dtype, shape, data, seed }: PiecewiseRecord): Tensor {
  const type = { dtype, shape };
  if (data === undefined) return { type, data: lcgFloats(elementCount(shape), seed!) };
  const bytes = new Uint8Array(Buffer.from(data, 'base64')).buffer;
  if (dtype === 'f32') return { type, data: new Float32Array(bytes) };
  if (dtype === 'i64') return { type, data: new BigInt64Array(bytes) };
  return { type, data: dtype === 'i32' ? new Int32Array(bytes) : new Uint8Array(bytes) };
}

/** The worst error over all outputs, relative to the largest value; infinite where types or integers differ. */
function errorOf(one: Case, got: ReadonlyMap<string, Tensor>): number {
  const errors = one.outputs!.map((stored) => {
    const [expected, y] = [tensorOf(stored), got.get(stored.name)];
    if (y === undefined || formatType(y.type) !== formatType(expected.type)) return Number.POSITIVE_INFINITY;
    const [numbers, wanted] = [y, expected].map(({ data }) => Array.from(data as ArrayLike<number | bigint>, Number));
    if (stored.type === 'f32') return relativeError(numbers!, wanted!);
    return numbers!.every((value, i) => value === wanted![i]) ? 0 : Number.POSITIVE_INFINITY;
  });
  return Math.max(...errors);
}

const supported = cases.filter(({ refused }) => refused === undefined);

t.test('every op gives what onnxruntime does', (t) => {
  t.ok(supported.length >= 360, `${supported.length} cases`);
  for (const one of supported) {
    try {
      const graph = importCase(one);
      verifyGraph(graph);
      const inputs = new Map(one.inputs.map((stored) => [stored.name, tensorOf(stored)]));
      const error = errorOf(one, evaluateGraph(graph, inputs));
      t.ok(error <= 2e-6, `${one.name}: ${error.toExponential(1)}`);
    } catch (error) {
      t.fail(`${one.name}: ${error instanceof Error ? error.message : error}`);
    }
  }
  t.end();
});

t.test('and so do the compiled programs', async (t) => {
  const runner = RUNNERS[0]!;
  const waiting = [...supported];
  const work = async () => {
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
      const graph = importCase(one);
      const inputs = new Map(one.inputs.map((stored) => [stored.name, tensorOf(stored)]));
      try {
        const { program } = compile(graph, { ...runner, precision: 'fp32', l2: 512 * 1024 });
        const error = errorOf(one, (await runProgram(runner, program, { graph, inputs })).outputs);
        t.ok(error <= 1e-5, `${one.name}: ${error.toExponential(1)}`);
      } catch (error) {
        t.fail(`${one.name}: ${error instanceof Error ? error.message : error}`);
      }
    }
  };
  await Promise.all([work(), work(), work(), work()]);
});

t.test('what cannot be expressed is refused by op, node and attribute', (t) => {
  const refused = cases.filter((one) => one.refused !== undefined);
  t.ok(refused.length >= 11);
  for (const one of refused) {
    try {
      importCase(one);
      t.fail(`${one.name} was imported`);
    } catch (error) {
      if (!(error instanceof EdgeDeployError)) throw error;
      t.equal(error.code, 'E_OP', one.name);
      t.ok(error.message.includes(one.refused!), error.message);
      t.match(error.message, /\w+ \((1: )?'the \w+ of /);
    }
  }
  t.end();
});
