import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { headersFor } from '../../toolchains/build.js';
import { type Arch, buildProgram, type ProgramOptions } from '../../toolchains/index.js';
import { findCompiler } from '../../toolchains/zig.js';
import { standInCompiler } from '../support/compiler.js';
import { failsWith } from '../support/devices.js';
import { restoring } from '../support/environment.js';

const root = await mkdtemp(join(tmpdir(), 'edge-deploy-build-'));
const restore = restoring('EDGE_DEPLOY_CACHE', 'EDGE_DEPLOY_ZIG');
t.afterEach(restore);
t.teardown(() => rm(root, { recursive: true }));

/** An empty cache, the stand-in compiler, and a folder for sources. */
async function workshop() {
  const folder = await mkdtemp(join(root, 'shop-'));
  const compiler = await standInCompiler(join(folder, 'compiler'));
  process.env.EDGE_DEPLOY_CACHE = join(folder, 'cache');
  process.env.EDGE_DEPLOY_ZIG = compiler.path;
  const source = join(folder, 'tiny.c');
  await writeFile(source, 'int main(void) { return 0; }\n');
  const said: string[] = [];
  const build = (changes: Partial<ProgramOptions> = {}, arch: Arch = 'armv8') =>
    buildProgram({
      arch,
      name: 'tiny',
      sources: [source],
      library: false,
      onProgress: ({ message }) => said.push(message),
      ...changes,
    });
  const kept = async () =>
    (await readdir(join(folder, 'cache', 'builds', 'armv8')).catch(() => [])).filter(
      (name) => !name.endsWith('.sha256'),
    );
  return { folder, compiler, source, said, build, kept };
}

t.test('the real compiler: a program that runs, and its own words when it does not compile', async (t) => {
  const source = join(root, 'real.c');
  await writeFile(source, '#include <stdio.h>\nint main(void) { puts("built"); return 0; }\n');
  const options = { arch: 'host', name: 'real', sources: [source], library: false } as const;
  const { path, bytes, compiler } = await buildProgram(options);
  t.equal((await promisify(execFile)(path)).stdout, 'built\n');
  t.ok((await readFile(path)).equals(bytes));
  t.match(compiler, /^\d+\.\d+\.\d+/);
  await writeFile(source, 'int main(void) {\n  return undeclared;\n}\n');
  await failsWith(t, buildProgram(options), 'E_TOOLCHAIN', /failed on real:[\s\S]*real\.c:2:10: error: .*undeclared/);
});

t.test('a first build says what it does; the second finds the first', async (t) => {
  const { compiler, source, said, build } = await workshop();
  const first = await build();
  t.equal(first.cached, false);
  t.same(said, ['compiling tiny for armv8 (the first time also the C library: a minute or two)']);
  const second = await build();
  t.match(second, { cached: true, path: first.path, hash: first.hash });
  t.equal(said.length, 1, 'nothing is said');
  t.equal((await compiler.builds()).length, 1, 'nothing is compiled');
  await writeFile(source, 'int main(void) { return 1; }\n');
  await build();
  t.equal(said.at(-1), 'compiling tiny for armv8', 'the C library is there now');
  await build({}, 'host');
  t.equal(said.at(-1), 'compiling tiny for host', 'this machine has its own');
});

t.test('everything that goes into a program is in its hash', async (t) => {
  const { folder, source, build } = await workshop();
  const header = join(folder, 'parts', 'tiny.h');
  await mkdir(dirname(header));
  await writeFile(header, '#include "deep.h"\n');
  await writeFile(join(folder, 'parts', 'deep.h'), '#define N 1\n');
  const other = join(folder, 'include', 'outside.h');
  await mkdir(dirname(other));
  await writeFile(other, '#define M 1\n');
  await writeFile(
    source,
    '#include <stdio.h>\n #  include "parts/tiny.h"\n#include <outside.h>\n#include "missing.h"\n',
  );
  const cflags = [`-I${join(folder, 'include')}`];
  const seen = new Set([(await build({ cflags })).hash]);
  const changes: readonly (readonly [string, () => Promise<unknown>, Partial<ProgramOptions>?])[] = [
    ['a header', () => writeFile(header, '#include "deep.h"\n\n')],
    ['a header of a header', () => writeFile(join(folder, 'parts', 'deep.h'), '#define N 2\n')],
    ['a header of an include folder', () => writeFile(other, '#define M 2\n')],
    ['the source', () => writeFile(source, `${'#include "parts/tiny.h"'}\n`)],
    ['flags', async () => {}, { cflags: [...cflags, '-DX'] }],
    ['the kind', async () => {}, { shared: true }],
    ['the library', async () => {}, { library: true }],
    [
      'the compiler',
      async () => {
        process.env.EDGE_DEPLOY_ZIG = (await standInCompiler(join(folder, 'newer'), '0.0.1')).path;
      },
    ],
  ];
  for (const [what, change, options = {}] of changes) {
    await change();
    const { hash, cached } = await build({ cflags, ...options });
    t.notOk(seen.has(hash) || cached, `${what} counts`);
    seen.add(hash);
  }
  const { hash } = await build({ cflags });
  await utimes(source, 1, 1);
  t.match(await build({ cflags }), { hash, cached: true }, 'times do not count');
  await cp(process.env.EDGE_DEPLOY_ZIG!, join(folder, 'moved'));
  process.env.EDGE_DEPLOY_ZIG = join(folder, 'moved');
  t.match(await build({ cflags }), { hash, cached: true }, 'nor does where the compiler stands');
});

t.test('and so are the C++ headers that a program for Paddle-Lite includes', (t) => {
  const headers = headersFor([join(packageRoot, 'test/kernels/paddle-api/light_api.cpp')], []);
  const names = headers.map((header) => relative(join(packageRoot, 'kernels/include'), header));
  for (const name of ['paddle_api.h', 'edge_deploy/session.hpp', 'edge_deploy/thread_pool.hpp']) {
    t.ok(names.includes(name), name);
  }
  t.end();
});

t.test('a source that is broken or missing leaves nothing behind', async (t) => {
  const { source, build, kept } = await workshop();
  await writeFile(source, 'BROKEN\n');
  await failsWith(t, build(), 'E_TOOLCHAIN', /tiny\.c:1:1: error: use of undeclared identifier/);
  t.same(await kept(), []);
  await failsWith(t, build({ sources: [`${source}c`] }), 'E_INPUT', /tiny\.cc does not exist/);
  await writeFile(source, 'int main(void) { return 0; }\n');
  t.equal((await build()).cached, false, 'repaired, it builds');
});

t.test('at the same time, one compiles and the others wait', async (t) => {
  const { compiler, said, build } = await workshop();
  const built = await Promise.all([build(), build(), build()]);
  t.equal((await compiler.builds()).length, 1);
  t.equal(new Set(built.map(({ path }) => path)).size, 1);
  t.equal(built.filter(({ cached }) => cached).length, 2);
  t.ok(said.includes('waiting for another process that builds tiny for armv8'), said.join('; '));
});

t.test('another process that builds is waited for, one that died is not', async (t) => {
  const { compiler, said, build } = await workshop();
  const { path } = await build();
  const forget = () => rm(path);
  const holder = spawn('sleep', ['60']);
  await lock(path, holder.pid!);
  await forget();
  const waiting = build();
  while (!said.some((message) => message.startsWith('waiting')))
    await new Promise((resolve) => setTimeout(resolve, 20));
  t.equal((await compiler.builds()).length, 1, 'it does not compile meanwhile');
  holder.kill();
  await once(holder, 'exit');
  t.equal((await waiting).cached, false, 'the holder has died without a result');
  await lock(path, holder.pid!);
  await forget();
  t.equal((await build()).cached, false);
  t.notOk(existsSync(`${path}.lock`));
});

t.test('what is not whole in the cache is never used', async (t) => {
  const { source, build, kept } = await workshop();
  const { path, bytes } = await build();
  await writeFile(`${path}.99999.part`, 'half');
  for (const damage of [
    () => truncate(path, 5),
    () => writeFile(path, ''),
    () => rm(`${path}.sha256`),
    () => rm(path),
  ]) {
    await damage();
    const again = await build();
    t.equal(again.cached, false);
    t.ok(Buffer.from(again.bytes).equals(bytes));
  }
  t.equal((await build()).cached, true);
  t.notOk(existsSync(`${path}.99999.part`), 'what a dead process left is gone');
  const whole = await kept();
  await writeFile(source, 'SLOW\n');
  const abort = new AbortController();
  const building = build({ signal: abort.signal });
  while ((await kept()).length === whole.length || !(await kept()).some((name) => name.endsWith('.part')))
    await new Promise((resolve) => setTimeout(resolve, 20));
  abort.abort();
  await t.rejects(building, { code: 'E_INTERRUPTED' });
  t.same(await kept(), whole, 'an interrupted build leaves nothing');
});

t.test('EDGE_DEPLOY_ZIG', async (t) => {
  const { folder, compiler, build } = await workshop();
  process.env.EDGE_DEPLOY_ZIG = relative(process.cwd(), compiler.path);
  t.match(await build(), { cached: false, compiler: '0.0.0-stand-in' }, 'a relative path will do');
  const refused = async (value: string, message: RegExp) => {
    process.env.EDGE_DEPLOY_ZIG = value;
    await failsWith(t, build(), 'E_TOOLCHAIN', message);
  };
  await refused(join(folder, 'none'), /EDGE_DEPLOY_ZIG names .*none, which does not exist/);
  await refused('/bin/false', /EDGE_DEPLOY_ZIG names \/bin\/false, which does not work/);
  await refused(folder, /EDGE_DEPLOY_ZIG names .*, which does not work/);
  process.env.EDGE_DEPLOY_ZIG = '';
  t.match(findCompiler().path, /@zigc/, 'an empty one is none');
  t.ok(existsSync(findCompiler().path));
});

async function lock(path: string, pid: number): Promise<void> {
  await mkdir(`${path}.lock`);
  await writeFile(join(`${path}.lock`, 'pid'), String(pid));
}
