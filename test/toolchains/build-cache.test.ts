/** What killed builds leave behind. */
import { spawnSync } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { cachedFile } from '../../toolchains/build-cache.js';
import { restoring } from '../support/environment.js';

t.afterEach(restoring('EDGE_DEPLOY_CACHE'));

t.test('files and locks of dead processes go, those of living ones stay', async (t) => {
  const folder = t.testdir({});
  process.env.EDGE_DEPLOY_CACHE = folder;
  const { pid: dead } = spawnSync('true');
  const path = join(folder, 'library.a');
  // In a container the next process often has the number of the last one.
  for (const pid of [dead, process.pid, process.ppid]) {
    await writeFile(`${path}.${pid}.part`, 'half');
    await mkdir(`${path}.${pid}.part.objects`);
  }
  await writeFile(join(folder, `other.a.${dead}.part`), '');
  await mkdir(`${path}.lock`);
  await writeFile(join(`${path}.lock`, 'pid'), String(process.pid));
  const waited: string[] = [];
  const make = (temporary: string) => writeFile(temporary, 'whole', { flag: 'wx' });
  const { bytes } = await cachedFile(path, make, {
    what: 'a library',
    onProgress: ({ message }) => waited.push(message),
    signal: AbortSignal.timeout(5000),
  });
  t.equal(Buffer.from(bytes).toString(), 'whole');
  t.strictSame(waited, []);
  const living = [`library.a.${process.ppid}.part`, `library.a.${process.ppid}.part.objects`];
  t.strictSame(
    (await readdir(folder)).toSorted(),
    ['library.a', 'library.a.sha256', ...living, `other.a.${dead}.part`].toSorted(),
  );
});

t.test('two who want one file make it once', async (t) => {
  const folder = t.testdir({});
  process.env.EDGE_DEPLOY_CACHE = folder;
  let made = 0;
  const make = async (temporary: string) => {
    made++;
    await new Promise((resolve) => setTimeout(resolve, 100));
    await writeFile(temporary, 'x');
  };
  const path = join(folder, 'one');
  const both = await Promise.all([1, 2].map(() => cachedFile(path, make, { what: 'one' })));
  t.equal(made, 1);
  t.strictSame(both.map(({ cached }) => cached).toSorted(), [false, true]);
});
