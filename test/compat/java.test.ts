/** PaddlePredictor.jar in a real Java virtual machine: what models compute, and every promise of the API. */
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { compile } from '../../src/compile.js';
import type { Graph } from '../../src/ir/graph.js';
import { loadPlans } from '../../src/load.js';
import { importProgram, VarKind } from '../../src/paddle/index.js';
import { prepareJava } from '../support/java.js';
import { floatsOf, GOLDEN, type GoldenCase, goldenCases, relativeError } from '../support/models.js';
import { int, op, programOf } from '../support/programs.js';
import { RUNNERS, type Runner } from '../support/run-program.js';
import { sums } from '../support/sums.js';

t.setTimeout(10 * 60 * 1000);

const folder = t.testdir({});
const sources = ['Run', 'Surface'].map((name) => join(packageRoot, 'test/compat/java', `${name}.java`));
const java = await prepareJava(folder, sources);
const [host, foreign] = RUNNERS as [Runner, Runner];

const compiled = (graphs: readonly Graph[], { architecture, path } = host) =>
  compile(graphs, { architecture, path, precision: 'fp32', l2: 512 * 1024 }).program;

/** Cases of one model, which one predictor computes one after the other. */
function byModel(cases: readonly GoldenCase[]): Map<string, GoldenCase[]> {
  const models = new Map<string, GoldenCase[]>();
  for (const golden of cases) models.set(golden.path, [...(models.get(golden.path) ?? []), golden]);
  return models;
}

t.test('models compute what Paddle does, one shape after the other on one predictor', async (t) => {
  const cases = goldenCases().filter(({ name }) =>
    /^(fashion.*(fp32|separate|combined)$|mobilenetv3|tiny|ppocr.*cls)/.test(name),
  );
  t.ok(cases.length >= 10, `${cases.length} cases`);
  for (const [path, group] of byModel(cases)) {
    const shapes = group.map(({ input, shape }) => new Map([[input, shape]]));
    const model = join(folder, 'golden.edp');
    await writeFile(model, compiled(await loadPlans(path, shapes)));
    const args: string[] = [];
    for (const [i, golden] of group.entries()) {
      await writeFile(join(folder, `input${i}`), new Uint8Array(golden.inputData().buffer));
      args.push(golden.shape.join(), join(folder, `input${i}`), join(folder, `output${i}`));
    }
    for (const threads of ['1', '2']) {
      // Twice: every shape also follows another one.
      await java('Run', [model, threads, ...args, ...args]);
      for (const [i, golden] of group.entries()) {
        const error = relativeError(floatsOf(join(folder, `output${i}`)), golden.expected());
        t.ok(error <= 1e-4, `${golden.name}, ${threads} threads: max |Δ| = ${error.toExponential(1)} × max |y|`);
      }
    }
  }
});

/** An input of every type, cast to floats, and one of floats, cast to every type that is a result. */
function casts(): Graph {
  const { FP32, FP64, INT8, UINT8, INT16, INT32, INT64, BOOL } = VarKind;
  const others = [FP64, INT8, UINT8, INT16, INT32, INT64, BOOL];
  const variables = [FP32, ...others].map((kind) => [kind === FP32 ? 'x' : `in${kind}`, { dims: [3], dataType: kind }]);
  const cast = (from: string, to: string, fromKind: number, toKind: number) =>
    op('cast', { X: [from] }, { Out: [to] }, { in_dtype: int(fromKind), out_dtype: int(toKind) });
  // The importer makes floats of what is cast to doubles.
  const results = others.filter((kind) => kind !== FP64);
  const ops = [
    ...others.map((kind) => cast(`in${kind}`, `float${kind}`, kind, FP32)),
    ...results.map((kind) => cast('x', `out${kind}`, FP32, kind)),
  ];
  const outputs = [...others.map((kind) => `float${kind}`), ...results.map((kind) => `out${kind}`)];
  return importProgram('casts', programOf(Object.fromEntries(variables), ops, outputs), new Map(), {});
}

t.test('the whole surface, and -Xcheck:jni has nothing to say', async (t) => {
  const graphs = await loadPlans(
    join(GOLDEN, 'fashion-mobilenet-2.6'),
    [28, 56].map((size) => new Map([['x', [1, 1, size, size]]])),
  );
  const file = (name: string) => join(folder, name);
  const program = compiled(graphs);
  await writeFile(file('model.edp'), program);
  await writeFile(file('cut.edp'), program.subarray(0, 5000));
  await writeFile(file('sum.edp'), compiled(sums()));
  await writeFile(file('types.edp'), compiled([casts()]));
  await writeFile(file('foreign.edp'), compiled(graphs, foreign));
  const nb = join(GOLDEN, 'opt-golden/zoo/sparse_0.9/arm_sparse.nb');
  const files = ['model.edp', 'cut.edp', nb, 'sum.edp', 'types.edp', 'foreign.edp'];
  const args = files.map((name) => (name === nb ? nb : file(name)));
  for (const flags of [[], ['-Xcheck:jni']]) {
    const { stdout, stderr } = await java('Surface', args, { flags });
    t.equal(stdout, '0 wrong\n', flags.join() || 'as usual');
    t.equal(stderr, '');
  }
});

t.test('without the native library the error says where to put it', async (t) => {
  const flags = ['-Djava.library.path=/none'];
  const { stderr } = await java('Run', ['model.edp', '1'], { flags }).catch((error) => error);
  t.match(stderr, /UnsatisfiedLinkError: no paddle_lite_jni in java.library.path: \/none. Give java the folder of/);
  t.match(stderr, /libpaddle_lite_jni.so: -Djava.library.path=PACKAGE\/lib/);
});

t.test('want of native memory is an OutOfMemoryError', async (t) => {
  const model = join(folder, 'vast.edp');
  await writeFile(model, '');
  // No block of the disk is used.
  await truncate(model, 2 ** 35);
  const options = { flags: ['-Xmx64m', '-Xcheck:jni'], limit: 2 ** 23 };
  const { stdout, stderr } = await java('Run', [model, '1'], options).catch((error) => error);
  t.equal(stdout, '');
  t.match(stderr, /^Exception in thread "main" java.lang.OutOfMemoryError: no native memory for the model\n/);
});
