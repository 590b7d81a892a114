import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';
import { blob, failsWith, mountSmall, remount } from '../devices.js';
import type { Workbench } from './workbench.js';

/** Folders that take nothing. */
export function storageConformance(t: Test, bench: Workbench): void {
  const asRoot = { skip: process.getuid?.() !== 0 && 'mounting needs root' };

  t.test('a full, a read-only and a noexec folder', asRoot, async (t) => {
    const [full, readOnly, noexec] = [
      join(bench.root, 'full'),
      join(bench.root, 'read-only'),
      join(bench.root, 'noexec'),
    ];
    const unmount = [
      await mountSmall(full, 'size=256k'),
      await mountSmall(readOnly, 'size=1m'),
      await mountSmall(noexec, 'noexec'),
    ];
    t.teardown(async () => {
      for (const undo of unmount) await undo();
    });
    const { device } = await bench.fresh(t, full);
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
    const frozen = (await bench.fresh(t, readOnly)).device;
    const there = (await frozen.put([small])).paths.get('small.bin')!;
    await remount(readOnly, 'ro');
    await failsWith(t, frozen.put([blob('more.bin', 10)]), 'E_DEVICE_PERM');
    await failsWith(t, frozen.remove([there]), 'E_DEVICE_PERM', /small\.bin/);
    await failsWith(t, (await bench.fresh(t, join(readOnly, 'below'))).device.put([small]), 'E_DEVICE_PERM', /below/);
    t.ok((await frozen.get(there)).length > 0, 'reading is still possible');
    const locked = (await bench.fresh(t, noexec)).device;
    const program = (await locked.put([bench.probe])).paths.get('probe')!;
    if (bench.subject.obeysNoexec) await failsWith(t, locked.run(program, ['exit', '0']), 'E_DEVICE_PERM', /executed/);
    else t.match(await locked.run(program, ['exit', '5']), { exitCode: 5 });
  });

  t.test('a file where the folder should be', async (t) => {
    const path = join(bench.root, 'a-file');
    await writeFile(path, 'x');
    const { device } = await bench.fresh(t, path);
    await failsWith(t, device.put([blob('x', 10)]), 'E_DEVICE_PERM', /a-file/);
    t.equal(await readFile(path, 'utf8'), 'x');
  });
}
