import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { cli } from '../support/cli.js';

/** --dry-run: no device is asked, no file is written, nothing is compiled into the cache. */
const MODEL = join(packageRoot, 'examples', 'fashion-mnist', 'model');
const folder = await mkdtemp(join(tmpdir(), 'edge-deploy-dry-'));
const config = `version: 1\ntargets:\n  board: { type: host, dir: ${join(folder, 'device')} }\n  dead: { type: ssh, host: 127.0.0.1, port: 1 }\n`;
await writeFile(join(folder, 'edge-deploy.yaml'), config);
t.teardown(() => rm(folder, { recursive: true }));

t.test('nothing is touched', async (t) => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['push', MODEL, '-t', 'board,dead'], /board: would send the runner and 31\.1 kB of int8[\s\S]*dead: would send/],
    [['run', MODEL, '-t', 'dead', '-o', 'y.npy'], /dead: would send/],
    [['verify', MODEL, '-t', 'dead', '--bisect'], /dead: would send/],
    [['bench', MODEL, '-t', 'board,dead', '--threads', '1,2'], /8 cells: 4 on each of board, dead/],
    [['build', '-t', 'board', '-o', 'runner'], /would compile the runner for host/],
    [
      ['build', '-t', 'rpi4', join(packageRoot, 'examples/cpp/classify.cpp')],
      /would compile .*classify\.cpp for armv8/,
    ],
    [
      ['package', MODEL, '--for', 'linux-armv8', '-o', 'p'],
      /would write p: the libraries for linux-armv8 and an int8 model of 30\.7 kB/,
    ],
    [['build', MODEL, '-t', 'rpi4', '-o', 'model.edp'], /model\.edp +\d/],
    [['targets', 'add', 'pi', 'ssh://pi@10.0.0.7'], /pi would be added/],
    [['targets', 'clean', 'board'], /would be removed/],
    [
      ['quantize', MODEL, '-o', 'q', '--generate-test-model'],
      /would write q.quantized_model.*\nwould write q.test_model/,
    ],
    [['doctor', '-t', 'board,dead'], /node/],
  ];
  for (const [args, said] of cases) {
    const result = await cli([...args, '--dry-run'], {
      cwd: folder,
      env: { EDGE_DEPLOY_CACHE: join(folder, 'cache') },
    });
    t.equal(result.exitCode, 0, `${args.join(' ')}: ${result.stderr}`);
    t.match(result.stdout, said, args.join(' '));
    t.same(await readdir(folder), ['edge-deploy.yaml'], `${args[0]}: no trace`);
  }
});

t.test('mistakes are found all the same', async (t) => {
  t.match(await cli(['push', MODEL, '-t', 'bord', '--dry-run'], { cwd: folder }), { exitCode: 2, stderr: /'board'/ });
  t.match(await cli(['quantize', MODEL, '-o', 'q', '--dry-run', '--weight-bits', '4'], { cwd: folder }), {
    exitCode: 2,
  });
  t.same(await readdir(folder), ['edge-deploy.yaml']);
});
