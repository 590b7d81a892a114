import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { buildJar, compileJava, findJdk, zipFiles } from '../../toolchains/index.js';
import { failsWith } from '../support/devices.js';
import { restoring } from '../support/environment.js';

const root = await mkdtemp(join(tmpdir(), 'edge-deploy-jdk-'));
t.afterEach(restoring('EDGE_DEPLOY_CACHE', 'JAVA_HOME', 'JDK_JAVAC_OPTIONS', 'LC_ALL', 'PATH', 'TMPDIR', 'TZ'));
t.teardown(() => rm(root, { recursive: true }));

/** An empty cache, and an empty folder for temporary files. */
async function workshop(): Promise<{ folder: string; left: () => Promise<string[]> }> {
  const folder = await mkdtemp(join(root, 'shop-'));
  process.env.EDGE_DEPLOY_CACHE = join(folder, 'cache');
  process.env.TMPDIR = join(folder, 'temporary');
  await mkdir(process.env.TMPDIR);
  const names = (name: string) => readdir(join(folder, name)).catch(() => []);
  return { folder, left: async () => [...(await names('temporary')), ...(await names('cache/builds/java'))] };
}

/** A JAVA_HOME whose javac is this shell script, and whose jar does nothing. */
async function standIn(folder: string, javac: string): Promise<void> {
  process.env.JAVA_HOME = join(folder, 'jdk');
  await mkdir(join(folder, 'jdk/bin'), { recursive: true });
  for (const [name, text] of [
    ['javac', javac],
    ['jar', ''],
  ] as const) {
    await writeFile(join(folder, 'jdk/bin', name), `#!/bin/sh\n${text}\n`);
    await chmod(join(folder, 'jdk/bin', name), 0o755);
  }
}

t.test('the same jar twice, whatever the time zone; the third comes from the cache', async (t) => {
  await workshop();
  process.env.TZ = 'Asia/Kathmandu';
  const first = await buildJar();
  const { left } = await workshop();
  process.env.TZ = 'America/Los_Angeles';
  const said: string[] = [];
  const second = await buildJar({ onProgress: ({ message }) => said.push(message) });
  t.ok(Buffer.from(first.bytes).equals(second.bytes));
  t.equal(first.hash, second.hash);
  t.strictSame(said, ['compiling PaddlePredictor.jar']);
  t.notOk(first.cached || second.cached);
  const third = await buildJar();
  t.ok(third.cached);
  t.ok((await readFile(third.path)).equals(second.bytes));
  const name = `${second.hash.slice(0, 16)}-PaddlePredictor.jar`;
  t.strictSame(await left(), [name, `${name}.sha256`], 'nothing else is left');
});

t.test(
  'the same jar in the locale of C, in folders outside ASCII, and whatever javac is told on the side',
  async (t) => {
    await workshop();
    const first = await buildJar();
    const { folder } = await workshop();
    process.env.TMPDIR = join(folder, 'vorläufige dateien');
    await mkdir(process.env.TMPDIR);
    process.env.LC_ALL = 'C';
    process.env.JDK_JAVAC_OPTIONS = '-g';
    const second = await buildJar();
    t.notOk(second.cached);
    t.ok(Buffer.from(first.bytes).equals(second.bytes));
  },
);

t.test('its entries stand in order, for Java 8, under a manifest that names no machine', async (t) => {
  await workshop();
  const { javac, jar } = await findJdk();
  const { path } = await buildJar();
  const run = promisify(execFile);
  const entries = (await run(jar, ['--list', '--file', path])).stdout.trim().split('\n');
  t.strictSame(entries.slice(0, 2), ['META-INF/', 'META-INF/MANIFEST.MF']);
  t.strictSame(entries.slice(2), entries.slice(2).toSorted());
  const classes = ['ConfigBase', 'CxxConfig', 'MobileConfig', 'PaddlePredictor', 'Place', 'PowerMode', 'Tensor'];
  for (const name of classes) t.ok(entries.includes(`com/baidu/paddle/lite/${name}.class`), name);
  const folder = await mkdtemp(join(root, 'out-'));
  await run(jar, ['--extract', '--file', path], { cwd: folder });
  const manifest = await readFile(join(folder, 'META-INF/MANIFEST.MF'), 'latin1');
  t.equal(manifest, 'Manifest-Version: 1.0\r\nCreated-By: edge-deploy\r\n\r\n');
  const javap = join(dirname(javac), 'javap');
  const { stdout } = await run(javap, ['-v', '-cp', path, 'com.baidu.paddle.lite.PaddlePredictor']);
  t.match(stdout, /major version: 52/);
});

t.test('javac has nothing to remark about the sources, nor about their documentation', async (t) => {
  const { javac } = await findJdk();
  const folder = join(packageRoot, 'kernels/compat/java/com/baidu/paddle/lite');
  const sources = (await readdir(folder)).map((name) => join(folder, name));
  const strict = ['--release', '8', '-encoding', 'UTF-8', '-Xlint:all,-options', '-Xdoclint:all/protected', '-Werror'];
  const { stdout, stderr } = await promisify(execFile)(javac, [...strict, '-d', join(root, 'strict'), ...sources]);
  t.equal(stdout + stderr, '');
});

t.test('without a JDK that will do the error says how to get one', async (t) => {
  const { folder } = await workshop();
  const hint = /apt install openjdk-17-jdk-headless.*JAVA_HOME/;
  const refused = async (message: RegExp) => {
    t.match((await failsWith(t, buildJar(), 'E_TOOLCHAIN', message)).hint, hint);
  };
  process.env.JAVA_HOME = '/no/such/jdk';
  await refused(/JAVA_HOME names \/no\/such\/jdk, which has no javac/);
  delete process.env.JAVA_HOME;
  const path = process.env.PATH;
  process.env.PATH = folder;
  await refused(/there is no javac/);
  process.env.PATH = path;
  await standIn(folder, 'echo javac 11.0.2 >&2');
  await refused(/bin\/javac is of JDK 11.0.2; 17 or later is needed/);
  await standIn(folder, 'echo javac 1.8.0_392 >&2');
  await refused(/is of JDK 1.8.0_392; 17 or later/);
  await standIn(folder, 'echo no Java runtime present; exit 1');
  await refused(/is not of a working JDK: no Java runtime present/);
  await standIn(folder, 'exit 0');
  await rm(join(folder, 'jdk/bin/jar'));
  await refused(/is not of a working JDK: no answer/);
});

t.test("the compiler's own words, and nothing left of what failed", async (t) => {
  const { folder, left } = await workshop();
  await standIn(folder, 'if [ "$1" = -version ]; then echo javac 21.0.1; else echo "X.java:1: error"; exit 1; fi');
  await failsWith(t, buildJar(), 'E_TOOLCHAIN', /bin\/javac failed:\nX\.java:1: error/);
  t.strictSame(await left(), []);
  delete process.env.JAVA_HOME;
  await writeFile(join(folder, 'Broken.java'), 'final class Broken { int x = "text"; }\n');
  const compiled = compileJava([join(folder, 'Broken.java')], [], join(folder, 'classes'));
  await failsWith(t, compiled, 'E_TOOLCHAIN', /Broken\.java:1: error: incompatible types/);
});

t.test('folders that cannot be used are named, with the variable that names others', async (t) => {
  const { folder } = await workshop();
  process.env.TMPDIR = join(folder, 'none');
  const files = [{ path: 'a', data: '' }];
  for (const work of [() => buildJar(), () => zipFiles(files)]) {
    const { hint } = await failsWith(t, work(), 'E_TOOLCHAIN', /none cannot be used: ENOENT/);
    t.match(hint, /another folder in TMPDIR/);
  }
  process.env.EDGE_DEPLOY_CACHE = join(folder, 'file');
  await writeFile(process.env.EDGE_DEPLOY_CACHE, '');
  const { hint } = await failsWith(t, buildJar(), 'E_TOOLCHAIN', /file cannot be used: E(NOTDIR|EXIST)/);
  t.match(hint, /another folder in EDGE_DEPLOY_CACHE/);
});

t.test('who waits for another process can be interrupted', async (t) => {
  const { folder } = await workshop();
  await standIn(folder, 'if [ "$1" = -version ]; then echo javac 21.0.1; else exec sleep 5; fi');
  const [builder, waiter] = [new AbortController(), new AbortController()];
  let building: Promise<unknown> = Promise.resolve();
  // When the first one compiles it has the lock; of two that start together either may be the faster to find its JDK.
  await new Promise<void>((compiles) => {
    const options = { signal: builder.signal, onProgress: () => compiles() };
    building = t.rejects(buildJar(options), { code: 'E_INTERRUPTED' });
  });
  const onProgress = ({ message }: { message: string }) => {
    if (message.startsWith('waiting')) waiter.abort();
  };
  const start = Date.now();
  await t.rejects(buildJar({ signal: waiter.signal, onProgress }), {
    code: 'E_INTERRUPTED',
    message: /another process/,
  });
  t.ok(Date.now() - start < 4000);
  builder.abort();
  await building;
});

t.test('an interrupted build ends at once and leaves nothing', async (t) => {
  const { folder, left } = await workshop();
  await standIn(folder, 'if [ "$1" = -version ]; then echo javac 21.0.1; else exec sleep 60; fi');
  const interrupt = new AbortController();
  setTimeout(() => interrupt.abort(), 500);
  const start = Date.now();
  const interrupted = { code: 'E_INTERRUPTED', message: 'the work of the JDK was interrupted' };
  await t.rejects(buildJar({ signal: interrupt.signal }), interrupted);
  t.ok(Date.now() - start < 10_000);
  t.strictSame(await left(), []);
  await t.rejects(buildJar({ signal: AbortSignal.abort() }), interrupted);
});
