import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { compile, PRECISIONS } from '../../src/compile.js';
import type { Graph } from '../../src/ir/graph.js';
import type { LowerOptions } from '../../src/lower/index.js';
import { type Arch, buildProgram } from '../../toolchains/index.js';
import { STEP_CASES, type StepCase } from '../kernels/step-cases.js';
import { compileAsIs } from '../support/compile-as-is.js';
import { Maker } from '../support/maker.js';
import { buildSanitized } from '../support/sanitized.js';

t.setTimeout(5 * 60 * 1000);

type Target = Pick<LowerOptions, 'architecture' | 'path'>;

const HOST: Target = { architecture: 'x86_64', path: 'ref' };
const CASES = 10_000;
const EMULATED_CASES = 4_000;

t.test('10,000 damaged program files neither crash nor hang the C library (ASan, UBSan)', async (t) => {
  const folder = t.testdir({});
  const fuzzer = await buildSanitized('test/fuzz/program-file.c', join(folder, 'fuzzer'));
  await attack(t, folder, [fuzzer], [...networks(HOST), ...simpleSteps(HOST, STEP_CASES)], CASES);
});

/** The vector kernels, with forbidden pages and UBSan's traps, once where sizes have 32 bits. */
const EMULATED: readonly (readonly [string, Arch, Target, readonly string[]])[] = [
  ['32 bits', 'armv7', { architecture: 'arm', path: 'neon' }, ['qemu-arm', '-cpu', 'cortex-a7']],
  ['64 bits', 'armv8', { architecture: 'aarch64', path: 'i8mm' }, ['qemu-aarch64', '-cpu', 'max,sve=off,sme=off']],
];

for (const [name, arch, target, command] of EMULATED) {
  t.test(`nor on an emulated ARM of ${name}`, async (t) => {
    const { path } = await buildProgram({
      arch,
      name: 'fuzzer',
      sources: [join(packageRoot, 'test/fuzz/program-file.c')],
      cflags: ['-Wall', '-Wextra', '-Werror', '-fsanitize=undefined', '-fsanitize-trap=undefined'],
    });
    const small = STEP_CASES.filter((stepCase) => !/large/.test(stepCase.name));
    await attack(
      t,
      t.testdir({}),
      [...command, path],
      [...networks(target), ...simpleSteps(target, small)],
      EMULATED_CASES,
    );
  });
}

/** Runs the fuzzer on every program; `cases` in all. */
async function attack(
  t: Test,
  folder: string,
  [file = '', ...args]: readonly string[],
  programs: readonly Uint8Array[],
  cases: number,
): Promise<void> {
  for (const [i, program] of programs.entries()) {
    const path = join(folder, `program${i}`);
    await writeFile(path, program);
    const count = Math.ceil(cases / programs.length);
    const { stdout } = await promisify(execFile)(file, [...args, path, String(i), String(count)]);
    const [, opened = 0, ran = 0] = /(\d+) opened, (\d+) ran/.exec(stdout)?.map(Number) ?? [];
    t.ok(opened > count / 20 && opened < count / 2 && ran > opened / 2, stdout.trim());
  }
}

/** Every way to convolve: grouped, depthwise, transposed, fully connected, with a residual, on images of this size. */
function network(size: number): Graph {
  const make = new Maker('network');
  const relu = { kind: 'clamp', a: 0, b: 6, c: 0 };
  const window = { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], groups: 1 };
  const x = make.x(1, 8, size, size);
  const a = make.op('conv2d', [x, make.constant(16, 8, 3, 3), make.constant(16)], { ...window, activation: relu });
  const b = make.op('conv2d', [a, make.constant(16, 1, 3, 3), make.constant(16)], { ...window, groups: 16 });
  const c = make.op('conv2d', [b, make.constant(16, 8, 1, 1), make.constant(16), a], {
    ...window,
    pads: [0, 0, 0, 0],
    groups: 2,
  });
  const d = make.op('conv2d_transpose', [c, make.constant(16, 12, 2, 2), make.constant(12)], {
    ...{ strides: [2, 2], pads: [0, 0, 0, 0], dilations: [1, 1], groups: 1, outputPadding: [0, 0] },
  });
  const pooled = make.op('reduce', [d], { kind: 'mean', axes: [2, 3], keepDims: false });
  const y = make.op('fc', [pooled, make.constant(12, 10), make.constant(10)], {});
  return make.finish([make.op('softmax', [y], { axis: 1 })]);
}

/** One plan in every precision, and three plans that share their weights. */
function networks(target: Target): Uint8Array[] {
  const options = { ...target, l2: 512 * 1024 };
  return [
    ...PRECISIONS.map((precision) => compile(network(9), { ...options, precision }).program),
    compile([9, 4, 12].map(network), { ...options, precision: 'int8' }).program,
  ];
}

function simpleSteps(target: Target, cases: readonly StepCase[]): Uint8Array[] {
  const programs: Uint8Array[] = [];
  for (let first = 0; first < cases.length; first += 40) {
    const make = new Maker('steps');
    const graph = make.finish(cases.slice(first, first + 40).map((stepCase) => stepCase.build(make)));
    programs.push(compileAsIs(graph, target));
  }
  return programs;
}
