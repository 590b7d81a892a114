import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { compile, PRECISIONS } from '../../src/compile.js';
import { STEP_CASES } from '../kernels/step-cases.js';
import { compileAsIs } from '../support/compile-as-is.js';
import { Maker } from '../support/maker.js';
import { buildSanitized } from '../support/sanitized.js';

t.setTimeout(5 * 60 * 1000);

const run = promisify(execFile);
const CASES = 10_000;
const HOST = { architecture: 'x86_64', path: 'ref' } as const;

t.test('10,000 damaged program files neither crash nor hang the C library (ASan, UBSan)', async (t) => {
  const folder = t.testdir({});
  const fuzzer = await buildSanitized('test/fuzz/program-file.c', join(folder, 'fuzzer'));
  const programs = [...PRECISIONS.map((precision) => network(precision)), ...simpleSteps()];
  for (const [i, program] of programs.entries()) {
    const path = join(folder, `program${i}`);
    await writeFile(path, program);
    const count = Math.ceil(CASES / programs.length);
    const { stdout } = await run(fuzzer, [path, String(i), String(count)]);
    const [, opened = 0, ran = 0] = /(\d+) opened, (\d+) ran/.exec(stdout)?.map(Number) ?? [];
    t.ok(opened > count / 50 && opened < count && ran > 0, stdout.trim());
  }
});

/** Every way to convolve: grouped, depthwise, transposed, fully connected, with a residual, in one precision. */
function network(precision: (typeof PRECISIONS)[number]): Uint8Array {
  const make = new Maker('network');
  const relu = { kind: 'clamp', a: 0, b: 6, c: 0 };
  const window = { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], groups: 1 };
  const x = make.x(1, 8, 9, 9);
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
  const graph = make.finish([make.op('softmax', [y], { axis: 1 })]);
  return compile(graph, { ...HOST, precision, l2: 512 * 1024 }).program;
}

function simpleSteps(): Uint8Array[] {
  const programs: Uint8Array[] = [];
  for (let first = 0; first < STEP_CASES.length; first += 40) {
    const make = new Maker('steps');
    const graph = make.finish(STEP_CASES.slice(first, first + 40).map((stepCase) => stepCase.build(make)));
    programs.push(compileAsIs(graph, HOST));
  }
  return programs;
}
