/** Packages for Linux on ARM and for this machine: what is in them, and that it works there. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { buildLibrary, type Platform } from '../../toolchains/index.js';
import { findCompiler } from '../../toolchains/zig.js';
import { cli } from '../support/cli.js';
import { readElf } from '../support/elf.js';
import { restoring } from '../support/environment.js';
import { GOLDEN, goldenCases, relativeError } from '../support/models.js';

t.setTimeout(10 * 60 * 1000);

const run = promisify(execFile);
const folder = await mkdtemp(join(tmpdir(), 'edge-deploy-package-'));
t.teardown(() => rm(folder, { recursive: true }));

/** The public functions: what a library may show. */
const header = await readFile(join(packageRoot, 'kernels', 'include', 'edge_deploy.h'), 'utf8');
const API = [...header.matchAll(/^ED_API .*?\b(ed_\w+)\(/gm)].map(([, name]) => name!).toSorted();

const MACHINES = [
  { platform: 'host', command: [], dynamic: [], target: undefined },
  {
    platform: 'linux-armv7',
    command: ['qemu-arm', '-cpu', 'cortex-a8'],
    dynamic: ['qemu-arm', '-cpu', 'cortex-a8', '-L', '/usr/arm-linux-gnueabihf'],
    target: 'arm-linux-gnueabihf.2.28',
  },
  {
    platform: 'linux-armv8',
    command: ['qemu-aarch64', '-cpu', 'cortex-a53'],
    dynamic: ['qemu-aarch64', '-cpu', 'cortex-a53', '-L', '/usr/aarch64-linux-gnu'],
    target: 'aarch64-linux-gnu.2.28',
  },
] as const;

const golden = goldenCases().find(({ name }) => name === 'mobilenetv3-3class-2.6/lcg1')!;
const input = join(folder, 'input.bin');
await writeFile(input, new Uint8Array(golden.inputData().buffer));

/** Runs a program, and holds what it prints to Paddle's output. */
async function answersAsPaddle(t: Test, command: readonly string[], message: string): Promise<void> {
  const [file = '', ...args] = command;
  const { stdout } = await run(file, args);
  const values = Float32Array.from(
    stdout
      .trim()
      .replace(/^.*\] /, '')
      .split(' '),
    Number,
  );
  t.equal(values.length, golden.expected().length);
  const error = relativeError(values, golden.expected());
  t.ok(error <= 1e-4, `${message}: ${error.toExponential(1)}`);
}

for (const { platform, command, dynamic, target } of MACHINES) {
  t.test(`${platform}: files, symbols, and Paddle's output`, async (t) => {
    const output = join(folder, platform);
    const args = ['package', golden.path, '--input-shape', 'x=1x3x224x224', '--for', platform, '--precision', 'fp32'];
    const made = await cli([...args, '-o', output, '--json']);
    t.equal(made.exitCode, 0, made.stderr);
    const { files } = JSON.parse(made.stdout) as { files: { path: string; bytes: number }[] };
    t.same(
      files.map(({ path }) => path).filter((path) => !path.startsWith('include/')),
      [
        'LICENSE',
        'README.md',
        'example/minimal',
        'example/minimal.c',
        'lib/libedge_deploy.a',
        'lib/libedge_deploy.so',
        'model.edp',
        'SHA256SUMS',
      ],
    );
    for (const { path, bytes } of files) t.equal((await stat(join(output, path))).size, bytes, path);
    await run('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: output });

    const shared = await readFile(join(output, 'lib', 'libedge_deploy.so'));
    t.ok(shared.length <= 350_000, `${shared.length} bytes`);
    t.notOk(shared.includes(folder) || shared.includes(packageRoot), 'no path of this machine');
    const { symbols, sections } = readElf(shared);
    const shown = symbols.filter(({ defined }) => defined).map(({ name }) => name);
    t.same(shown.toSorted(), API, 'the public functions and nothing else');
    for (const name of ['.init_array', '.ctors', '.data', '.bss']) t.notOk(sections.get(name), name);

    const paths = [join(output, 'model.edp'), input];
    await answersAsPaddle(t, [...command, join(output, 'example', 'minimal'), ...paths], 'the program of the package');
    // As its README says, with the compiler that is there: on a board, or across.
    const compiler = target ? [findCompiler().path, 'cc', '-target', target] : ['gcc'];
    const source = [join(output, 'example', 'minimal.c'), `-I${join(output, 'include')}`, '-O1'];
    const lib = join(output, 'lib');
    for (const [name, flags] of [
      ['static', [join(lib, 'libedge_deploy.a'), '-lm']],
      ['shared', [`-L${lib}`, '-ledge_deploy', `-Wl,-rpath,${lib}`]],
    ] as const) {
      const program = join(folder, `${platform}-${name}`);
      await run(compiler[0]!, [...compiler.slice(1), ...source, ...flags, '-o', program]);
      await answersAsPaddle(t, [...dynamic, program, ...paths], name);
    }
  });
}

t.test('two builds, each with a cache of its own, are byte for byte the same', async (t) => {
  t.teardown(restoring('EDGE_DEPLOY_CACHE'));
  for (const name of ['libedge_deploy.a', 'libedge_deploy.so']) {
    for (const platform of ['host', 'linux-armv8'] as const satisfies readonly Platform[]) {
      const builds = [];
      for (const cache of ['one', 'the-other']) {
        process.env.EDGE_DEPLOY_CACHE = join(folder, cache);
        builds.push(await buildLibrary({ platform, name }));
      }
      t.same(
        builds.map(({ cached }) => cached),
        [false, false],
      );
      t.ok(Buffer.from(builds[0]!.bytes).equals(builds[1]!.bytes), `${platform}: ${name}`);
    }
  }
});

t.test('a program says which shapes it has, and a wrong input is refused', async (t) => {
  const output = join(folder, 'shapes');
  const model = join(GOLDEN, 'fashion-mobilenet-2.6');
  const shapes = ['--input-shape', 'x=1x1x28x28', '--input-shape', 'x=1x1x56x56'];
  t.match(await cli(['package', model, ...shapes, '--for', 'host', '-o', output]), { exitCode: 0 });
  t.match(await readFile(join(output, 'README.md'), 'utf8'), /x f32\[1,1,28,28\]`[\s\S]*x f32\[1,1,56,56\]`/);
  const refused = await run(join(output, 'example', 'minimal'), [join(output, 'model.edp'), input]).catch(
    (error: { code: number; stderr: string }) => error,
  );
  t.match(refused, { code: 1, stderr: /input\.bin: has another size than the input/ });
});
