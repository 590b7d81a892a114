/** The C++ layer with Paddle-Lite's names: programs written for that, on every architecture. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { cacheFolder } from '../../src/base/cache-folder.js';
import { packageRoot } from '../../src/base/package-root.js';
import { compile } from '../../src/compile.js';
import type { Graph } from '../../src/ir/graph.js';
import { loadPlans } from '../../src/load.js';
import { evaluateGraph } from '../../src/ops/evaluate.js';
import { buildProgram, type ProgramOptions } from '../../toolchains/index.js';
import { findCompiler } from '../../toolchains/zig.js';
import { GOLDEN, relativeError } from '../support/models.js';
import { RUNNERS } from '../support/run-program.js';
import { buildSanitized } from '../support/sanitized.js';
import { sums } from '../support/sums.js';

/** The first C++ build for an architecture compiles its C++ library as well. */
t.setTimeout(15 * 60 * 1000);

const sources = join(packageRoot, 'test/kernels/paddle-api');
const sizes = [28, 56].map((size) => new Map([['x', [1, 1, size, size]]]));
const graphs = await loadPlans(join(GOLDEN, 'fashion-mobilenet-2.6'), sizes);

/** Everything the test programs take, in a folder of the test. */
async function models(folder: string, { architecture, path }: (typeof RUNNERS)[number]) {
  const { program } = compile(graphs, { architecture, path, precision: 'fp32', l2: 512 * 1024 });
  const file = join(folder, 'model.edp');
  await writeFile(file, program);
  const cut = join(folder, 'cut.edp');
  await writeFile(cut, program.subarray(0, 5000));
  const nb = join(GOLDEN, 'opt-golden/zoo/sparse_0.9/arm_sparse.nb');
  const sum = join(folder, 'sum.edp');
  await writeFile(sum, compile(sums(), { architecture, path, precision: 'fp32', l2: 512 * 1024 }).program);
  return [file, cut, nb, sum] as const;
}

const built = (name: string, arch: ProgramOptions['arch'], cflags: readonly string[] = []) =>
  buildProgram({ arch, name, sources: [join(sources, `${name}.cpp`)], cflags });

function expected(graph: Graph): Float32Array {
  const [name = ''] = graph.inputs;
  const shape = [1, 1, 28, 28];
  const ones = { type: { dtype: 'f32' as const, shape }, data: new Float32Array(28 * 28).fill(1) };
  return [...evaluateGraph(graph, new Map([[name, ones]])).values()][0]!.data as Float32Array;
}

t.test('the surface under ThreadSanitizer, AddressSanitizer and UBSan', async (t) => {
  const folder = t.testdir({});
  const files = await models(folder, RUNNERS[0]!);
  for (const sanitizers of ['thread', 'address,undefined']) {
    const program = await buildSanitized('test/kernels/paddle-api/surface.cpp', join(folder, 'surface'), sanitizers);
    const { stdout } = await promisify(execFile)(program, files).catch((error: { stdout: string }) => error);
    t.equal(stdout, '0 wrong\n', sanitizers);
  }
});

/**
 * Proves that the headers and programs are right for Android's compiler target: its types, its predefined names and LLVM's C++
 * library, to machine code. The C library's headers are musl's, because Android's do not come with Zig; and nothing is linked
 * or run, since that takes Android's libraries and loader.
 */
t.test('programs for the API compile for Android', async (t) => {
  const { path: zig } = findCompiler();
  const libc = join(dirname(dirname(dirname(zig))), 'lib', 'libc', 'include');
  const cache = { ZIG_GLOBAL_CACHE_DIR: join(cacheFolder(), 'zig'), ZIG_LOCAL_CACHE_DIR: join(cacheFolder(), 'zig') };
  const output = join(t.testdir({}), 'program.o');
  for (const { target, cpu, name, machine } of [
    { target: 'aarch64-linux-android', cpu: 'generic', name: 'aarch64', machine: 183 },
    { target: 'arm-linux-androideabi', cpu: 'cortex_a9', name: 'arm', machine: 40 },
  ]) {
    const folders = [`${name}-linux-musl`, 'generic-musl', `${name}-linux-any`, 'any-linux-any'];
    const android = ['-target', target, `-mcpu=${cpu}`, '-D_LIBCPP_PROVIDES_DEFAULT_RUNE_TABLE'];
    const headers = ['-include', join(sources, 'bionic.h'), ...folders.flatMap((one) => ['-isystem', join(libc, one)])];
    const include = `-I${join(packageRoot, 'kernels', 'include')}`;
    for (const [program, ...cflags] of [['light_api'], ['surface', '-fno-exceptions']]) {
      const args = ['c++', ...android, '-std=c++11', '-Wall', '-Werror', ...cflags, ...headers, include];
      await promisify(execFile)(zig, [...args, '-c', join(sources, `${program}.cpp`), '-o', output], {
        env: { ...process.env, ...cache },
      });
      const object = await readFile(output);
      t.equal(object.readUInt16LE(18), machine, `${target}: ${program} ${cflags.join()}`);
    }
  }
});

for (const runner of RUNNERS) {
  t.test(`${runner.name}: a program for Paddle-Lite's light API runs as it stands`, async (t) => {
    const [file] = await models(t.testdir({}), runner);
    const { path } = await built('light_api', runner.build);
    for (const [threads, mode] of [
      ['1', '3'],
      ['2', '0'],
    ]) {
      const [command = '', ...args] = [...runner.command, path, file, '1,1,28,28', '2', threads!, mode!];
      const { stdout } = await promisify(execFile)(command, args);
      const values = Float32Array.from(stdout.matchAll(/^out\[0\]\[\d+\]:(.*)$/gm), ([, value]) => Number(value));
      t.equal(values.length, 10);
      const error = relativeError(values, expected(graphs[0]!));
      t.ok(error <= 2e-6, `${threads} threads: ${error.toExponential(1)}`);
    }
  });

  t.test(`${runner.name}: the whole surface, with exceptions and without`, async (t) => {
    const files = await models(t.testdir({}), runner);
    for (const cflags of [[], ['-fno-exceptions']]) {
      const { path } = await built('surface', runner.build, cflags);
      const [command = '', ...args] = [...runner.command, path, ...files];
      const { stdout } = await promisify(execFile)(command, args).catch((error: { stdout: string }) => error);
      t.equal(stdout, '0 wrong\n', cflags.join() || 'exceptions');
    }
  });
}
