import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../../src/base/package-root.js';
import { PAGE_MARK } from '../../../src/report/html/index.js';
import { cli } from '../../support/cli.js';
import { input, modelBytes, node } from '../../support/onnx-model.js';

const MODEL = join(packageRoot, 'examples', 'fashion-mnist', 'model');
const GOLDEN = join(packageRoot, 'test', 'golden');
const folder = await mkdtemp(join(tmpdir(), 'edge-deploy-inspect-'));
t.teardown(() => rm(folder, { recursive: true }));
const run = (...args: string[]) => cli(['inspect', ...args], { cwd: folder });

/** A model with two unsupported types of op, one of them twice, and one op behind them. */
const unsupported = join(folder, 'unsupported.onnx');
await writeFile(
  unsupported,
  modelBytes({
    node: [
      node('Relu', ['x'], { output: ['a'], name: 'first' }),
      node('Wonder', ['a'], { output: ['b'], name: 'w1' }),
      node('Wonder', ['a'], { output: ['c'], name: 'w2' }),
      node('Marvel', ['b', 'c'], { output: ['d'], name: 'm1' }),
      node('Sigmoid', ['d'], { output: ['y'], name: 'behind' }),
    ],
    value_info: [input('b', [1, 2]), input('c', [1, 2])],
  }),
);

t.test('layers in every storage, the error of every weight, program sizes', async (t) => {
  const { exitCode, stdout, stderr } = await run(MODEL);
  t.equal(exitCode, 0, stderr);
  t.match(stdout, /^op +name +output +MACs +fp32 +int8w +int16w +int8 computes in$/m);
  t.match(stdout, /^conv2d +\S+ +f32\[[\d,]+\] +[\d.]+ [kM] +[\d.]+ k?B +[\d.]+ k?B +[\d.]+ k?B +integers$/m);
  t.match(stdout, /^quantised weights +type +int8 scales +int8 max error +RMS +int16 max error +RMS$/m);
  t.match(stdout, /^int16w +[\d.]+ kB +0\.\d\d/m);
});

t.test('all formats', async (t) => {
  const cases = [
    ['models/fashion-lenet-1.8/separate', /conv2d/],
    ['models/fashion-lenet-1.8/combined', /conv2d/],
    ['models/fashion-mobilenet-2.6', /batch_norm/],
    ['models/fashion-mobilenet-pir-3.3', /batch_norm/],
    ['models/fashion-resnet8-2.6/quantized/int8-channel', /int8w/],
    ['nb/mask_detector_2022.nb', /conv2d/],
    ['nb/ppocrv3-cls.int8.nb', /conv2d/, '--input-shape', 'x=1x3x48x192'],
    ['onnx/mnist-8.onnx', /conv2d/],
  ] as const;
  for (const [model, said, ...flags] of cases) {
    const { exitCode, stdout, stderr } = await run(join(GOLDEN, model), ...flags);
    t.equal(exitCode, 0, `${model}: ${stderr}`);
    t.match(stdout, said, model);
  }
});

t.test('a model with unsupported ops is inspected, and ends with all of them', async (t) => {
  const { exitCode, stdout, stderr } = await run(unsupported);
  t.equal(exitCode, 3);
  t.match(stdout, /^unary +a +f32\[1,2\]/m, 'the rest is shown');
  t.match(stdout, /^Wonder +2 +w1, w2 /m);
  t.match(stdout, /^Marvel +1 +m1 /m);
  t.match(stdout, 'behind these ops, shapes are those that the model declares');
  t.match(stdout, /not inspected.*\(1\): Sigmoid behind/);
  t.match(stderr, "Error E_OP: the model uses unsupported ops: Marvel × 1 ('m1'); Wonder × 2 ('w1', 'w2')");
  const { exitCode: again, stdout: json } = await run(unsupported, '--json');
  t.equal(again, 3);
  t.match(JSON.parse(json), {
    layers: [{ op: 'unary', macs: 2 }],
    sizes: [],
    unsupported: [
      { op: 'Marvel', count: 1, layers: ['m1'] },
      { op: 'Wonder', count: 2, layers: ['w1', 'w2'] },
    ],
    unreached: [{ op: 'Sigmoid', name: 'behind' }],
    error: { code: 'E_OP', details: { ops: { Wonder: 2, Marvel: 1 } } },
  });
  t.match(await run(unsupported, '--dump-after', 'all'), { exitCode: 3, stderr: /Wonder × 2/ });
});

t.test('--html writes one page, named after the model or as asked', async (t) => {
  const first = await run(MODEL, '--html');
  t.equal(first.exitCode, 0, first.stderr);
  t.match(first.stdout, /^model\.html$/m);
  t.ok((await readFile(join(folder, 'model.html'), 'utf8')).startsWith(PAGE_MARK));
  t.equal((await run(MODEL, '--html')).exitCode, 0, 'a page of ours is replaced');
  const page = join(folder, 'page.html');
  const { exitCode, stdout } = await run(unsupported, '--html', page, '--json');
  t.equal(exitCode, 3);
  t.equal(JSON.parse(stdout).page, page);
  t.match(await readFile(page, 'utf8'), /Not supported: Marvel × 1, Wonder × 2/);
  t.notOk((await readdir(folder)).some((name) => name.endsWith('.part')));
});

t.test('--html overwrites nothing else, and writes nothing with --dry-run', async (t) => {
  const mine = join(folder, 'mine.html');
  await writeFile(mine, '<!doctype html>\n<p>my own page</p>');
  t.match(await run(MODEL, '--html', mine), { exitCode: 2, stderr: /E_OUTPUT.*mine\.html exists.*Hint/s });
  t.equal(await readFile(mine, 'utf8'), '<!doctype html>\n<p>my own page</p>');
  await writeFile(join(folder, 'empty.html'), '');
  t.match(await run(MODEL, '--html', 'empty.html'), { exitCode: 2 });
  t.match(await run(MODEL, '--html', 'no/such/folder.html'), { exitCode: 2, stderr: /E_OUTPUT/ });
  await symlink('mine.html', join(folder, 'link.html'));
  t.match(await run(MODEL, '--html', 'link.html'), { exitCode: 2 });
  const dry = await run(MODEL, '--html', 'dry.html', '--dry-run');
  t.match(dry, { exitCode: 0, stdout: /dry\.html would be written/ });
  t.notOk((await readdir(folder)).includes('dry.html'));
});

t.test('--html that has swallowed the model, or has nothing to draw, says so', async (t) => {
  const swallowed = await run('--html', unsupported);
  t.match(swallowed, { exitCode: 2, stderr: /E_USAGE.*put it first: edge-deploy inspect .*unsupported\.onnx --html/s });
  const program = join(folder, 'model.edp');
  t.equal((await cli(['build', MODEL, '-t', 'rpi4', '-o', program])).exitCode, 0);
  t.match(await run(program, '--html'), { exitCode: 2, stderr: /E_USAGE.*this is a program file/ });
  t.match(await run(program), { exitCode: 0, stdout: /program for aarch64.*inputs +x f32\[1,1,28,28\].*conv2d/s });
});
