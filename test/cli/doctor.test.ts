import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { cli } from '../support/cli.js';

const folder = await mkdtemp(join(tmpdir(), 'edge-deploy-doctor-'));
t.teardown(() => rm(folder, { recursive: true }));
await writeFile(join(folder, 'a-file'), '');
await writeFile(
  join(folder, 'edge-deploy.yaml'),
  [
    'version: 1',
    'targets:',
    `  board: { type: host, dir: ${join(folder, 'device')} }`,
    '  dead: { type: ssh, host: 127.0.0.1, port: 1, arch: host }',
    `  locked: { type: host, dir: ${join(folder, 'a-file')} }`,
    '  strange: { type: qemu, cpu: cortex-z9, arch: armv8 }',
  ].join('\n'),
);
const doctor = (...args: string[]) => cli(['doctor', ...args], { cwd: folder });

t.test('this machine: every tool with its version, or the line that installs it', async (t) => {
  const { exitCode, stdout, stderr } = await doctor();
  t.equal(exitCode, 0, stdout + stderr);
  for (const tool of ['node', 'cache', 'qemu-arm', 'qemu-aarch64', 'ssh', 'adb', 'compiler'])
    t.match(stdout, new RegExp(`^ok {4}${tool}: .`, 'm'), tool);
  t.notMatch(stdout, /FAIL/);
});

t.test('a machine without tools', async (t) => {
  const bare = await cli(['doctor', '--dry-run'], { cwd: folder, env: { PATH: folder } });
  t.equal(bare.exitCode, 4);
  t.match(bare.stdout, /^FAIL {2}qemu-arm: not installed: apt-get install qemu-user$/m);
  t.match(bare.stdout, /^FAIL {2}adb: not installed: apt-get install adb$/m);
  await writeFile(join(folder, 'adb'), '#!/bin/sh\nexit 1\n');
  await chmod(join(folder, 'adb'), 0o755);
  const broken = await cli(['doctor', '--dry-run'], { cwd: folder, env: { PATH: `${folder}:/bin` } });
  t.match(broken.stdout, /^FAIL {2}adb: /m, 'one that is there and does not work');
});

t.test('the way to targets: each gets a verdict, one that fails does not hide the others', async (t) => {
  const { exitCode, stdout } = await doctor('-t', 'board,dead,locked,strange');
  t.equal(exitCode, 4);
  t.match(stdout, /^ok {4}board: device: .*cores, .*device$/m);
  t.match(stdout, /^ok {4}board: runner for host: /m);
  t.match(stdout, /^FAIL {2}dead: device: Error E_UNREACHABLE: .*\n {2}Hint: /m);
  t.match(stdout, /^FAIL {2}locked: device: Error E_DEVICE_PERM: .*a-file/m, 'a folder that cannot be made');
  t.match(stdout, /^FAIL {2}strange: device: Error E_CONFIG: .*cortex-z9/m);
  t.match(await doctor('-t', 'board'), { exitCode: 0 });
  t.match(await doctor('-t', 'bord'), { exitCode: 2, stderr: /'board'/ });
});
