import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';
import { blob, failsWith, incomplete } from '../devices.js';
import type { Workbench } from './workbench.js';

/** Facts, and files that come and go. */
export function transferConformance(t: Test, bench: Workbench): void {
  t.test('facts', async (t) => {
    const { device, folder } = await bench.fresh(t);
    const info = await device.info();
    t.equal(info.folder, folder);
    t.ok(info.cores >= 1);
    t.ok(info.machine && info.kernel && info.cpu);
    t.not(info.architecture, 'unknown');
    t.ok(info.freeBytes! > 0);
    t.same(await readdir(bench.root), [], 'asking leaves no trace on the device');
  });

  t.test('only what is missing is sent', async (t) => {
    const { device, folder } = await bench.fresh(t);
    const [large, none] = [blob('large.bin', 1_500_000), { name: 'empty.bin', bytes: new Uint8Array(0) }];
    const first = await device.put([bench.probe, large, none]);
    t.same(
      first.sent.map(({ name }) => name),
      ['probe', 'large.bin', 'empty.bin'],
    );
    t.equal(first.bytesSent, bench.probe.bytes.length + large.bytes.length);
    for (const { name, bytes } of [bench.probe, large, none])
      t.ok(Buffer.from(bytes).equals(await device.get(first.paths.get(name)!)), `${name} arrived as it was`);
    const second = await device.put([none, large, bench.probe]);
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
    const { device, folder } = await bench.fresh(t);
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
    const { device } = await bench.fresh(t);
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

  t.test('names with blanks and quotes, of files and of the folder', async (t) => {
    const folder = join(bench.root, `it's a "folder" $(touch ${join(bench.root, 'gotcha')}) \\ & more`);
    const { device } = await bench.fresh(t, folder);
    const odd = { ...bench.probe, name: `my "probe"; it's $HOME/../x` };
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
    t.notOk((await readdir(bench.root)).includes('gotcha'), 'no shell has read a name');
    await t.rejects(readdir(folder), 'the folder is gone');
  });

  t.test('files that a run wrote are read and removed', async (t) => {
    const { device, folder, program } = await bench.ready(t);
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

  t.test('an abort in the middle of a transfer leaves nothing that looks whole', async (t) => {
    const { device, folder } = await bench.fresh(t);
    const file = blob('weights.edp', 3_000_000);
    const abort = new AbortController();
    const onProgress = ({ current }: { current?: number }) => current! > 0 && abort.abort();
    await t.rejects(device.put([file], { onProgress, signal: abort.signal }), { code: 'E_INTERRUPTED' });
    t.same(
      (await readdir(folder)).filter((name) => !name.endsWith('.part')),
      [],
    );
    t.equal((await (await bench.fresh(t, folder)).device.put([file])).bytesSent, 3_000_000);
    t.same(await incomplete(folder), []);
    await t.rejects(device.put([blob('x', 10)], { signal: AbortSignal.abort() }), { code: 'E_INTERRUPTED' });
  });
}
