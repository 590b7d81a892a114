/** Where a package goes: whole or not at all, and never over what somebody else wrote. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { withSums, writePackage } from '../../src/package/write.js';
import { cli } from '../support/cli.js';

const folder = await mkdtemp(join(tmpdir(), 'edge-deploy-write-'));
t.teardown(() => rm(folder, { recursive: true }));
const { signal } = new AbortController();

const first = withSums([
  { path: 'lib/a', data: new Uint8Array([1, 2, 3]) },
  { path: 'example/run', data: 'run', executable: true },
]);
const second = withSums([{ path: 'other', data: 'second' }]);

async function namesIn(path: string): Promise<string[]> {
  return (await readdir(path)).toSorted();
}

t.test('an earlier package is replaced, with all its files', async (t) => {
  const path = join(folder, 'replaced');
  await writePackage(path, first, signal);
  t.same(await namesIn(path), ['SHA256SUMS', 'example', 'lib']);
  await writePackage(path, second, signal);
  t.same(await namesIn(path), ['SHA256SUMS', 'other']);
  await writePackage(path, second, signal);
  t.same(await namesIn(folder), ['replaced'], 'nothing is left beside it');
});

t.test('an empty folder will do', async (t) => {
  const path = join(folder, 'empty', 'deeper');
  await mkdir(path, { recursive: true });
  await writePackage(path, first, signal);
  t.same(await namesIn(path), ['SHA256SUMS', 'example', 'lib']);
});

t.test('what is not ours stays as it is', async (t) => {
  const path = join(folder, 'own');
  await writePackage(path, first, signal);
  await writeFile(join(path, 'lib/a'), 'mine now');
  await t.rejects(writePackage(path, second, signal), { code: 'E_OUTPUT', message: /holds lib\/a, which was changed/ });
  t.equal(await readFile(join(path, 'lib/a'), 'utf8'), 'mine now');
  await writeFile(join(path, 'lib/a'), new Uint8Array([1, 2, 3]));
  await writeFile(join(path, 'app.c'), 'int main;');
  await t.rejects(writePackage(path, second, signal), { message: /holds app\.c, which is of no package/ });
  t.same(await namesIn(path), ['SHA256SUMS', 'app.c', 'example', 'lib']);
  await t.rejects(writePackage(join(path, 'app.c'), second, signal), { message: /is a file/, hint: /another folder/ });
});

t.test('interrupted or without a place, it leaves nothing', async (t) => {
  const path = join(folder, 'interrupted');
  const before = await namesIn(folder);
  await t.rejects(writePackage(path, first, AbortSignal.abort()), { code: 'E_INTERRUPTED' });
  await t.rejects(writePackage('/dev/null/package', first, signal), { code: 'E_OUTPUT', message: /cannot be written/ });
  t.same(await namesIn(folder), before);
});

t.test('the command refuses before it computes', async (t) => {
  const model = join(packageRoot, 'examples', 'fashion-mnist', 'model');
  const output = join(folder, 'taken');
  await mkdir(output);
  await writeFile(join(output, 'thesis.tex'), 'years');
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['--for', 'host', '-o', output], /E_OUTPUT: .*taken holds thesis\.tex, which is of no package/],
    [
      ['--for', 'linux-armv7', '--path', 'dotprod', '-o', 'x'],
      /E_USAGE: --path is for 64-bit ARM, not for linux-armv7/,
    ],
    [['--for', 'ios', '--java', '-o', 'x'], /E_USAGE: --java is not for ios/],
    [['--for', 'windows', '-o', 'x'], /Allowed choices are linux-armv7/],
    [['-o', 'x'], /--for/],
    [['--for', 'host'], /--output/],
  ];
  for (const [args, said] of cases) {
    const result = await cli(['package', model, ...args], { cwd: folder });
    t.equal(result.exitCode, 2, args.join(' '));
    t.match(result.stderr, said);
    t.notMatch(result.stderr, /reading|compiling/);
  }
});
