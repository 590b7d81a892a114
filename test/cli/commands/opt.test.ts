import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { loadModel } from '../../../src/load.js';
import { evaluateGraph } from '../../../src/ops/evaluate.js';
import { looksLikeProgram, readProgramFile } from '../../../src/program/read.js';
import { cli } from '../../support/cli.js';
import { lcgFloats } from '../../support/lcg.js';
import { makeWorkplace } from '../../support/opt-cases.js';

const TINY = ['--model_file=tiny/model.pdmodel', '--param_file=tiny/model.pdiparams'];

function workplace(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'opt-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  makeWorkplace(folder);
  return folder;
}

t.test('its flags reach it whole: letters of others do not take them apart', async (t) => {
  const cwd = workplace(t);
  const args = [
    '-model_dir',
    'tiny',
    '-quant_model',
    '-quant_type=QUANT_INT8',
    '-valid_targets',
    'arm',
    '-optimize_out',
    'o',
  ];
  const { exitCode, stdout, stderr } = await cli(['opt', ...args], { cwd });
  t.strictSame([exitCode, stderr], [0, '']);
  t.match(stdout, /^2\. Model is optimized and saved into o\.nb successfully$/m);
});

t.test('success goes to stdout, errors to stderr with codes of ours; --json is one document', async (t) => {
  const cwd = workplace(t);
  const done = await cli(['opt', '--json', ...TINY, '--optimize_out=o'], { cwd });
  t.equal(done.exitCode, 0);
  const [model] = JSON.parse(done.stdout).models;
  t.match(model, { model: 'tiny/model.pdmodel', output: 'o.nb', bytes: readFileSync(join(cwd, 'o.nb')).length });
  t.ok(model.kernels.includes('conv2d,kARM,kFloat,kNCHW,def'));

  const usage = await cli(['opt', ...TINY, '--optimise_out=o'], { cwd });
  t.strictSame([usage.exitCode, usage.stdout], [2, '']);
  t.match(
    usage.stderr,
    /Error E_USAGE: unrecognized arguments: --optimise_out=o\n {2}Hint: Did you mean --optimize_out\?/,
  );

  const missing = await cli(['opt', '--model_dir=nodir', '--optimize_out=o', '--json'], { cwd });
  t.equal(missing.exitCode, 3);
  t.match(JSON.parse(missing.stdout).error, { code: 'E_MODEL_NOT_FOUND', message: /Unsupported model format!/ });
});

t.test('help is the same by every way to it, --version is a line a script can read', async (t) => {
  const [bare, flag, command, version] = await Promise.all([
    ...[['opt'], ['opt', '--help'], ['help', 'opt'], ['opt', '--version']].map((args) => cli(args)),
  ]);
  t.match(bare!.stdout, /--valid_targets=arm/);
  t.equal(flag!.stdout, bare!.stdout);
  t.equal(command!.stdout, bare!.stdout);
  t.equal(version!.stdout, 'v2.13-rc');
});

t.test('what is there stays unless a whole new file takes its place', async (t) => {
  const cwd = workplace(t);
  writeFileSync(join(cwd, 'o.nb'), 'old');
  writeFileSync(join(cwd, 'cut'), readFileSync(join(cwd, 'tiny/model.pdiparams')).subarray(0, 2000));
  const cut = await cli(['opt', '--model_file=tiny/model.pdmodel', '--param_file=cut', '--optimize_out=o'], { cwd });
  t.equal(cut.exitCode, 3);
  const dry = await cli(['opt', ...TINY, '--optimize_out=o', '--dry-run', '--record_tailoring_info'], { cwd });
  t.equal(dry.exitCode, 0);
  t.match(dry.stdout, /would write o\.nb/);
  t.equal(readFileSync(join(cwd, 'o.nb'), 'utf8'), 'old');
  t.strictSame(readdirSync(cwd).sort(), ['cls', 'cut', 'det', 'mv3', 'o.nb', 'tiny']);
});

t.test('a protobuf model and an .nb file compute what the model does', async (t) => {
  const cwd = workplace(t);
  const protobuf = ['opt', ...TINY, '--optimize_out=p', '--optimize_out_type=protobuf'];
  t.match(await cli(protobuf, { cwd }), { exitCode: 0, stderr: '' });
  t.match(await cli([...protobuf, '--record_tailoring_info'], { cwd }), { exitCode: 2, stderr: /has no meaning/ });
  await cli(['opt', ...TINY, '--optimize_out=p'], { cwd });
  const shape = [1, 3, 16, 16];
  const input = new Map([['image', { type: { dtype: 'f32' as const, shape }, data: lcgFloats(768, 1) }]]);
  const inputShapes = new Map([['image', shape]]);
  mkdirSync(join(cwd, 'same'));
  writeFileSync(join(cwd, 'same', '__model__'), readFileSync(join(cwd, 'p', 'model')));
  writeFileSync(join(cwd, 'same', '__params__'), readFileSync(join(cwd, 'p', 'params')));
  const outputs = [];
  for (const path of ['tiny', 'same', 'p.nb']) {
    const [y] = evaluateGraph(await loadModel(join(cwd, path), { inputShapes }), input).values();
    outputs.push(y!.data as Float32Array);
  }
  const [expected, ...others] = outputs;
  for (const other of others) {
    t.ok(other.every((value, i) => Math.abs(value - expected![i]!) < 1e-5));
  }
});

t.test('the output edge is a program file for one target, with the shapes it asks for', async (t) => {
  const cwd = workplace(t);
  const args = ['opt', '--model_dir=det', '--optimize_out=d', '--optimize_out_type=edge', '-q'];
  const untold = await cli(args, { cwd });
  t.equal(untold.exitCode, 2);
  t.match(untold.stderr, /no target was named/);
  const open = await cli([...args, '-t', 'qemu-armv8'], { cwd });
  t.equal(open.exitCode, 3);
  t.match(open.stderr, /E_SHAPE[\s\S]*--input-shape x=1x3x/);
  const told = await cli([...args, '--target=qemu-armv8', '--input-shape', 'x=1x3x64x64', '--quant_model'], { cwd });
  t.strictSame([told.exitCode, told.stderr], [0, '']);
  t.match(told.stdout, /saved into d\.edp successfully/);
  const bytes = readFileSync(join(cwd, 'd.edp'));
  t.ok(looksLikeProgram(bytes));
  t.equal(readProgramFile(bytes).architecture, 'aarch64');
  const lists = await cli([...args, '--record_tailoring_info=true'], { cwd });
  t.equal(lists.exitCode, 2);
});

t.test('a set of models with file names of their own', async (t) => {
  const cwd = workplace(t);
  for (const name of ['one', 'two']) {
    mkdirSync(join(cwd, 'set', name), { recursive: true });
    writeFileSync(join(cwd, 'set', name, 'net'), readFileSync(join(cwd, 'tiny/model.pdmodel')));
    writeFileSync(join(cwd, 'set', name, 'data'), readFileSync(join(cwd, 'tiny/model.pdiparams')));
  }
  const names = ['--model_filename=net', '--param_filename=data'];
  const { exitCode } = await cli(['opt', '--model_set_dir=set', ...names, '--optimize_out=out/all'], { cwd });
  t.equal(exitCode, 0);
  t.strictSame(readdirSync(join(cwd, 'out', 'all')).sort(), ['one.nb', 'two.nb']);
});

t.test('a folder whose file names Paddle-Lite does not know', async (t) => {
  const cwd = workplace(t);
  mkdirSync(join(cwd, 'named'));
  for (const ending of ['pdmodel', 'pdiparams']) {
    writeFileSync(join(cwd, 'named', `net.${ending}`), readFileSync(join(cwd, 'tiny', `model.${ending}`)));
  }
  const { exitCode, stdout } = await cli(['opt', '--model_dir=named', '--optimize_out=o'], { cwd });
  t.equal(exitCode, 0);
  t.match(stdout, /^Loading topology data from named\/net\.pdmodel\nLoading params data from named\/net\.pdiparams\n/);
});
