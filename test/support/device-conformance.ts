import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import type { Device, FileToPut } from '../../deploy/index.js';
import { packageRoot } from '../../src/base/package-root.js';
import { type Arch, buildProgram } from '../../toolchains/index.js';
import { blob, failsWith, foreignProgram, incomplete, mountSmall, remount } from './devices.js';

/** A kind of device whose folder is one of this machine, so that a test can look into it and damage it. */
export interface Subject {
  /** What its programs are built for. */
  readonly arch: Arch;
  open(folder: string): Promise<Device>;
  /** False where the device's kernel does not start the program itself, so that noexec does not stop it. */
  readonly obeysNoexec: boolean;
}

/** `test/deploy/probe.c`, built for the subject. */
export async function probeFor(arch: Arch): Promise<FileToPut> {
  const sources = [join(packageRoot, 'test', 'deploy', 'probe.c')];
  const { bytes } = await buildProgram({ arch, name: 'probe', sources, library: false });
  return { name: 'probe', bytes, executable: true };
}

/** What every device owes its callers: `deploy/device.ts`. */
export async function deviceConformance(t: Test, subject: Subject): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'edge-deploy-device-'));
  t.teardown(() => rm(root, { recursive: true, force: true }));
  const probe = await probeFor(subject.arch);
  let folders = 0;
  /** A device with an empty folder, closed at the end of the test. */
  const fresh = async (t: Test, folder = join(root, `device ${++folders}`)) => {
    const device = await subject.open(folder);
    t.teardown(() => device.close());
    return { device, folder };
  };
  /** The same with the probe on it. */
  const ready = async (t: Test) => {
    const { device, folder } = await fresh(t);
    const { paths } = await device.put([probe]);
    return { device, folder, program: paths.get('probe')! };
  };

  t.test('facts', async (t) => {
    const { device, folder } = await fresh(t);
    const info = await device.info();
    t.equal(info.folder, folder);
    t.ok(info.cores >= 1);
    t.ok(info.machine && info.kernel && info.cpu);
    t.not(info.architecture, 'unknown');
    t.ok(info.freeBytes! > 0);
    t.same(await readdir(root), [], 'asking leaves no trace on the device');
  });

  t.test('only what is missing is sent', async (t) => {
    const { device, folder } = await fresh(t);
    const [large, none] = [blob('large.bin', 1_500_000), { name: 'empty.bin', bytes: new Uint8Array(0) }];
    const first = await device.put([probe, large, none]);
    t.same(
      first.sent.map(({ name }) => name),
      ['probe', 'large.bin', 'empty.bin'],
    );
    t.equal(first.bytesSent, probe.bytes.length + large.bytes.length);
    for (const { name, bytes } of [probe, large, none])
      t.ok(Buffer.from(bytes).equals(await device.get(first.paths.get(name)!)), `${name} arrived as it was`);
    const second = await device.put([none, large, probe]);
    t.same(second.sent, []);
    t.equal(second.bytesSent, 0);
    t.equal(second.bytesPresent, first.bytesSent);
    t.same(second.paths, first.paths);
    t.equal((await device.put([{ ...large, name: 'twin.bin' }])).bytesSent, large.bytes.length);
    t.match(await device.put([]), { bytesSent: 0, bytesPresent: 0 }, 'nothing to send');
    t.same(await incomplete(folder), []);
    t.notOk((await readdir(folder)).some((name) => name.endsWith('.part')));
  });

  t.test('what was damaged there is sent again', async (t) => {
    const { device, folder } = await fresh(t);
    const file = blob('weights.edp', 70_000);
    const path = (await device.put([file])).paths.get(file.name)!;
    for (const damage of [() => writeFile(path, randomBytes(70_000)), () => truncate(path, 69_999), () => rm(path)]) {
      await damage();
      t.equal((await device.put([file])).bytesSent, 70_000);
      t.ok((await readFile(path)).equals(file.bytes));
    }
    await writeFile(`${path}.part`, randomBytes(90_000));
    await rm(path);
    t.equal((await device.put([file])).bytesSent, 70_000, 'over what a cut transfer left');
    t.same(await incomplete(folder), []);
  });

  t.test('progress counts the bytes up to the end', async (t) => {
    const { device } = await fresh(t);
    const file = blob('weights.edp', 300_000);
    const seen: number[] = [];
    await device.put([file], {
      onProgress: ({ message, current, total }) => {
        t.match(message, 'weights.edp');
        t.equal(total, 300_000);
        seen.push(current!);
      },
    });
    t.equal(seen[0], 0);
    t.equal(seen.at(-1), 300_000);
    t.same(
      seen,
      seen.toSorted((a, b) => a - b),
    );
  });

  t.test('arguments arrive as they are, stdout and stderr come back apart', async (t) => {
    const { device, program } = await ready(t);
    const words = [
      '',
      'two words',
      `it's`,
      '"x"',
      '$HOME',
      '$(id)',
      '`id`',
      ';',
      '&&',
      '*',
      '~',
      '\\',
      '\\n',
      'a\nb',
      '-x',
      '#',
      'é↦',
      '!',
      '%s',
      "'",
      "''",
    ];
    const lines: string[] = [];
    const { stdout, stderr, exitCode } = await device.run(program, ['say', ...words], {
      onLine: (line) => lines.push(line),
    });
    t.equal(exitCode, 0);
    const said = stdout.slice(stdout.indexOf('\n') + 1);
    t.equal(said, words.map((word) => `[${word}]\n`).join(''));
    t.match(stderr, /on stderr\n/);
    t.notMatch(stdout, /on stderr/);
    t.equal(`${lines.join('\n')}\n`, stdout);
    t.match(await device.run(program, ['split']), { stdout: /^é$/m }, 'a letter that arrives in two pieces');
  });

  t.test('names with blanks and quotes, of files and of the folder', async (t) => {
    const folder = join(root, `it's a "folder" $(touch ${join(root, 'gotcha')}) \\ & more`);
    const { device } = await fresh(t, folder);
    const odd = { ...probe, name: `my "probe"; it's $HOME/../x` };
    const { paths } = await device.put([odd]);
    const program = paths.get(odd.name)!;
    t.ok(program.startsWith(`${folder}/`));
    t.notOk(program.slice(folder.length + 1).includes('/'), 'it stays in the folder');
    t.match(await device.run(program, ['exit', '3']), { exitCode: 3 });
    t.equal((await device.put([odd])).bytesSent, 0);
    t.equal((await device.info()).folder, folder);
    const output = join(folder, 'out put.bin');
    await device.run(program, ['bytes', output]);
    t.equal((await device.get(output)).length, 65536);
    await device.remove([output, folder]);
    t.notOk((await readdir(root)).includes('gotcha'), 'no shell has read a name');
    await t.rejects(readdir(folder), 'the folder is gone');
  });

  t.test('files that a run wrote are read and removed', async (t) => {
    const { device, folder, program } = await ready(t);
    const output = join(folder, 'output.bin');
    t.match(await device.run(program, ['bytes', output]), { exitCode: 0 });
    const got = await device.get(output);
    t.ok(got.length === 65536 && got.every((byte, i) => byte === (i & 255)), 'every byte value');
    await device.remove([output]);
    await failsWith(t, device.get(output), 'E_RUN', /output\.bin/);
    await device.remove([output]);
    await device.remove([]);
    t.match(await device.run(program, ['exit', '0']), { exitCode: 0 }, 'the rest is still there');
  });

  t.test('exit codes the program chose come back, ends it did not choose are errors', async (t) => {
    const { device, program } = await ready(t);
    for (const code of [0, 1, 42, 125]) t.equal((await device.run(program, ['exit', String(code)])).exitCode, code);
    for (const [code, expected] of [
      [126, 'E_WRONG_ARCH'],
      [127, 'E_WRONG_ARCH'],
      [132, 'E_CPU_FEATURE'],
      [134, 'E_CRASH'],
      [137, 'E_KILLED'],
      [139, 'E_CRASH'],
    ] as const)
      await failsWith(t, device.run(program, ['exit', String(code)]), expected);
    for (const [signal, expected] of [
      [4, 'E_CPU_FEATURE'],
      [6, 'E_CRASH'],
      [7, 'E_CRASH'],
      [9, 'E_KILLED'],
      [11, 'E_CRASH'],
      [15, 'E_KILLED'],
    ] as const)
      await failsWith(t, device.run(program, ['signal', String(signal)]), expected, /runner/);
    const foreign = (await device.put([foreignProgram()])).paths.get('foreign')!;
    await failsWith(t, device.run(foreign, []), 'E_WRONG_ARCH', new RegExp(subject.arch));
  });

  t.test('silence ends a run, and the program', async (t) => {
    const { device, program } = await ready(t);
    t.match(
      await device.run(program, ['tick', '6', '250'], { silenceMs: 1000 }),
      { stdout: /tick 5/ },
      'talking is enough',
    );
    const lines: string[] = [];
    const silent = device.run(program, ['sleep', '60000'], { silenceMs: 700, onLine: (line) => lines.push(line) });
    await failsWith(t, silent, 'E_TIMEOUT', /said nothing/);
    await isGone(t, Number(lines[0]));
  });

  t.test('an abort ends a run, and the program', async (t) => {
    const { device, program } = await ready(t);
    const abort = new AbortController();
    const lines: string[] = [];
    const run = device.run(program, ['sleep', '60000'], {
      signal: abort.signal,
      onLine: (line) => {
        lines.push(line);
        abort.abort();
      },
    });
    await t.rejects(run, { code: 'E_INTERRUPTED' });
    await isGone(t, Number(lines[0]));
    await t.rejects(device.run(program, ['exit', '0'], { signal: AbortSignal.abort() }), { code: 'E_INTERRUPTED' });
  });

  t.test('an abort in the middle of a transfer leaves nothing that looks whole', async (t) => {
    const { device, folder } = await fresh(t);
    const file = blob('weights.edp', 3_000_000);
    const abort = new AbortController();
    const onProgress = ({ current }: { current?: number }) => current! > 0 && abort.abort();
    await t.rejects(device.put([file], { onProgress, signal: abort.signal }), { code: 'E_INTERRUPTED' });
    t.same(
      (await readdir(folder)).filter((name) => !name.endsWith('.part')),
      [],
    );
    t.equal((await (await fresh(t, folder)).device.put([file])).bytesSent, 3_000_000);
    t.same(await incomplete(folder), []);
    await t.rejects(device.put([blob('x', 10)], { signal: AbortSignal.abort() }), { code: 'E_INTERRUPTED' });
  });

  const asRoot = { skip: process.getuid?.() !== 0 && 'mounting needs root' };
  t.test('a full, a read-only and a noexec folder', asRoot, async (t) => {
    const [full, readOnly, noexec] = [join(root, 'full'), join(root, 'read-only'), join(root, 'noexec')];
    const unmount = [
      await mountSmall(full, 'size=256k'),
      await mountSmall(readOnly, 'size=1m'),
      await mountSmall(noexec, 'noexec'),
    ];
    t.teardown(async () => {
      for (const undo of unmount) await undo();
    });
    const { device } = await fresh(t, full);
    const small = blob('small.bin', 100_000);
    await device.put([small]);
    for (const bytes of [200_000, 3_000_000]) {
      await failsWith(t, device.put([blob('large.bin', bytes)]), 'E_DISK_FULL');
      t.same(
        await readdir(full),
        [`${(await device.put([small])).paths.get('small.bin')!.slice(full.length + 1)}`],
        'no rest is left',
      );
    }
    t.equal((await device.put([small, blob('fits.bin', 100_000)])).bytesSent, 100_000, 'what fits still goes');
    const frozen = (await fresh(t, readOnly)).device;
    const there = (await frozen.put([small])).paths.get('small.bin')!;
    await remount(readOnly, 'ro');
    await failsWith(t, frozen.put([blob('more.bin', 10)]), 'E_DEVICE_PERM');
    await failsWith(t, frozen.remove([there]), 'E_DEVICE_PERM', /small\.bin/);
    await failsWith(t, (await fresh(t, join(readOnly, 'below'))).device.put([small]), 'E_DEVICE_PERM', /below/);
    t.ok((await frozen.get(there)).length > 0, 'reading is still possible');
    const locked = (await fresh(t, noexec)).device;
    const program = (await locked.put([probe])).paths.get('probe')!;
    if (subject.obeysNoexec) await failsWith(t, locked.run(program, ['exit', '0']), 'E_DEVICE_PERM', /executed/);
    else t.match(await locked.run(program, ['exit', '5']), { exitCode: 5 });
  });

  t.test('a file where the folder should be', async (t) => {
    const path = join(root, 'a-file');
    await mkdir(root, { recursive: true });
    await writeFile(path, 'x');
    const { device } = await fresh(t, path);
    await failsWith(t, device.put([blob('x', 10)]), 'E_DEVICE_PERM', /a-file/);
    t.equal(await readFile(path, 'utf8'), 'x');
  });
}

async function isGone(t: Test, pid: number): Promise<void> {
  t.ok(pid > 1, `process ${pid} ran`);
  const runs = () => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  for (let attempt = 0; attempt < 100 && runs(); attempt++) await sleep(50);
  t.notOk(runs(), 'and is gone');
}
