import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import {
  chosenModel,
  chosenPrecision,
  chosenPreset,
  chosenTargets,
  count,
  inputTensors,
} from '../../src/cli/options.js';
import { seconds } from '../../src/cli/seconds.js';
import { writeNpy } from '../../src/npy/index.js';
import { type Config, targetSchema } from '../../targets/index.js';
import { cli } from '../support/cli.js';

const MODEL = join(packageRoot, 'examples', 'fashion-mnist', 'model');
const folder = await mkdtemp(join(tmpdir(), 'edge-deploy-options-'));
t.teardown(() => rm(folder, { recursive: true }));
const npy = join(folder, 'x=y.npy');
await writeFile(npy, writeNpy({ type: { dtype: 'f32', shape: [2] }, data: Float32Array.of(1, 2) }));

t.test('numbers', (t) => {
  t.equal(count('64'), 64);
  for (const wrong of ['0', '65', '1.5', 'x', '', '-1', '1e9']) t.throws(() => count(wrong), /1 to 64/, wrong);
  t.equal(seconds('0.5'), 0.5);
  for (const wrong of ['0', '-1', 'x', '', 'Infinity', '86401']) t.throws(() => seconds(wrong), /more than 0/, wrong);
  t.end();
});

t.test('flags win over edge-deploy.yaml, which wins over defaults', (t) => {
  const config: Config = { version: 1, model: 'm', precision: 'int8w' };
  t.equal(chosenModel(config, 'other'), 'other');
  t.equal(chosenModel(config, undefined), 'm');
  t.throws(() => chosenModel(undefined, undefined), { code: 'E_USAGE', hint: /model:/ });
  t.equal(chosenPrecision(config, 'fp32'), 'fp32');
  t.equal(chosenPrecision(config, undefined), 'int8w');
  t.equal(chosenPrecision({ version: 1, quantize: { bits: 16 } }, undefined), 'int16w');
  t.equal(chosenPrecision(undefined, undefined), 'int8');
  t.equal(chosenPreset('strict', 'quick'), 'strict');
  t.equal(chosenPreset(undefined, 'quick'), 'quick');
  t.end();
});

t.test('the only board of a project needs no naming', (t) => {
  const one = { version: 1, targets: { pi: targetSchema.parse({ type: 'ssh', host: 'x' }) } } as const;
  t.same(
    chosenTargets(one, undefined).map(({ name }) => name),
    ['pi'],
  );
  t.same(
    chosenTargets(one, 'host').map(({ name }) => name),
    ['host'],
  );
  t.throws(() => chosenTargets(undefined, undefined), { code: 'E_USAGE', hint: /-t NAME/ });
  const two = { ...one, targets: { ...one.targets, phone: targetSchema.parse({ type: 'adb' }) } };
  t.throws(() => chosenTargets(two, undefined), { code: 'E_USAGE' });
  t.same(
    chosenTargets(two, 'all').map(({ name }) => name),
    ['pi', 'phone'],
  );
  t.end();
});

t.test('inputs', (t) => {
  t.same([...inputTensors([`image=${npy}`], ['image', 'scale']).keys()], ['image']);
  t.same(
    [...inputTensors([join(packageRoot, 'test/golden/npy/vector.npy')], ['image'])].map(([name, { type }]) => [
      name,
      type.shape,
    ]),
    [['image', [4]]],
  );
  t.throws(() => inputTensors(['a.npy'], ['image', 'scale']), {
    code: 'E_USAGE',
    hint: /NAME=FILE; the inputs are: image, scale/,
  });
  t.throws(() => inputTensors(['imgae=a.npy'], ['image']), { code: 'E_INPUT', hint: /'image'/ });
  t.throws(() => inputTensors(['zzz=a.npy'], ['image']), { code: 'E_INPUT', hint: /Its inputs are: image/ });
  t.throws(() => inputTensors(['image=none.npy'], ['image']), { code: 'E_INPUT', message: /none\.npy cannot be read/ });
  t.throws(() => inputTensors([join(packageRoot, 'package.json')], ['image']), {
    code: 'E_INPUT',
    message: /not a \.npy file/,
  });
  t.end();
});

t.test('a flag takes one value, so that the model may follow it', async (t) => {
  const result = await cli(['inspect', '--input-shape', 'x=3x1x28x28', MODEL, '--no-input', '--no-color', '--json']);
  t.equal(result.exitCode, 0, result.stderr);
  t.same(JSON.parse(result.stdout).inputs, ['x f32[3,1,28,28]']);
});

t.test('--no-input has nothing to do with --input', async (t) => {
  const args = ['run', MODEL, '-t', 'host', '--input', `x=${npy}`, '--no-input', '--dry-run'];
  t.match(await cli(args), { exitCode: 0, stdout: /would send/ });
});

t.test('a misspelt option is refused with the nearest', async (t) => {
  for (const [args, message, hint] of [
    [['push', '--tharget', 'x'], /unknown option '--tharget'/, /Did you mean --target\?/],
    [['targts'], /unknown command 'targts'/, /Did you mean targets\?/],
    [['push', '--zzzzzz'], /unknown option '--zzzzzz'/, /See: edge-deploy help/],
    [['push', '--threads', '0'], /1 to 64/, /See: edge-deploy help/],
  ] as const) {
    const { exitCode, stdout, stderr } = await cli(args);
    t.equal(exitCode, 2, args.join(' '));
    t.equal(stdout, '');
    t.match(stderr, message);
    t.match(stderr.split('\n').at(-1), hint);
  }
});

t.test('without a command the help is shown, as an error; on demand it is a result', async (t) => {
  t.match(await cli([]), { exitCode: 2, stdout: '', stderr: /Usage: edge-deploy[\s\S]*doctor/ });
  t.match(await cli(['help']), { exitCode: 0, stdout: /Usage: edge-deploy/, stderr: '' });
  t.match(await cli(['push', '--help']), { exitCode: 0, stdout: /--no-input +never ask\n/ });
  t.match(await cli(['--version']), { exitCode: 0, stdout: /^\d+\.\d+\.\d+$/ });
});
