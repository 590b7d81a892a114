import { rm } from 'node:fs/promises';
import t from 'tap';
import { deployModel } from '../../src/deployment/deploy-model.js';
import { PRESETS } from '../../src/deployment/execute.js';
import { loadModel, loadTargets, type Precision, push, type RunRecord, type Target } from '../../src/index.js';
import { seededModel } from '../support/bench-model.js';

/**
 * MobileNetV1 at 224 × 224 with seeded parameters: file sizes, memory, and executed instructions of one inference, which
 * an emulator counts exactly. Limits are upper bounds in million instructions.
 */
const folder = await seededModel('mobilenet_v1');
const graph = await loadModel(folder);
t.teardown(() => rm(folder, { recursive: true }));
const targets = loadTargets();

async function recordOf(target: Target, precision: Precision): Promise<RunRecord> {
  return (await deployModel(graph, target, { precision, timing: PRESETS.once, modelBytes: 1 })).record;
}

t.test('quantised programs are a quarter and a half of the size, and use less memory', async (t) => {
  const [host] = [targets.get('host')!];
  const records = new Map<Precision, RunRecord>();
  for (const precision of ['fp32', 'int8w', 'int16w', 'int8'] as const) {
    const { record } = await push(graph, host, { precision, timing: PRESETS.once });
    t.ok(
      record.agreement.every(({ agrees }) => agrees),
      `${precision} agrees with the reference`,
    );
    records.set(precision, record);
  }
  const fp32 = records.get('fp32')!;
  const ratio = (precision: Precision) => records.get(precision)!.programBytes / fp32.programBytes;
  t.ok(ratio('int8w') <= 0.27, `int8w is ${ratio('int8w').toFixed(3)} × fp32`);
  t.ok(ratio('int16w') <= 0.52, `int16w is ${ratio('int16w').toFixed(3)} × fp32`);
  const saved = fp32.programBytes - records.get('int8w')!.programBytes;
  const less = fp32.peakRssBytes - records.get('int8w')!.peakRssBytes;
  t.ok(less >= saved / 2, `peak memory falls by ${less} of ${saved} bytes saved`);
});

const limits: readonly (readonly [string, Partial<Target>, Precision, number])[] = [
  ['qemu-armv7', {}, 'fp32', 370],
  ['qemu-armv7', {}, 'int8', 360],
  ['qemu-armv8', {}, 'fp32', 324],
  ['qemu-armv8', {}, 'int8w', 340],
  ['qemu-armv8', {}, 'int8', 306],
  ['qemu-armv8', { cpu: 'cortex-a76', path: 'dotprod' } as Partial<Target>, 'int8', 122],
  ['qemu-armv8', { cpu: 'max,sve=off,sme=off', path: 'i8mm' } as Partial<Target>, 'int8', 90],
];

t.test('instructions of one inference', async (t) => {
  for (const [name, change, precision, limit] of limits) {
    const target = { ...targets.get(name)!, ...change } as Target;
    const { instructions = Number.POSITIVE_INFINITY } = await recordOf(target, precision);
    const millions = instructions / 1e6;
    t.ok(millions <= limit, `${target.arch} ${target.path} ${precision}: ${millions.toFixed(1)} M, limit ${limit} M`);
  }
});
