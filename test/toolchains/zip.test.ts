import { execFile } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { zipFiles } from '../../toolchains/index.js';
import { restoring } from '../support/environment.js';

const ENTRIES = [
  { path: 'z/last first.txt', data: 'text' },
  { path: 'META-INF/MANIFEST.MF', data: 'Manifest-Version: 1.0\n' },
  { path: 'a.bin', data: new Uint8Array([0, 1, 255]) },
  { path: 'empty', data: '' },
];

t.test('the entries in their order and no other, stored as they are', async (t) => {
  const folder = t.testdir({});
  const bytes = Buffer.from(await zipFiles(ENTRIES));
  await writeFile(join(folder, 'a.zip'), bytes);
  const jar = (...args: string[]) => promisify(execFile)('jar', [...args, '--file', 'a.zip'], { cwd: folder });
  const { stdout } = await jar('--list');
  t.strictSame(stdout.trimEnd().split('\n'), ['z/last first.txt', 'META-INF/MANIFEST.MF', 'a.bin', 'empty']);
  t.ok(bytes.includes('a.bin\0\x01\xff', 0, 'latin1'), 'not compressed');
  t.ok(bytes.includes('Manifest-Version: 1.0\nPK', 0, 'latin1'), 'nothing is added to a manifest');
});

t.test('equal entries give equal bytes, whenever', async (t) => {
  const first = await zipFiles(ENTRIES);
  // ZIP files count in steps of two seconds.
  await new Promise((resolve) => setTimeout(resolve, 2100));
  t.strictSame(await zipFiles(ENTRIES), first);
});

t.test('interrupted, it leaves nothing behind', async (t) => {
  const folder = t.testdir({});
  t.teardown(restoring('TMPDIR'));
  process.env.TMPDIR = join(folder, 'tmp');
  await mkdir(process.env.TMPDIR);
  await zipFiles(ENTRIES);
  await t.rejects(zipFiles(ENTRIES, AbortSignal.abort()), { code: 'E_INTERRUPTED' });
  await t.rejects(zipFiles(ENTRIES, AbortSignal.timeout(150)), { code: 'E_INTERRUPTED' });
  t.strictSame(await readdir(process.env.TMPDIR), []);
});
