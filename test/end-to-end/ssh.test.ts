import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type Device, openDevice } from '../../deploy/index.js';
import { packageRoot } from '../../src/base/package-root.js';
import { readNpy, writeNpy } from '../../src/npy/index.js';
import { type CliOptions, cli } from '../support/cli.js';
import { startCuttingProxy } from '../support/cutting-proxy.js';
import { blob, failsWith, incomplete, mountSmall, script } from '../support/devices.js';
import { fashionImages, floatsOf, GOLDEN, relativeError } from '../support/models.js';
import { makeKey, startSshd } from '../support/sshd.js';

/** The command line against a real OpenSSH server on 127.0.0.1, which runs the host's own programs. */
const MODEL = join(packageRoot, 'examples', 'fashion-mnist', 'model');
const folder = await mkdtemp(join(tmpdir(), 'edge-deploy-ssh-'));
const sshd = await startSshd();
t.teardown(async () => {
  await sshd.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Board {
  readonly dir: string;
  readonly port?: number;
  readonly key?: string;
  readonly knownHosts?: string;
  readonly arch?: string;
}

/** A project folder whose only target is a board with these fields. */
async function project({ port = sshd.port, key = sshd.keyFile, arch = 'host', ...board }: Board): Promise<CliOptions> {
  const cwd = await mkdtemp(join(folder, 'project-'));
  const knownHosts = board.knownHosts ?? sshd.knownHostsFile;
  const target = { type: 'ssh', host: '127.0.0.1', port, user: sshd.user, key, knownHosts, arch, dir: board.dir };
  await writeFile(join(cwd, 'edge-deploy.yaml'), JSON.stringify({ version: 1, targets: { board: target } }));
  return { cwd };
}

const push = ['push', MODEL, '--preset', 'once', '--json'];
const sentBytes = (stdout: string): number => JSON.parse(stdout).records[0].bytesSent;

t.test('the first push sends runner and program, the second nothing; outputs are Paddle’s', async (t) => {
  const options = await project({ dir: join(folder, 'device') });
  const first = await cli(push, options);
  t.equal(first.exitCode, 0, 'first push', { stderr: first.stderr });
  t.ok(sentBytes(first.stdout) > 100_000);
  const second = await cli(push, options);
  t.equal(sentBytes(second.stdout), 0, 'second push');
  t.match(await cli(['push', MODEL, '--preset', 'once'], options), { stdout: /up to date, 0 bytes sent/ });

  const [x, y] = [join(folder, 'x.npy'), join(folder, 'y.npy')];
  await writeFile(x, writeNpy({ type: { dtype: 'f32', shape: [4, 1, 28, 28] }, data: fashionImages(GOLDEN, 4) }));
  const args = ['run', MODEL, '--precision', 'fp32', '--input-shape', 'x=4x1x28x28', '--input', x, '-o', y];
  t.equal((await cli(args, options)).exitCode, 0);
  const expected = floatsOf(join(packageRoot, 'examples', 'fashion-mnist', 'paddle-outputs-64.f32')).subarray(0, 40);
  t.ok(relativeError(readNpy(await readFile(y), y).data as Float32Array, expected) <= 1e-4);

  t.match(await cli(['targets', 'probe', 'board'], options), { exitCode: 0, stdout: /kernel/ });
  t.equal((await cli(['targets', 'clean', 'board', '--dry-run'], options)).exitCode, 0);
  t.ok((await readdir(join(folder, 'device'))).length > 0, 'a dry run removes nothing');
  t.equal((await cli(['targets', 'clean', 'board'], options)).exitCode, 0);
  await t.rejects(stat(join(folder, 'device')), 'the folder is gone');
});

t.test('a server without SFTP will do', async (t) => {
  const plain = await startSshd({ sftp: false });
  t.teardown(() => plain.stop());
  const { port, keyFile: key, knownHostsFile: knownHosts } = plain;
  const options = await project({ dir: join(folder, 'plain'), port, key, knownHosts });
  const result = await cli(push, options);
  t.equal(result.exitCode, 0, 'push', { stderr: result.stderr });
});

t.test('an unknown host key is refused before authentication, until it is trusted', async (t) => {
  const knownHosts = join(folder, 'empty_known_hosts');
  await writeFile(knownHosts, '');
  const options = await project({ dir: join(folder, 'unknown'), knownHosts });
  const before = sshd.log().length;
  t.match(await cli(push, options), { exitCode: 6, stderr: /E_HOSTKEY_UNKNOWN.*SHA256:/ });
  t.notMatch(sshd.log().slice(before), /userauth-request|Accepted/, 'nothing was proven to it');
  t.match(await cli(['targets', 'trust', 'board'], options), { exitCode: 0 });
  t.match(await readFile(knownHosts, 'utf8'), sshd.hostKey);
  t.equal((await cli(push, options)).exitCode, 0, 'push after trust');
});

t.test('a changed host key is refused before authentication, and trust does not help', async (t) => {
  const knownHosts = join(folder, 'changed_known_hosts');
  await writeFile(knownHosts, `[127.0.0.1]:${sshd.port} ${await makeKey(join(folder, 'another'))}\n`);
  const options = await project({ dir: join(folder, 'changed'), knownHosts });
  const before = sshd.log().length;
  t.match(await cli(push, options), { exitCode: 6, stderr: /E_HOSTKEY_CHANGED[\s\S]*ssh-keygen -R/ });
  t.notMatch(sshd.log().slice(before), /userauth-request|Accepted/);
  t.match(await cli(['targets', 'trust', 'board'], options), { exitCode: 6 });
  await appendFile(knownHosts, `@revoked [127.0.0.1]:${sshd.port} ${sshd.hostKey}\n`);
  t.match(await cli(push, options), { exitCode: 6, stderr: /E_HOSTKEY_CHANGED.*revoked/ });
});

t.test('wrong key, dead board, wrong architecture', async (t) => {
  await makeKey(join(folder, 'stranger'));
  const dir = join(folder, 'refused');
  const env = { SSH_AUTH_SOCK: '' };
  const stranger = await project({ dir, key: join(folder, 'stranger') });
  t.match(await cli(push, { ...stranger, env }), { exitCode: 6, stderr: /E_AUTH.*stranger/ });
  t.match(await cli(push, await project({ dir, port: 1 })), { exitCode: 5, stderr: /E_UNREACHABLE/ });
  const wrong = await cli(push, await project({ dir, arch: process.arch === 'x64' ? 'armv8' : 'armv7' }));
  t.match(wrong, { exitCode: 7, stderr: /E_WRONG_ARCH/ });
});

t.test('cut in the middle of a push: the next push completes', async (t) => {
  const proxy = await startCuttingProxy(sshd.port);
  t.teardown(() => proxy.stop());
  const knownHosts = join(folder, 'proxy_known_hosts');
  await writeFile(knownHosts, `[127.0.0.1]:${proxy.port} ${sshd.hostKey}\n`);
  const dir = join(folder, 'cut');
  const options = await project({ dir, port: proxy.port, knownHosts });
  for (const bytes of [20_000, 100_000]) {
    proxy.after(bytes);
    t.match(await cli(push, options), { exitCode: 5, stderr: /E_UNREACHABLE/ }, `cut after ${bytes} bytes`);
    t.same(await incomplete(dir), [], 'nothing looks whole that is not');
  }
  proxy.after(Number.POSITIVE_INFINITY);
  t.equal((await cli(push, options)).exitCode, 0);
});

/** A proxy in front of the server, and a project whose board stands behind it. */
async function throughProxy(t: Test, name: string) {
  const proxy = await startCuttingProxy(sshd.port);
  t.teardown(() => proxy.stop());
  const knownHosts = join(folder, `${name}_known_hosts`);
  await writeFile(knownHosts, `[127.0.0.1]:${proxy.port} ${sshd.hostKey}\n`);
  const board = { dir: join(folder, name), port: proxy.port, knownHosts };
  const { user, keyFile: key } = sshd;
  const target = { name: 'board', type: 'ssh', arch: 'host', host: '127.0.0.1', user, key, ...board } as const;
  return { proxy, board, target };
}

t.test('a board that falls silent is given up, whatever it was doing', async (t) => {
  const { proxy, target } = await throughProxy(t, 'silent');
  const slow = script('slow', 'echo begun; sleep 60');
  const works: Readonly<Record<string, (device: Device, path: string) => Promise<unknown>>> = {
    facts: (device) => device.info(),
    put: (device) => device.put([blob('x', 10)]),
    run: (device, path) => device.run(path, []),
    get: (device, path) => device.get(path),
    remove: (device, path) => device.remove([`${path}-absent`]),
  };
  for (const [name, work] of Object.entries(works)) {
    proxy.after(Number.POSITIVE_INFINITY);
    const device = await openDevice(target, { silenceMs: 600 });
    const path = (await device.put([slow])).paths.get('slow')!;
    proxy.after(1, 'stall');
    t.comment(name);
    await failsWith(t, work(device, path), 'E_TIMEOUT', /board said nothing/);
  }
  t.comment('in the middle of an upload');
  proxy.after(Number.POSITIVE_INFINITY);
  const device = await openDevice(target, { silenceMs: 600 });
  proxy.after(100_000, 'stall');
  await failsWith(t, device.put([blob('x', 1_000_000)]), 'E_TIMEOUT');
  t.same(await incomplete(target.dir), []);
  t.comment('while a run may be silent for long');
  proxy.after(Number.POSITIVE_INFINITY);
  const patient = await openDevice(target, { silenceMs: 600 });
  const { paths } = await patient.put([slow]);
  const running = patient.run(paths.get('slow')!, [], {
    silenceMs: 60_000,
    onLine: () => proxy.after(1, 'stall'),
  });
  await failsWith(t, running, 'E_UNREACHABLE', /cut/);
  t.comment('while it is connected to');
  proxy.after(1, 'stall');
  await failsWith(t, openDevice(target, { silenceMs: 600 }), 'E_UNREACHABLE');
});

t.test('a signal ends every call on a silent board', async (t) => {
  const { proxy, target } = await throughProxy(t, 'aborted');
  const works: Readonly<Record<string, (device: Device) => Promise<unknown>>> = {
    facts: (device) => device.info(),
    upload: (device) => device.put([blob('x', 1_000_000)]),
  };
  for (const [name, work] of Object.entries(works)) {
    proxy.after(Number.POSITIVE_INFINITY);
    const abort = new AbortController();
    const device = await openDevice(target, { signal: abort.signal });
    await device.put([]);
    proxy.after(name === 'upload' ? 100_000 : 1, 'stall');
    setTimeout(() => abort.abort(), 300);
    await t.rejects(work(device), { code: 'E_INTERRUPTED' }, name);
  }
  proxy.after(1, 'stall');
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 300);
  await t.rejects(openDevice(target, { signal: abort.signal }), { code: 'E_INTERRUPTED' }, 'connecting');
});

t.test('a command that hangs on a board that lives', async (t) => {
  const programs = join(folder, 'programs');
  await mkdir(programs);
  await writeFile(join(programs, 'sha256sum'), '#!/bin/sh\nsleep 60\n', { mode: 0o755 });
  const hung = await startSshd({ sftp: false, env: { PATH: `${programs}:/usr/bin:/bin` } });
  t.teardown(() => hung.stop());
  const { port, user, keyFile: key, knownHostsFile: knownHosts } = hung;
  const board = { name: 'board', type: 'ssh', arch: 'host', host: '127.0.0.1', port, user, key, knownHosts } as const;
  const device = await openDevice({ ...board, dir: join(folder, 'hung') }, { silenceMs: 600 });
  // What hung is ended there, and the connection lives on.
  await failsWith(t, device.put([blob('x', 10)]), 'E_TIMEOUT');
  t.match(await device.run('/bin/echo', ['alive']), { exitCode: 0, stdout: 'alive\n' });
  await device.close();
});

t.test('the command line ends soon after a board fell silent', async (t) => {
  const { proxy, board } = await throughProxy(t, 'ends');
  const options = await project(board);
  proxy.after(100_000, 'stall');
  t.match(await cli([...push, '--timeout', '2'], options), { exitCode: 8, stderr: /E_TIMEOUT/ });
  proxy.after(100_000, 'stall');
  const started = performance.now();
  t.equal((await cli(push.slice(0, -1), { ...options, interruptAt: /sending runner/ })).exitCode, 130);
  t.ok(performance.now() - started < 20_000, 'Ctrl-C does not wait for the board');
  t.same(await incomplete(board.dir), []);
  proxy.after(Number.POSITIVE_INFINITY);
  t.equal((await cli(push, options)).exitCode, 0, 'the next push completes');
});

t.test('Ctrl-C in the middle of a push: the next push completes', async (t) => {
  const dir = join(folder, 'interrupted');
  const options = await project({ dir });
  t.equal((await cli(push.slice(0, -1), { ...options, interruptAt: /sending runner/ })).exitCode, 130);
  t.same(await incomplete(dir), []);
  t.equal((await cli(push, options)).exitCode, 0);
});

t.test('a full and a read-only folder', { skip: process.getuid?.() !== 0 && 'mounting needs root' }, async (t) => {
  const full = join(folder, 'full');
  await mkdir(full);
  t.teardown(await mountSmall(full, 'size=64k'));
  t.match(await cli(push, await project({ dir: full })), { exitCode: 7, stderr: /E_DISK_FULL/ });
  t.same(await incomplete(full), []);
  const readOnly = join(folder, 'read-only');
  t.teardown(await mountSmall(readOnly, 'ro'));
  t.match(await cli(push, await project({ dir: join(readOnly, 'x') })), { exitCode: 7, stderr: /E_DEVICE_PERM/ });
});
