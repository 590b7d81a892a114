import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { readNpy, writeNpy } from '../../src/npy/index.js';
import { startAdbServer } from '../support/adb-server.js';
import { type Adbd, startAdbd } from '../support/adbd.js';
import { type CliOptions, cli } from '../support/cli.js';
import { incomplete } from '../support/devices.js';
import { fashionImages, floatsOf, GOLDEN, relativeError } from '../support/models.js';
import { freePort } from '../support/sshd.js';

/** The command line and the real adb client against stand-ins for Android devices, which run ARM programs under QEMU. */
const MODEL = join(packageRoot, 'examples', 'fashion-mnist', 'model');
const folder = await mkdtemp(join(tmpdir(), 'edge-deploy-adb-'));
const server = await startAdbServer();
const phone = await startAdbd();
const old = await startAdbd({ cpu: 'arm' });
t.teardown(async () => {
  await Promise.all([phone.stop(), old.stop()]);
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Board {
  readonly serial?: string | undefined;
  readonly arch?: string;
  readonly dir: string;
}

/** A project folder whose only target is a device with these fields. */
async function project({ arch = 'armv8', ...fields }: Board): Promise<CliOptions & { readonly cwd: string }> {
  const cwd = await mkdtemp(join(folder, 'project-'));
  const targets = { board: { type: 'adb', arch, ...fields } };
  await writeFile(join(cwd, 'edge-deploy.yaml'), JSON.stringify({ version: 1, targets }));
  return { cwd };
}

const push = ['push', MODEL, '--preset', 'once'];
const probe = ['targets', 'probe', 'board'];

const DEVICES: readonly (readonly [string, Adbd, number])[] = [
  ['armv8', phone, 1e-4],
  ['armv7', old, 2e-4],
];

for (const [arch, device, tolerance] of DEVICES) {
  t.test(`${arch}: the first push sends runner and program, the second nothing; outputs are Paddle’s`, async (t) => {
    const dir = join(device.folder, 'first');
    const options = await project({ serial: device.serial, arch, dir });
    const first = await cli([...push, '--json'], options);
    t.equal(first.exitCode, 0, 'first push', { stderr: first.stderr });
    const [record] = JSON.parse(first.stdout).records;
    t.ok(record.bytesSent > 100_000);
    t.equal(record.bytesSent, device.received, 'as many bytes as the device has got');
    t.ok(record.summary.median > 0);
    t.ok(
      record.agreement.every(({ agrees }: { agrees: boolean }) => agrees),
      'outputs agree with the reference',
    );
    t.match(await cli(push, options), { exitCode: 0, stdout: /up to date, 0 bytes sent/ });
    t.equal(record.bytesSent, device.received, 'and no more');

    const [x, y] = [join(options.cwd, 'x.npy'), join(options.cwd, 'y.npy')];
    await writeFile(x, writeNpy({ type: { dtype: 'f32', shape: [4, 1, 28, 28] }, data: fashionImages(GOLDEN, 4) }));
    const args = ['run', MODEL, '--precision', 'fp32', '--input-shape', 'x=4x1x28x28', '--input', x, '-o', y];
    t.match(await cli(args, options), { exitCode: 0 });
    const expected = floatsOf(join(packageRoot, 'examples', 'fashion-mnist', 'paddle-outputs-64.f32')).subarray(0, 40);
    t.ok(relativeError(readNpy(await readFile(y), y).data as Float32Array, expected) <= tolerance);
    t.same(
      (await readdir(dir)).filter((name) => name.startsWith('output')),
      [],
      'outputs do not pile up',
    );

    t.match(await cli(probe, options), { exitCode: 0, stdout: arch === 'armv8' ? /machine\s+aarch64/ : /armv7l/ });
    t.equal((await cli(['targets', 'clean', 'board', '--dry-run'], options)).exitCode, 0);
    t.ok((await readdir(dir)).length > 0, 'a dry run removes nothing');
    t.equal((await cli(['targets', 'clean', 'board'], options)).exitCode, 0);
    await t.rejects(stat(dir), 'the folder is gone');
  });
}

t.test('two devices: one must be named, and then every call names it', async (t) => {
  const dir = join(folder, 'two');
  await Promise.all([phone, old].map(({ serial }) => server.adb('connect', serial)));
  const unnamed = await project({ dir });
  const ambiguous = await cli(probe, unnamed);
  t.match(ambiguous, { exitCode: 2, stderr: /E_TARGET_AMBIGUOUS/ });
  for (const { serial } of [phone, old]) t.match(ambiguous.stderr, serial);
  const before = old.services.length;
  const chosen = await cli(push, { ...unnamed, env: { ANDROID_SERIAL: phone.serial } });
  t.equal(chosen.exitCode, 0, 'ANDROID_SERIAL', { stderr: chosen.stderr });
  t.equal(old.services.length, before, 'the other device is left alone');
});

t.test('the user’s adb server is the one that is asked', async (t) => {
  const nowhere = `tcp:127.0.0.1:${await freePort()}`;
  const options = await project({ dir: join(folder, 'nowhere'), serial: phone.serial });
  const result = await cli(probe, { ...options, env: { ADB_SERVER_SOCKET: nowhere } });
  t.match(result, { exitCode: 5, stderr: /E_ADB_NO_DEVICE.*adb does not answer.*refused/ });
});

t.test('devices that are not there, or do not let us in', async (t) => {
  const [locked, lost] = [await startAdbd({ authorized: false }), await startAdbd()];
  t.teardown(() => Promise.all([locked.stop(), lost.stop()]));
  const dir = join(folder, 'absent');
  await server.forget();
  t.match(await cli(probe, await project({ dir })), { exitCode: 5, stderr: /E_ADB_NO_DEVICE.*no device is connected/ });
  await server.adb('connect', lost.serial);
  lost.vanish();
  t.match(await cli(probe, await project({ dir })), { exitCode: 5, stderr: /E_ADB_OFFLINE.*is offline/ });
  const [unauthorized, absent] = await Promise.all(
    [locked.serial, `127.0.0.1:${await freePort()}`].map(async (serial) => cli(probe, await project({ dir, serial }))),
  );
  t.match(unauthorized, { exitCode: 6, stderr: /E_ADB_UNAUTHORIZED.*Accept the dialog/s });
  t.match(absent, { exitCode: 5, stderr: /E_ADB_NO_DEVICE.*refused/ });
});

// adb gives a connection ten seconds to say its name: time for the tests below.
const mute = await startAdbd();
mute.mute();
const connecting = cli(probe, await project({ dir: join(folder, 'mute'), serial: mute.serial }));

t.test('a runner for another architecture', async (t) => {
  const dir = join(old.folder, 'wrong');
  t.match(await cli(push, await project({ serial: old.serial, dir })), { exitCode: 7, stderr: /E_WRONG_ARCH/ });
  const host = await cli(push, await project({ serial: phone.serial, dir, arch: 'host' }));
  t.match(host, { exitCode: 7, stderr: /E_WRONG_ARCH.*not executable: 64-bit ELF file/ });
});

t.test('a full device and a folder that may not be written', async (t) => {
  const full = await startAdbd();
  t.teardown(() => full.stop());
  await full.setFree(64);
  const dir = join(full.folder, 'files');
  const { serial } = full;
  t.match(await cli(push, await project({ serial, dir })), { exitCode: 7, stderr: /E_DISK_FULL.*64 KiB free/ });
  t.same(await readdir(dir), []);
  // Not even root may make folders here.
  const closed = await cli(push, await project({ serial, dir: '/sys/edge-deploy' }));
  t.match(closed, { exitCode: 7, stderr: /E_DEVICE_PERM/ });
});

t.test('cut in the middle of a push: the next push completes', async (t) => {
  const dir = join(phone.folder, 'cut');
  const options = await project({ serial: phone.serial, dir });
  for (const bytes of [20_000, 100_000]) {
    phone.strike(bytes, 'cut');
    t.match(await cli(push, options), { exitCode: 5, stderr: /E_ADB_OFFLINE.*was cut/ }, `cut after ${bytes} bytes`);
    t.same(await incomplete(dir), [], 'nothing looks whole that is not');
  }
  phone.mend();
  t.equal((await cli(push, options)).exitCode, 0);
  phone.strike(/--threads/, 'cut');
  t.match(await cli([...push, '--json'], options), { exitCode: 5, stdout: /E_ADB_OFFLINE/ }, 'cut while it runs');
  phone.mend();
});

t.test('a device that falls silent, and Ctrl-C meanwhile', async (t) => {
  const dir = join(phone.folder, 'silent');
  const options = await project({ serial: phone.serial, dir });
  phone.strike(20_000, 'stall');
  const silent = await cli([...push, '--timeout', '1'], options);
  t.match(silent, { exitCode: 8, stderr: /E_TIMEOUT.*board said nothing.*--timeout/s });
  const mend = async () => {
    phone.mend();
    await server.forget(phone.serial);
  };
  await mend();
  phone.strike(20_000, 'stall');
  const started = performance.now();
  const interrupted = await cli(push, { ...options, interruptAt: /sending runner/ });
  t.equal(interrupted.exitCode, 130, 'Ctrl-C', { stderr: interrupted.stderr });
  t.ok(performance.now() - started < 20_000, 'it does not wait for the device');
  t.same(await incomplete(dir), []);
  await mend();
  t.equal((await cli(push, options)).exitCode, 0, 'the next push completes');
  phone.strike(/--threads/, 'stall');
  t.match(await cli([...push, '--timeout', '1'], options), { exitCode: 8, stderr: /E_TIMEOUT/ }, 'while it runs');
  await mend();
});

t.test('a device that takes the connection and says nothing', async (t) => {
  t.teardown(() => mute.stop());
  t.match(await connecting, { exitCode: 5, stderr: /E_ADB_OFFLINE/ });
});
