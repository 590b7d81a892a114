import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { readNpy, writeNpy } from '../../src/npy/index.js';
import { cli } from '../support/cli.js';
import { fashionImages, floatsOf, GOLDEN, relativeError } from '../support/models.js';

const MODEL = join(packageRoot, 'examples', 'fashion-mnist', 'model');
const folder = await mkdtemp(join(tmpdir(), 'edge-deploy-cli-'));
t.teardown(() => rm(folder, { recursive: true }));

t.test('push prints sizes, what was sent, times and agreement; the second push sends nothing', async (t) => {
  const env = { EDGE_DEPLOY_CACHE: process.env.EDGE_DEPLOY_CACHE ?? '' };
  const target = join(folder, 'device');
  await writeFile(join(folder, 'edge-deploy.yaml'), `version: 1\ntargets:\n  bench: { type: host, dir: ${target} }\n`);
  const first = await cli(['push', MODEL, '--preset', 'once'], { cwd: folder, env });
  t.equal(first.exitCode, 0, first.stderr);
  for (const word of ['size', 'sent', 'load', 'time', 'memory', 'agreement', 'slowest steps'])
    t.match(first.stdout, word);
  t.match(first.stdout, /runner .*int8\.edp/);
  const second = await cli(['push', MODEL, '--preset', 'once', '--json'], { cwd: folder, env });
  const { records } = JSON.parse(second.stdout) as { records: { bytesSent: number; samples: number[] }[] };
  t.equal(records[0]!.bytesSent, 0);
  t.ok(records[0]!.samples.length > 0);
});

t.test('run takes and gives .npy files', async (t) => {
  const images = fashionImages(GOLDEN, 4);
  const expected = floatsOf(join(packageRoot, 'examples', 'fashion-mnist', 'paddle-outputs-64.f32')).subarray(0, 40);
  const [x, y] = [join(folder, 'x.npy'), join(folder, 'y.npy')];
  await writeFile(x, writeNpy({ type: { dtype: 'f32', shape: [4, 1, 28, 28] }, data: images }));
  const args = ['run', MODEL, '-t', 'host', '--precision', 'fp32', '--input-shape', 'x=4x1x28x28', '--input', x];
  const result = await cli([...args, '-o', y]);
  t.equal(result.exitCode, 0, result.stderr);
  const output = readNpy(await readFile(y), y);
  t.same(output.type, { dtype: 'f32', shape: [4, 10] });
  t.ok(relativeError(output.data as Float32Array, expected) <= 1e-4);
  t.equal((await cli([...args, '-o', join(folder, 'outputs')])).exitCode, 0);
  t.equal((await readdir(join(folder, 'outputs'))).length, 1);
  t.notOk(
    (await readdir(folder)).some((name) => name.endsWith('.part')),
    'nothing temporary is left',
  );
});

t.test('verify, inspect, build, targets, explain', async (t) => {
  t.match(await cli(['verify', MODEL, '-t', 'qemu-armv8', '--precision', 'int8w']), { exitCode: 0, stdout: /agrees/ });
  t.match(await cli(['inspect', MODEL]), { exitCode: 0, stdout: /int16w/ });
  const program = join(folder, 'model.edp');
  t.match(await cli(['build', MODEL, '-t', 'rpi5', '-o', program]), { exitCode: 0 });
  t.match(await cli(['inspect', program]), { exitCode: 0, stdout: /aarch64 \(dotprod\)/ });
  t.match(await cli(['targets']), { exitCode: 0, stdout: /rpi4/ });
  t.match(await cli(['explain', 'E_HOSTKEY_CHANGED']), { exitCode: 0, stdout: /exit code 6/ });
});

t.test('bench keeps every sample and goes on past a target that fails', async (t) => {
  const file = join(folder, 'bench.json');
  const args = [
    'bench',
    MODEL,
    '-t',
    'host,ssh://nobody@127.0.0.1:1',
    '--precision',
    'fp32,int8',
    '--preset',
    'once',
    '-o',
    file,
  ];
  const result = await cli(args);
  t.equal(result.exitCode, 20, result.stderr);
  const { results, failures } = JSON.parse(await readFile(file, 'utf8'));
  t.equal(results.length, 2);
  t.ok(results.every(({ record }: { record: { samples: number[] } }) => record.samples.length > 0));
  t.same(new Set(failures.map(({ error }: { error: { code: string } }) => error.code)), new Set(['E_UNREACHABLE']));
});

t.test('each mistake has its code, its exit code and a hint', async (t) => {
  const empty = join(folder, 'empty');
  await mkdir(empty);
  const cut = join(folder, 'cut');
  await cp(MODEL, cut, { recursive: true });
  const parameters = await readFile(join(MODEL, 'inference.pdiparams'));
  await writeFile(join(cut, 'inference.pdiparams'), parameters.subarray(0, parameters.length / 2));
  const npy = join(folder, 'wrong.npy');
  await writeFile(npy, writeNpy({ type: { dtype: 'f32', shape: [2, 2] }, data: new Float32Array(4) }));
  const broken = join(folder, 'broken');
  await mkdir(broken);
  await writeFile(join(broken, 'edge-deploy.yaml'), 'version: 1\ntargets:\n  a: { type: ssh, hsot: x }\n');
  const cases: readonly (readonly [string, readonly string[], number, RegExp, string?])[] = [
    ['unknown command', ['pusch'], 2, /Did you mean push/],
    ['unknown option', ['push', MODEL, '--tharget', 'host'], 2, /unknown option/],
    ['no target', ['push', MODEL], 2, /no target/],
    ['unknown target', ['push', MODEL, '-t', 'hots'], 2, /Did you mean 'host'/],
    ['wrong precision', ['push', MODEL, '-t', 'host', '--precision', 'int4'], 2, /int8w/],
    ['missing folder', ['push', join(folder, 'nowhere'), '-t', 'host'], 3, /E_MODEL_NOT_FOUND/],
    ['empty folder', ['push', empty, '-t', 'host'], 3, /E_MODEL_NOT_FOUND/],
    ['cut parameters', ['push', cut, '-t', 'host'], 3, /E_WEIGHTS|E_MODEL/],
    ['wrong input shape', ['run', MODEL, '-t', 'host', '--input', npy], 2, /f32\[2,2\]/],
    ['wrong input name', ['run', MODEL, '-t', 'host', '--input', `y=${npy}`], 2, /no input 'y'/],
    ['no input file', ['run', MODEL, '-t', 'host', '--input', join(folder, 'none.npy')], 2, /cannot be read/],
    ['open shape misused', ['inspect', MODEL, '--input-shape', 'x=4x'], 2, /NAME=1x3x224x224/],
    ['misspelt field', ['push', MODEL, '-t', 'a'], 2, /edge-deploy.yaml:3.*hsot/, broken],
    ['dead board', ['push', MODEL, '-t', 'ssh://nobody@127.0.0.1:1'], 5, /E_UNREACHABLE/],
    ['unknown CPU', ['push', MODEL, '-t', 'qemu:cortex-z9'], 2, /cortex-z9/],
    ['unwritable output', ['build', '-t', 'host', '-o', '/dev/null/runner'], 2, /E_OUTPUT/],
    ['unmakeable folder', ['run', MODEL, '-t', 'host', '-o', '/proc/none/out'], 2, /E_OUTPUT/],
    ['unknown code', ['explain', 'E_NOTHING'], 2, /E_NOTHING/i],
  ];
  for (const [what, args, exitCode, message, cwd] of cases) {
    const result = await cli(args, cwd ? { cwd } : {});
    t.equal(result.exitCode, exitCode, `${what}: ${result.stderr.split('\n').at(-2)}`);
    t.match(result.stderr, message, what);
    t.match(result.stderr, /^ {2}Hint: \S/m, `${what}: a hint`);
  }
  t.notOk(existsSync(join(folder, 'bench.json.part')));
});
