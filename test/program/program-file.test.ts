import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { EdgeDeployError } from '../../src/base/errors.js';
import { packageRoot } from '../../src/base/package-root.js';
import { lower } from '../../src/lower/index.js';
import { plan } from '../../src/plan/index.js';
import { generateHeader, recordLayouts } from '../../src/program/header.js';
import { looksLikeProgram, readProgramFile } from '../../src/program/read.js';
import { writeProgram } from '../../src/program/write.js';
import { STEPS } from '../../src/steps/ledger.js';
import type { Lowered } from '../../src/steps/lowered.js';
import { lcg } from '../support/lcg.js';
import { Maker } from '../support/maker.js';

function example(width = 8): Lowered {
  const make = new Maker('example');
  const attributes = { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], groups: 1 };
  const y = make.op('conv2d', [make.x(1, 3, 8, width), make.constant(5, 3, 3, 3), make.constant(5)], attributes);
  const graph = make.finish([y, make.op('softmax', [y], { axis: 1 })]);
  return lower(graph, { architecture: 'aarch64', path: 'neon', precision: 'fp32', l2: 512 * 1024 });
}

const lowered = example();
const placement = plan(lowered);
const file = writeProgram([{ lowered, ...placement }]);
const wide = example(20);
/** Two plans; the constants of the second are the arrays of the first. */
const twoPlans = writeProgram([
  { lowered, ...placement },
  { lowered: { ...wide, constants: lowered.constants }, ...plan(wide) },
]);

t.test('kernels/core/program.h is what the ledger says', async (t) => {
  const checkedIn = readFileSync(join(packageRoot, 'kernels', 'core', 'program.h'), 'utf8');
  t.equal(checkedIn, generateHeader(), 'run `npm run build && npm run generate`');
});

t.test('records', async (t) => {
  t.same([...recordLayouts().keys()], Object.keys(STEPS));
  for (const [step, { bytes, fields }] of recordLayouts()) {
    const end = [...fields.values()].reduce((sum, { count }) => sum + 4 * count, 0);
    t.equal(bytes, end, step);
  }
});

t.test('a file says what was lowered', async (t) => {
  const summary = readProgramFile(file);
  t.match(summary, {
    ...{ architecture: 'aarch64', path: 'neon', fileBytes: file.length, arenaBytes: placement.arenaBytes },
    inputs: [{ name: 'x0', dtype: 'f32', shape: [1, 3, 8, 8], bytes: 768 }],
    outputs: [{ dtype: 'f32', shape: [1, 5, 8, 8], bytes: 1280 }, { shape: [1, 5, 8, 8] }],
  });
  t.same(
    summary.steps.map(({ step, name }) => [step, name]),
    lowered.steps.map(({ step, name }) => [step, name]),
  );
  const conv = summary.steps.find(({ step }) => step === 'conv2d')!;
  t.equal(conv.macs, Math.ceil((64 * 5 * 27) / 1024) * 1024, 'multiply-accumulates in units of 1024');
});

t.test('sections and constants are aligned, gaps are zero', async (t) => {
  const view = new DataView(file.buffer);
  for (const field of [24, 32, 40, 44]) t.equal(view.getUint32(field, true) % 64, 0);
  const constants = file.subarray(view.getUint32(32, true));
  let at = 0;
  for (const data of lowered.constants.values()) {
    t.same(Buffer.from(constants.subarray(at, at + data.length)), Buffer.from(data));
    const next = Math.ceil((at + data.length) / 64) * 64;
    t.ok(constants.subarray(at + data.length, next).every((byte) => byte === 0));
    at = next;
  }
  t.ok(constants.length >= at + 64, 'the last constant may be read beyond its end');
});

t.test('equal inputs give equal bytes', async (t) => {
  const again = example();
  t.ok(Buffer.from(file).equals(Buffer.from(writeProgram([{ lowered: again, ...plan(again) }]))));
});

t.test('plans have tensors, steps and an arena of their own, and share constants', async (t) => {
  const summary = readProgramFile(twoPlans);
  t.match(summary.plans, [
    { inputs: [{ name: 'x0', shape: [1, 3, 8, 8] }], arenaBytes: placement.arenaBytes },
    { inputs: [{ name: 'x0', shape: [1, 3, 8, 20] }], outputs: [{ shape: [1, 5, 8, 20] }, {}] },
  ]);
  t.same(summary.inputs, summary.plans[0]!.inputs, 'the first speaks for itself');
  t.same(
    summary.plans.map(({ steps }) => steps.map(({ name }) => name)),
    [lowered, wide].map(({ steps }) => steps.map(({ name }) => name)),
  );
  t.equal(summary.arenaBytes, plan(wide).arenaBytes, 'the arena of the one that needs more');
  t.ok(summary.arenaBytes > placement.arenaBytes);
  t.equal(summary.constantBytes, readProgramFile(file).constantBytes, 'constants are there once');
  const apart = writeProgram([
    { lowered, ...placement },
    { lowered: wide, ...plan(wide) },
  ]);
  t.ok(readProgramFile(apart).constantBytes > 1.5 * summary.constantBytes, 'arrays that are not the same are not');
});

t.test('a field that is not what the record wants is a bug of ours', async (t) => {
  const [first, ...rest] = lowered.steps;
  for (const rank of [1.5, -1, 2 ** 32, NaN, [1, 2]]) {
    const broken = { ...lowered, steps: [{ ...first!, fields: { ...first!.fields, rank } }, ...rest] };
    t.throws(
      () => writeProgram([{ lowered: broken, ...placement }]),
      { code: 'E_INTERNAL', message: /field 'rank' is / },
      String(rank),
    );
  }
  t.throws(() => writeProgram([{ lowered, offsets: new Map(), arenaBytes: 64 }]), {
    code: 'E_INTERNAL',
    message: /has no place/,
  });
});

t.test('what is not a program file is refused', async (t) => {
  t.notOk(looksLikeProgram(new Uint8Array(3)));
  t.throws(() => readProgramFile(new Uint8Array(100)), { code: 'E_PROGRAM', message: /not a program file/ });
  const other = file.slice();
  other[8]! ^= 1;
  t.throws(() => readProgramFile(other), { code: 'E_PROGRAM', message: /another version/ });
  t.throws(() => readProgramFile(file.subarray(0, file.length - 64)), {
    code: 'E_PROGRAM',
    message: /should have \d+ bytes and has/,
  });
});

/** '' when the reader takes the bytes or refuses them properly. */
function complaint(bytes: Uint8Array): string {
  try {
    readProgramFile(bytes);
    return '';
  } catch (error) {
    return error instanceof EdgeDeployError && error.code === 'E_PROGRAM' ? '' : String(error);
  }
}

t.test('a step section that begins in the last byte is refused', async (t) => {
  const cut = file.slice();
  const view = new DataView(cut.buffer);
  view.setUint32(44, cut.length - 1, true);
  view.setUint32(48, 1, true);
  t.throws(() => readProgramFile(cut), { code: 'E_PROGRAM', message: /a step is cut off/ });
});

t.test('plans that are none, or that share sections, are refused', async (t) => {
  const changed = (change: (view: DataView) => void) => {
    const copy = twoPlans.slice();
    change(new DataView(copy.buffer));
    return () => readProgramFile(copy);
  };
  t.throws(
    changed((view) => view.setUint16(14, 0, true)),
    { code: 'E_PROGRAM', message: /it has no plan/ },
  );
  t.throws(
    changed((view) => view.setUint16(14, 0xffff, true)),
    { code: 'E_PROGRAM', message: /section is out of range/ },
  );
  for (const field of [0, 4]) {
    t.throws(
      changed((view) => view.setUint32(64 + field, view.getUint32(40 + field, true), true)),
      { code: 'E_PROGRAM', message: /section is out of range/ },
      'the second plan uses the first one’s',
    );
  }
});

t.test('damage is a clear refusal, never another exception', async (t) => {
  const complaints = new Set<string>();
  for (let length = 0; length < file.length; length++) {
    const cut = file.slice(0, length);
    if (length >= 20) new DataView(cut.buffer).setUint32(16, length, true);
    complaints.add(complaint(cut));
  }
  const next = lcg(3);
  const below = (limit: number) => Math.floor(((next() + 1) / 2) * limit);
  for (let i = 0; i < 10_000; i++) {
    const damaged = (i % 2 === 0 ? file : twoPlans).slice();
    for (let bytes = 1 + below(4); bytes > 0; bytes--) damaged[12 + below(1500)] = below(256);
    complaints.add(complaint(damaged));
  }
  t.same([...complaints], ['']);
});
