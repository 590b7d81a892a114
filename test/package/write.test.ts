/** Where a package goes: whole or not at all, and never over what somebody else wrote. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { withSums, writePackage } from '../../src/package/write.js';
import { cli } from '../support/cli.js';

const folder = await mkdtemp(join(tmpdir(), 'edge-deploy-write-'));
t.teardown(() => rm(folder, { recursive: true }));
const { signal } = new AbortController();

const readme = { path: 'README.md', data: '# A model\n\nMade by edge-deploy 0.1.0' };
const first = withSums([
  readme,
  { path: 'lib/a', data: new Uint8Array([1, 2, 3]) },
  { path: 'example/run', data: 'run', executable: true },
]);
const second = withSums([readme, { path: 'other', data: 'second' }]);

async function namesIn(path: string): Promise<string[]> {
  return (await readdir(path)).toSorted();
}

t.test('an earlier package is replaced, with all its files', async (t) => {
  const path = join(folder, 'replaced');
  await writePackage(path, first, signal);
  t.same(await namesIn(path), ['README.md', 'SHA256SUMS', 'example', 'lib']);
  await writePackage(path, second, signal);
  t.same(await namesIn(path), ['README.md', 'SHA256SUMS', 'other']);
  await writePackage(path, second, signal);
  t.same(await namesIn(folder), ['replaced'], 'nothing is left beside it');
});

t.test('an empty folder will do', async (t) => {
  const path = join(folder, 'empty', 'deeper');
  await mkdir(path, { recursive: true });
  await writePackage(path, first, signal);
  t.same(await namesIn(path), ['README.md', 'SHA256SUMS', 'example', 'lib']);
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
  t.same(await namesIn(path), ['README.md', 'SHA256SUMS', 'app.c', 'example', 'lib']);
  await t.rejects(writePackage(join(path, 'app.c'), second, signal), { message: /is a file/, hint: /another folder/ });
});

t.test('a list of hashes alone makes no package: such folders hold downloads', async (t) => {
  const path = join(folder, 'downloads');
  for (const own of [[{ path: 'linux.iso', data: 'large' }], [{ path: 'README.md', data: 'Read me' }]]) {
    await mkdir(path);
    for (const file of withSums(own)) await writeFile(join(path, file.path), file.data);
    await t.rejects(writePackage(path, first, signal), { code: 'E_OUTPUT', message: /but README\.md of no package/ });
    t.same(await namesIn(path), [own[0]!.path, 'SHA256SUMS'].toSorted());
    await rm(path, { recursive: true });
  }
});

t.test('what is no plain file of the package counts as changed, and an empty folder as somebody’s', async (t) => {
  const path = join(folder, 'odd');
  await writePackage(path, first, signal);
  await mkdir(join(path, 'build'));
  await t.rejects(writePackage(path, second, signal), { message: /holds build, which is of no package/ });
  await rm(join(path, 'build'), { recursive: true });
  await rm(join(path, 'lib/a'));
  execFileSync('mkfifo', [join(path, 'lib/a')]);
  await t.rejects(writePackage(path, second, signal), { message: /holds lib\/a, which was changed/ });
  await rm(join(path, 'lib/a'));
  await writePackage(path, second, signal);
  t.same(await namesIn(path), ['README.md', 'SHA256SUMS', 'other'], 'a file that is gone is no change');
});

t.test('a folder that is there stays the same one: it may be a link, or where somebody works', async (t) => {
  const [path, link] = [join(folder, 'real'), join(folder, 'link')];
  await mkdir(path, { mode: 0o700 });
  await symlink('real', link);
  const { ino } = await stat(path);
  for (const files of [first, second]) {
    await writePackage(link, files, signal);
    t.match(await stat(path), { ino, mode: 0o40700 });
    t.equal(await readlink(link), 'real');
  }
  t.same(await namesIn(path), ['README.md', 'SHA256SUMS', 'other']);
  await symlink('gone', join(folder, 'dangling'));
  await t.rejects(writePackage(join(folder, 'dangling'), first, signal), { message: /is a link to nothing/ });
});

t.test('of two runs at once one writes, the other is refused', async (t) => {
  for (const before of ['nothing', 'a package'] as const) {
    const path = join(folder, `twice-${before}`);
    if (before === 'a package') await writePackage(path, second, signal);
    const results = await Promise.allSettled([writePackage(path, first, signal), writePackage(path, first, signal)]);
    t.ok(
      results.some(({ status }) => status === 'fulfilled'),
      before,
    );
    for (const result of results) if (result.status === 'rejected') t.match(result.reason, { code: 'E_OUTPUT' });
    t.same(await namesIn(path), ['README.md', 'SHA256SUMS', 'example', 'lib']);
    execFileSync('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: path });
  }
  const path = join(folder, 'left');
  await mkdir(join(path, '.edge-deploy.part'), { recursive: true });
  await t.rejects(writePackage(path, first, signal), { message: /is being written, or edge-deploy was ended there/ });
});

t.test('a package whose successor cannot be written stays as it was', async (t) => {
  const path = join(folder, 'stays');
  await writePackage(path, first, signal);
  const impossible = withSums([readme, { path: 'x'.repeat(300), data: 'no system takes this name' }]);
  await t.rejects(writePackage(path, impossible, signal), { code: 'E_OUTPUT', hint: /where you may write/ });
  await t.rejects(writePackage(path, second, AbortSignal.abort()), { code: 'E_INTERRUPTED' });
  t.same(await namesIn(path), ['README.md', 'SHA256SUMS', 'example', 'lib']);
  execFileSync('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: path });
});

t.test('interrupted or without a place, it leaves nothing', async (t) => {
  const path = join(folder, 'interrupted');
  const before = await namesIn(folder);
  await t.rejects(writePackage(path, first, AbortSignal.abort()), { code: 'E_INTERRUPTED' });
  await t.rejects(writePackage(join(path, 'deep', 'deeper'), first, AbortSignal.abort()), { code: 'E_INTERRUPTED' });
  await t.rejects(writePackage('/proc/none/package', first, signal), { code: 'E_OUTPUT' });
  await t.rejects(writePackage('/dev/null/package', first, signal), {
    code: 'E_OUTPUT',
    message: /cannot be (read|written)/,
  });
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
