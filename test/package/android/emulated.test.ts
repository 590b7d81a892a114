/**
 * The libraries of an Android package run, on emulated processors: they ask for libc.so and libm.so by unversioned names, so
 * glibc can be these (Debian's for the 32-bit ABI that Android has: floats in integer registers). `libc.c` is what differs.
 */
import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { cacheFolder } from '../../../src/base/cache-folder.js';
import { packageRoot } from '../../../src/base/package-root.js';
import { compile } from '../../../src/compile.js';
import type { Tensor } from '../../../src/ir/tensor.js';
import { loadModel } from '../../../src/load.js';
import { buildJniLibrary, buildLibrary } from '../../../toolchains/index.js';
import { findCompiler } from '../../../toolchains/zig.js';
import { importCase, opCases } from '../../support/golden-ops.js';
import { goldenCases, relativeError } from '../../support/models.js';

t.setTimeout(15 * 60 * 1000);

const SYSTEMS = [
  {
    platform: 'android-armv8',
    architecture: 'aarch64',
    target: 'aarch64-linux-gnu.2.17',
    cpu: 'cortex_a53',
    glibc: '/usr/aarch64-linux-gnu',
    emulator: ['qemu-aarch64', '-cpu', 'cortex-a53'],
  },
  {
    platform: 'android-armv7',
    architecture: 'arm',
    target: 'arm-linux-gnueabi.2.17',
    cpu: 'cortex_a15',
    glibc: '/usr/arm-linux-gnueabi',
    emulator: ['qemu-arm', '-cpu', 'cortex-a15'],
  },
] as const;

type System = (typeof SYSTEMS)[number];

/** Runs one input through a library of the system, found in `folder`, and returns its first output. */
type Call = (library: string, program: Uint8Array, input: Tensor['data']) => Promise<Buffer>;

async function prepare(system: System, folder: string): Promise<Call> {
  const { platform, target, cpu, glibc, emulator } = system;
  const [lib, caller] = [join(folder, 'lib'), join(folder, 'call-library')];
  await mkdir(lib, { recursive: true });
  const zig = (output: string, source: string, ...flags: string[]) => {
    const cache = join(cacheFolder(), 'zig');
    const env = { ...process.env, ZIG_GLOBAL_CACHE_DIR: cache, ZIG_LOCAL_CACHE_DIR: cache };
    const file = join(packageRoot, 'test/package/android', source);
    const args = ['cc', '-target', target, `-mcpu=${cpu}`, '-O1', '-g0', '-o', output, file, ...flags];
    return promisify(execFile)(findCompiler().path, args, { env });
  };
  const include = ['kernels/include', 'kernels/compat/jni'].map((path) => `-I${join(packageRoot, path)}`);
  await zig(caller, 'call-library.c', ...include, '-ldl');
  await zig(join(lib, 'libc.so'), 'libc.c', '-shared');
  await symlink(join(glibc, 'lib/libm.so.6'), join(lib, 'libm.so'));
  const [library, natives] = [
    await buildLibrary({ platform, name: 'libedge_deploy.so' }),
    await buildJniLibrary({ platform }),
  ];
  await symlink(library.path, join(lib, 'libedge_deploy.so'));
  await symlink(natives.path, join(lib, 'libpaddle_lite_jni.so'));
  return async (library, program, input) => {
    const [programFile, inputFile, output] = ['program', 'input', 'output'].map((name) => join(folder, name));
    await writeFile(programFile!, program);
    await writeFile(inputFile!, new Uint8Array(input.buffer, input.byteOffset, input.byteLength));
    const [file, ...flags] = [...emulator, '-L', glibc, '-E', `LD_LIBRARY_PATH=${lib}`];
    const args = [...flags, caller, join(lib, library), programFile!, inputFile!, output!];
    await promisify(execFile)(file, args);
    return readFile(output!);
  };
}

function floats(bytes: Buffer): Float32Array {
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

const MODELS = ['fashion-mobilenet-2.6/fp32', 'fashion-resnet8-2.6/int8', 'ppocrv3-paddle-and-onnx/cls_paddle'];

for (const system of SYSTEMS) {
  t.test(system.platform, async (t) => {
    const call = await prepare(system, t.testdir({}));
    const options = { architecture: system.architecture, path: 'neon', l2: 512 * 1024 } as const;

    for (const name of MODELS) {
      const one = goldenCases().find((one) => one.name.startsWith(name))!;
      const graph = await loadModel(one.path, { inputShapes: new Map([[one.input, [...one.shape]]]) });
      const { program } = compile(graph, { ...options, precision: one.precisions.at(-1)! });
      const input = one.inputData();
      for (const library of ['libedge_deploy.so', 'libpaddle_lite_jni.so']) {
        const error = relativeError(floats(await call(library, program, input)), one.expected());
        t.ok(error < 1e-5, `${library}: ${one.name}, ${error}`);
      }
    }

    // Of these the library calls Android's libm: on 32 bits its floats come in integer registers.
    const cases = opCases().filter(
      ({ name, inputs, outputs }) =>
        /activation: (gelu|softplus|pow|exp|log)\b(?!.*(int|Tensor))/.test(name) &&
        inputs.size === 1 &&
        outputs.length === 1,
    );
    t.ok(cases.length >= 8, cases.map(({ name }) => name).join());
    for (const one of cases) {
      const { program } = compile(importCase(one), { ...options, precision: 'fp32' });
      const [input] = [...one.inputs.values()];
      const error = relativeError(
        floats(await call('libedge_deploy.so', program, input!.data)),
        one.outputs[0]!.data as Float32Array,
      );
      t.ok(error < 1e-5, `${one.name}, ${error}`);
    }
  });
}
