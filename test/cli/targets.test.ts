import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { readConfig } from '../../targets/index.js';
import { cli } from '../support/cli.js';
import { startSshd } from '../support/sshd.js';

const folder = await mkdtemp(join(tmpdir(), 'edge-deploy-targets-'));
t.teardown(() => rm(folder, { recursive: true, force: true }));

/** A project; without lines it has no edge-deploy.yaml yet. */
async function project(...lines: string[]) {
  const cwd = await mkdtemp(join(folder, 'project-'));
  const file = join(cwd, 'edge-deploy.yaml');
  if (lines.length > 0) await writeFile(file, `${lines.join('\n')}\n`);
  return { cwd, file, targets: (...args: string[]) => cli(['targets', ...args], { cwd }) };
}

t.test('the list holds ours and the user’s', async (t) => {
  const { targets } = await project(
    'version: 1',
    'targets:',
    '  bench-pi: { type: ssh, host: 10.0.0.7, description: on the bench }',
  );
  const { stdout, exitCode } = await targets();
  t.equal(exitCode, 0);
  t.match(stdout, /^bench-pi +ssh +armv8 +10\.0\.0\.7 +on the bench$/m);
  t.match(stdout, /^rpi4 +ssh +armv8 +neon /m);
});

t.test('add writes what load reads, and keeps comments and order', async (t) => {
  const { file, targets } = await project(
    '# our boards',
    'version: 1',
    'targets:',
    '  # the first',
    '  a: { type: host } # here',
  );
  t.match(await targets('add', 'pi', 'ssh://pi@10.0.0.7:2222'), {
    exitCode: 0,
    stdout: /pi is added to .*edge-deploy\.yaml/,
  });
  t.match(await targets('add', 'emulated', 'qemu:cortex-a7'), { exitCode: 0 });
  const text = await readFile(file, 'utf8');
  t.match(text, /^# our boards\nversion: 1\ntargets:\n {2}# the first\n {2}a: \{ type: host \} # here\n/);
  t.match(readConfig(file).targets, {
    a: { type: 'host' },
    pi: { type: 'ssh', host: '10.0.0.7', user: 'pi', port: 2222 },
    emulated: { type: 'qemu', cpu: 'cortex-a7', arch: 'armv7' },
  });
  t.match(await targets('add', 'pi', 'adb://X'), { exitCode: 0 });
  t.match(readConfig(file).targets?.pi, { type: 'adb', serial: 'X' }, 'again: it is replaced');
});

t.test('add makes the file where there is none', async (t) => {
  const { file, targets } = await project();
  t.match(await targets('add', 'board', 'adb://SERIAL'), { exitCode: 0 });
  t.match(readConfig(file), { version: 1, targets: { board: { type: 'adb', serial: 'SERIAL' } } });
});

t.test('what cannot be added is refused, and the file stays as it is', async (t) => {
  const { file, targets } = await project('version: 1');
  for (const [args, message] of [
    [['add'], /needs the name/],
    [['add', 'pi'], /needs an address/],
    [['add', 'pi', 'rpi4,rpi3'], /more than one target/],
    [['add', 'all', 'host'], /cannot be the name/],
    [['add', 'a,b', 'host'], /cannot be the name/],
    [['destroy', 'pi'], /no action 'destroy'/],
  ] as const)
    t.match(await targets(...args), { exitCode: 2, stderr: message }, args.join(' '));
  t.equal(await readFile(file, 'utf8'), 'version: 1\n');
});

t.test('probe and clean', async (t) => {
  const { cwd, targets } = await project('version: 1', 'targets:', '  board: { type: host, dir: device }');
  t.match(await targets('probe', 'board'), {
    exitCode: 0,
    stdout: /^board\n {2}transport +host\n[\s\S]*folder +\/.*device$/m,
  });
  await t.rejects(stat(join(cwd, 'device')), 'asking makes no folder');
  await mkdir(join(cwd, 'device', 'below'), { recursive: true });
  t.match(await targets('clean', 'board', '--dry-run'), { exitCode: 0, stdout: /would be removed/ });
  t.ok(await stat(join(cwd, 'device', 'below')));
  t.match(await targets('clean', 'board'), { exitCode: 0, stdout: /device is gone/ });
  await t.rejects(stat(join(cwd, 'device')));
  t.match(await targets('clean', 'board'), { exitCode: 0 }, 'what is gone is gone');
});

t.test('trust: an unknown key once, for several boards', async (t) => {
  const sshd = await startSshd();
  t.teardown(() => sshd.stop());
  const board = `{ type: ssh, host: 127.0.0.1, port: ${sshd.port}, user: ${sshd.user}, key: ${sshd.keyFile}, knownHosts: known, arch: host }`;
  const { cwd, targets } = await project(
    'version: 1',
    'targets:',
    `  one: ${board}`,
    `  two: ${board}`,
    '  dead: { type: ssh, host: 127.0.0.1, port: 1 }',
  );
  t.match(await targets('trust', 'one', '--dry-run'), {
    exitCode: 0,
    stdout: /SHA256:[\s\S]*would be written to known/,
  });
  await t.rejects(stat(join(cwd, 'known')));
  const result = await targets('trust', 'dead,one,two');
  t.match(result, {
    exitCode: 20,
    stdout: /one: .*SHA256:[\s\S]*written to known[\s\S]*two: its host key is known already/,
  });
  t.match(result.stderr, /E_UNREACHABLE[\s\S]*1 of 3 targets failed: dead/);
  t.equal(await readFile(join(cwd, 'known'), 'utf8'), `[127.0.0.1]:${sshd.port} ${sshd.hostKey}\n`);
});
