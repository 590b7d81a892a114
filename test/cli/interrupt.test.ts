import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { seededModel } from '../support/bench-model.js';
import { cli } from '../support/cli.js';
import { incomplete } from '../support/devices.js';

/** Ctrl-C: exit code 130, nothing under a final name that is not whole. */
const MODEL = join(packageRoot, 'examples', 'fashion-mnist', 'model');
const folder = await mkdtemp(join(tmpdir(), 'edge-deploy-interrupt-'));
const device = join(folder, 'device');
await writeFile(join(folder, 'edge-deploy.yaml'), `version: 1\ntargets:\n  board: { type: host, dir: ${device} }\n`);
t.teardown(() => rm(folder, { recursive: true }));

async function temporaryFiles(): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.part'));
}

t.test('while the model runs', async (t) => {
  const started = performance.now();
  const result = await cli(['push', MODEL, '--preset', 'strict'], { cwd: folder, interruptAt: /running on board/ });
  t.equal(result.exitCode, 130, 'exit code', { stderr: result.stderr });
  t.match(result.stderr, /E_INTERRUPTED/);
  t.equal(result.stdout, '', 'no figure of a run that did not end');
  t.ok(performance.now() - started < 10_000, 'it does not wait for the run to end');
  t.same(await incomplete(device), []);
});

t.test('in the middle of a sweep', async (t) => {
  const file = join(folder, 'bench.json');
  const args = ['bench', MODEL, '--precision', 'fp32,int8', '--preset', 'strict', '-o', file];
  const result = await cli(args, { cwd: folder, interruptAt: /int8, 1 thread|fp32, 1 thread/ });
  t.equal(result.exitCode, 130, 'exit code', { stderr: result.stderr });
  t.notOk(existsSync(file), 'no half of a result');
  t.same(await temporaryFiles(), []);
});

t.test('while a model is quantised', async (t) => {
  const model = await seededModel('mobilenet_v1');
  t.teardown(() => rm(model, { recursive: true }));
  const output = join(folder, 'quantised');
  const result = await cli(['quantize', model, '-o', output], { interruptAt: /reading|weights to int8/ });
  t.equal(result.exitCode, 130, 'exit code', { stderr: result.stderr });
  t.same(await temporaryFiles(), []);
  // What has its final name is whole: writing again changes nothing.
  t.equal((await cli(['quantize', model, '-o', output])).exitCode, 0);
  t.match(await cli(['inspect', join(output, 'quantized_model')]), { exitCode: 0, stdout: /int8w/ });
});
