import t from 'tap';
import { EdgeDeployError } from '../../src/base/errors.js';
import { compile } from '../../src/compile.js';
import type { Graph } from '../../src/ir/graph.js';
import type { Tensor } from '../../src/ir/tensor.js';
import { evaluateGraph } from '../../src/ops/evaluate.js';
import { importers } from '../../src/paddle/ops/index.js';
import { differenceFrom, importCase, type OpCase, opCases } from '../support/golden-ops.js';
import { joinGraphs } from '../support/join-graphs.js';
import { RUNNERS, type Runner, runProgram } from '../support/run-program.js';

/** The first build for an architecture compiles its C library as well. */
t.setTimeout(10 * 60 * 1000);

const TOLERANCE = 1e-4;
/** Inputs or outputs of one program: the runner takes 256. */
const BINDINGS = 250;

/**
 * What Paddle computes and this compiler refuses, by the end of the case's name, and what the message says behind the op and
 * its output. Every other case must agree.
 */
const REFUSED: Readonly<Record<string, RegExp>> = {
  'activation: pow FactorTensor is an input': /needs one number in 'FactorTensor' that is known at compile time/,
  'activation: clip Min is an input': /needs one number in 'Min' that is known at compile time/,
  'activation: scale ScaleTensor is an input': /needs one number in 'ScaleTensor' that is known at compile time/,
  '1.8/activation: mish threshold': /has the threshold 2: only 20 is supported/,
  'activation: tanh float64': /needs f32, not f64/,
  ...each(['abs', 'square', 'pow'], (op) => `activation: ${op} int32`, /needs f32, not i32/),
  ...each(['abs', 'square', 'pow'], (op) => `activation: ${op} int64`, /needs f32, not i64/),
  '2.6/activation: clip int32': /needs f32, not i32/,
  '2.6/activation: clip int64': /needs f32, not i64/,
  'chain: reshape2 by values of an input': /needs the value of 'x1' at compile time/,
  'conv: conv2d, filter from an input': /takes its weights 'x1' from another op/,
  'conv: conv2d_transpose, filter from an input': /takes its weights 'x1' from another op/,
  'elementwise: elementwise_add float64': /cannot combine f64 with f64/,
  '1.8/image: pad2d int32': /pad needs f32, not i32/,
  '2.6/image: pad3d negative': /has the unusable paddings \[-1,1,0,0,0,0\]/,
  'image: pad int64': /pad needs f32, not i64/,
  'matrix: fc padded weights': /has padded weights \(padding_weights\), not supported/,
  '1.8/norm: batch_norm trainable statistics in a test': /is in training mode/,
  'pool: pool2d max adaptive': /has adaptive = true with pooling_type 'max'/,
  ...each(
    ['sum', 'max', 'min', 'prod'],
    (kind) => `reduce: reduce_${kind} int32`,
    /reduces i32, which is only supported/,
  ),
  ...each(
    ['sum', 'max', 'min', 'prod'],
    (kind) => `reduce: reduce_${kind} int64`,
    /reduces i64, which is only supported/,
  ),
  'reduce: arg_max int32': /arg_max needs f32, not i32/,
  'select: cast to float16 and back': /uses the unsupported element type FP16/,
};

function each(list: readonly string[], name: (item: string) => string, message: RegExp): Record<string, RegExp> {
  return Object.fromEntries(list.map((item) => [name(item), message]));
}

function refusalOf({ name }: OpCase): RegExp | undefined {
  return Object.entries(REFUSED).find(([end]) => name === end || name.endsWith(`/${end}`))?.[1];
}

const CASES = opCases();
const REFUSED_CASES = CASES.filter(refusalOf);
/** A case with what the importer makes of it. */
interface Imported extends OpCase {
  readonly graph: Graph;
}

const FAMILIES = new Map<string, Imported[]>();
for (const one of CASES.filter((one) => !refusalOf(one))) {
  const family = one.name.split(':')[0]!;
  FAMILIES.set(family, [...(FAMILIES.get(family) ?? []), { ...one, graph: importCase(one) }]);
}

t.test('no case is left out', (t) => {
  t.equal(CASES.length, 4538);
  t.equal(REFUSED_CASES.length, 60);
  for (const end of Object.keys(REFUSED)) {
    t.ok(
      REFUSED_CASES.some(({ name }) => name === end || name.endsWith(`/${end}`)),
      `${end} is a case`,
    );
  }
  t.end();
});

t.test('every op that can be imported has a case', (t) => {
  const text = CASES.map(({ program }) => Buffer.from(program).toString('latin1')).join('\n');
  // The op's type in a program, as its field 3: the wire says how long it is.
  const missing = [...importers.keys()].filter((op) => !text.includes(`\x1a${String.fromCharCode(op.length)}${op}`));
  // Those that only Paddle-Lite writes are in its .nb files: test/naive-buffer.
  const paddle = missing.filter((op) => !/^(fusion_elementwise_.*_activation|calib.*|sparse_conv2d)$/.test(op));
  t.same(paddle, ['sync_batch_norm'], 'one has no kernel on a CPU');
  t.end();
});

t.test('what is not supported is refused with the op, its output and the reason', (t) => {
  for (const one of REFUSED_CASES) {
    const error = thrownBy(() => compileFor(importCase(one), RUNNERS[0]!));
    t.ok(error instanceof EdgeDeployError && error.code === 'E_OP', `${one.name}: ${error}`);
    t.match(error?.message, refusalOf(one)!);
    const op = one.name.split(': ')[1]!.split(/[ ,]/)[0]!;
    t.match(error?.message, new RegExp(`${op}.* '[wy]\\d+'`), 'names the op and what it makes');
  }
  t.end();
});

for (const [family, cases] of FAMILIES) {
  t.test(`${family}: the reference agrees with Paddle`, (t) => {
    const problems = cases.flatMap((one) => problemsOf(one, [...evaluateGraph(one.graph, one.inputs).values()]));
    t.same(problems, [], `${cases.length} cases`);
    t.end();
  });
}

for (const runner of RUNNERS) {
  t.test(`${runner.name} agrees with Paddle`, async (t) => {
    for (const [family, cases] of FAMILIES) {
      const problems: string[] = [];
      for (const batch of batches(cases)) problems.push(...(await run(batch, runner)));
      t.same(problems, [], `${family}: ${cases.length} cases`);
    }
  });
}

function thrownBy(work: () => unknown): Error | undefined {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  return undefined;
}

function compileFor(graph: Graph, { architecture, path }: Runner): Uint8Array {
  return compile(graph, { architecture, path, precision: 'fp32', l2: 512 * 1024 }).program;
}

/** The compiled cases, many in one program because starting an emulator costs more than they do. */
async function run(cases: readonly Imported[], runner: Runner): Promise<string[]> {
  const joined = joinGraphs(cases.map(({ graph }) => graph));
  const inputs = new Map(cases.flatMap((one, i) => [...one.inputs].map(([name, value]) => [`${i}/${name}`, value])));
  const { outputs } = await runProgram(runner, compileFor(joined, runner), { graph: joined, inputs });
  return cases.flatMap((one, i) =>
    problemsOf(
      one,
      one.graph.outputs.map((name) => outputs.get(`${i}/${name}`)!),
    ),
  );
}

function batches(cases: readonly Imported[]): Imported[][] {
  const result: Imported[][] = [];
  let bindings = BINDINGS;
  for (const one of cases) {
    const own = Math.max(one.inputs.size, one.outputs.length);
    if (bindings + own > BINDINGS) {
      result.push([]);
      bindings = 0;
    }
    result.at(-1)!.push(one);
    bindings += own;
  }
  return result;
}

function problemsOf(one: OpCase, got: readonly Tensor[]): string[] {
  return one.outputs
    .map((expected, i) => differenceFrom(expected, got[i]!, TOLERANCE))
    .filter((problem) => problem !== '')
    .map((problem) => `${one.name}: ${problem}`);
}
