import { readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Device } from '../../deploy/device.js';
import { openDevice } from '../../deploy/index.js';
import { startAdbServer } from '../support/adb-server.js';
import { type Adbd, type AdbdOptions, startAdbd } from '../support/adbd.js';
import { blob, failsWith, incomplete, script } from '../support/devices.js';
import { restoring } from '../support/environment.js';
import { freePort } from '../support/sshd.js';

/** The five verbs through the real adb client, against a stand-in for a device; what a lost or silent device does to each. */
const server = await startAdbServer();
t.teardown(() => server.stop());

async function phone(t: Test, options?: AdbdOptions): Promise<Adbd> {
  const started = await startAdbd(options);
  t.teardown(async () => {
    await started.stop();
    await server.forget();
  });
  return started;
}

function target(phone: Adbd, dir = join(phone.folder, 'files')) {
  return { name: 'phone', type: 'adb', arch: 'armv8', serial: phone.serial, dir } as const;
}

const quick = { silenceMs: 600 };

t.test('put, run, get and remove', async (t) => {
  const board = await phone(t);
  const device = await openDevice(target(board));
  const writer = script('writer', 'echo out; echo err >&2; head -c 100000 "$0" > "$1"; cp "$2" "$1.copy"; exit 5');
  const data = blob("odd ' name", 300_000);
  const first = await device.put([writer, data]);
  t.equal(first.bytesSent, writer.bytes.length + data.bytes.length);
  const second = await device.put([writer, data]);
  t.match(second, { bytesSent: 0, sent: [], bytesPresent: first.bytesSent });

  const lines: string[] = [];
  const result = join(board.folder, 'files', "it's output");
  const ended = await device.run(first.paths.get('writer')!, [result, first.paths.get(data.name)!], {
    onLine: (line) => lines.push(line),
  });
  t.match(ended, { stdout: 'out\n', stderr: 'err\n', exitCode: 5 });
  t.same(lines, ['out']);
  t.same(Buffer.from(await device.get(`${result}.copy`)), Buffer.from(data.bytes), 'bytes as they were');
  await device.remove([result, `${result}.copy`, `${result}.absent`]);
  await t.rejects(stat(result));
  await failsWith(t, device.get(result), 'E_RUN', /cannot read .*it's output/);
  await device.close();
});

t.test('facts', async (t) => {
  const board = await phone(t);
  const info = await (await openDevice(target(board))).info();
  t.match(info, { transport: 'adb', machine: 'aarch64', architecture: 'aarch64', freeBytes: 50_000_000 * 1024 });
});

t.test('a program’s own words about closed or lost things are not the connection’s', async (t) => {
  const board = await phone(t);
  const device = await openDevice(target(board));
  const talker = script('talker', 'echo "error: closed" >&2; echo "device not found"; exit 1');
  const { paths } = await device.put([talker]);
  t.match(await device.run(paths.get('talker')!, []), { exitCode: 1, stderr: 'error: closed\n' });
});

t.test('the device goes away in the middle of a run', async (t) => {
  const board = await phone(t);
  const device = await openDevice(target(board));
  const { paths } = await device.put([script('slow', 'echo begun; sleep 60')]);
  const running = device.run(paths.get('slow')!, [], { onLine: () => board.vanish() });
  await failsWith(t, running, 'E_ADB_OFFLINE', /was cut/);
});

/** Every call the device gets, by what is seen of it there, with the work that makes it. */
const CALLS: readonly (readonly [string, RegExp | number, (device: Device, board: Adbd) => Promise<unknown>])[] = [
  ['facts', /uname/, (device) => device.info()],
  ['making the folder', /mkdir/, (device) => device.put([blob('x', 10)])],
  ['asking for hashes', /^sha256sum/, (device) => device.put([blob('x', 10)])],
  ['sending the first byte', 0, (device) => device.put([blob('x', 10)])],
  ['sending half of a file', 150_000, (device) => device.put([blob('x', 300_000)])],
  ['checking what arrived', /^sha256sum .*\.part/, (device) => device.put([blob('x', 10)])],
  ['renaming', /mv -f/, (device) => device.put([blob('x', 10)])],
  [
    'running',
    /^[^ ]*-slow/,
    async (device) => device.run((await device.put([script('slow', 'sleep 60')])).paths.get('slow')!, []),
  ],
  ['removing', /^rm/, (device, { folder }) => device.remove([join(folder, 'files', 'x')])],
  ['asking for a size', /^wc/, (device, { folder }) => device.get(join(folder, 'result'))],
  ['reading a result', /^sync:/, (device, { folder }) => device.get(join(folder, 'result'))],
];

for (const [call, where, work] of CALLS) {
  t.test(`the device goes away while ${call}`, async (t) => {
    const board = await phone(t);
    await writeFile(join(board.folder, 'result'), 'x');
    const device = await openDevice(target(board));
    board.strike(where, 'cut');
    await failsWith(t, work(device, board), 'E_ADB_OFFLINE', /connection to 127.* was cut/);
    t.same(await incomplete(join(board.folder, 'files')), []);
    board.mend();
    const again = await openDevice(target(board));
    t.equal((await again.put([blob('y', 200_000)])).bytesSent, 200_000, 'and comes back');
  });

  t.test(`the device says nothing while ${call}`, async (t) => {
    const board = await phone(t);
    await writeFile(join(board.folder, 'result'), 'x');
    const device = await openDevice(target(board), quick);
    board.strike(where, 'stall');
    await failsWith(t, work(device, board), 'E_TIMEOUT', /nothing/);
    t.same(await incomplete(join(board.folder, 'files')), []);
  });

  t.test(`interrupted while ${call}`, async (t) => {
    const board = await phone(t);
    await writeFile(join(board.folder, 'result'), 'x');
    const abort = new AbortController();
    const device = await openDevice(target(board), { signal: abort.signal });
    board.strike(where, 'stall');
    const working = work(device, board);
    await Promise.all([t.rejects(working, { code: 'E_INTERRUPTED' }), board.silence().then(() => abort.abort())]);
    t.same(await incomplete(join(board.folder, 'files')), []);
  });
}

t.test('a signal of one call ends that call', async (t) => {
  const board = await phone(t);
  const device = await openDevice(target(board));
  board.strike(100_000, 'stall');
  const abort = new AbortController();
  const putting = device.put([blob('x', 300_000)], { signal: abort.signal });
  await Promise.all([t.rejects(putting, { code: 'E_INTERRUPTED' }), board.silence().then(() => abort.abort())]);
});

t.test('what a full device says, and what is left there', async (t) => {
  const board = await phone(t);
  await board.setFree(100);
  const device = await openDevice(target(board));
  const error = await failsWith(t, device.put([blob('big', 300_000)]), 'E_DISK_FULL');
  t.match(error.message, /No space left on device \(100 KiB free, 293 needed\)/);
  t.same(await readdir(join(board.folder, 'files')), [], 'not even a part');
});

t.test('a file the device refuses: its own words', async (t) => {
  const board = await phone(t);
  const device = await openDevice(target(board));
  board.refuse("couldn't create file: Read-only file system");
  const error = await failsWith(t, device.put([blob('x', 10)]), 'E_DEVICE_PERM');
  t.match(
    error.message,
    /^phone: writing .*-x\.[0-9a-f]{8}\.part failed: couldn't create file: Read-only file system$/,
  );
});

t.test('parts of old pushes are removed, those of others are left alone', async (t) => {
  const board = await phone(t);
  const device = await openDevice(target(board));
  await device.put([]);
  const [old, recent] = ['old.part', 'recent.part'].map((name) => join(board.folder, 'files', name));
  for (const file of [old!, recent!]) await writeFile(file, 'x');
  await utimes(old!, new Date(), new Date(Date.now() - 2 * 3_600_000));
  await device.put([]);
  t.same(await readdir(join(board.folder, 'files')), ['recent.part']);
});

t.test('removing what may not be removed is an error', async (t) => {
  const board = await phone(t);
  const device = await openDevice(target(board));
  await failsWith(t, device.remove(['/proc/version']), 'E_DEVICE_PERM', /removing/);
});

t.test('a device without the shell protocol', async (t) => {
  const board = await phone(t, { features: ['cmd'] });
  const device = await openDevice(target(board));
  await failsWith(t, device.info(), 'E_CONFIG', /too old/);
});

t.test('nobody at the address', async (t) => {
  const absent = { name: 'phone', type: 'adb', arch: 'armv8', serial: `127.0.0.1:${await freePort()}` } as const;
  await failsWith(t, openDevice(absent), 'E_ADB_NO_DEVICE', /Connection refused/);
});

t.test('an adb server that does not answer', async (t) => {
  const dead = createServer().listen(0, '127.0.0.1');
  t.teardown(() => dead.close());
  await new Promise((resolve) => dead.once('listening', resolve));
  t.teardown(restoring('ADB_SERVER_SOCKET'));
  process.env.ADB_SERVER_SOCKET = `tcp:127.0.0.1:${(dead.address() as { port: number }).port}`;
  const board = { name: 'phone', type: 'adb', arch: 'armv8' } as const;
  await failsWith(t, openDevice(board, quick), 'E_ADB_NO_DEVICE', /adb does not answer/);
});

t.test('no adb', async (t) => {
  t.teardown(restoring('PATH'));
  process.env.PATH = '/nowhere';
  await failsWith(t, openDevice({ name: 'phone', type: 'adb', arch: 'armv8' }), 'E_TOOL_MISSING', /adb/);
});
