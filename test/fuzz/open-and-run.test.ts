/** The fuzz target as a program of its own, on real networks and on damaged copies of them. */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { compile } from '../../src/compile.js';
import { loadPlans } from '../../src/load.js';
import { mutateBytes, type Pick, picker } from '../support/mutations.js';
import { buildSanitized } from '../support/sanitized.js';

t.setTimeout(5 * 60 * 1000);

const run = promisify(execFile);
const TARGET = 'test/fuzz/open-and-run.c';
const HOST = { architecture: 'x86_64', path: 'ref', l2: 512 * 1024 } as const;

const fashion = await loadPlans(
  join(packageRoot, 'examples/fashion-mnist/model'),
  [28, 12].map((size) => new Map([['x', [1, 1, size, size]]])),
);
const orientation = await loadPlans(join(packageRoot, 'examples/models/text-orientation'), [
  new Map([['x', [1, 3, 16, 32]]]),
]);
const networks = [
  { program: compile(fashion, { ...HOST, precision: 'int8' }).program, cases: 300 },
  { program: compile(fashion, { ...HOST, precision: 'int16w' }).program, cases: 200 },
  { program: compile(orientation, { ...HOST, precision: 'int8w' }).program, cases: 60 },
];

/** One word before the strings, where plans, tensors and steps stand, becomes a little more or less, or something large. */
function damageWord(bytes: Uint8Array, pick: Pick): Uint8Array {
  const damaged = Buffer.from(bytes);
  const at = 12 + 4 * pick((damaged.readUInt32LE(24) - 12) / 4);
  const word = damaged.readUInt32LE(at);
  const changed = [word + 1, word - 1, word * 2, word ^ (1 << pick(32)), 0, 1, 2 ** 31, 2 ** 32 - 1][pick(8)]!;
  damaged.writeUInt32LE(changed >>> 0, at);
  return damaged;
}

t.test('real networks run, and no damage to them is followed anywhere (ASan, UBSan)', async (t) => {
  const folder = t.testdir({ whole: {}, damaged: {} });
  for (const [i, { program, cases }] of networks.entries()) {
    writeFileSync(join(folder, 'whole', String(i)), program);
    for (let number = 0; number < cases; number++) {
      const damage = number % 8 === 0 ? mutateBytes : damageWord;
      writeFileSync(join(folder, 'damaged', `${i}-${number}`), damage(program, picker(number)));
    }
  }
  const target = await buildSanitized(TARGET, join(folder, 'target'));
  t.equal((await run(target, [join(folder, 'whole')])).stdout, '3 files, 3 opened, 3 ran\n');
  const { stdout } = await run(target, [join(folder, 'damaged')]);
  const [files = 0, opened = 0, ran = 0] = [...stdout.matchAll(/\d+/g)].map(Number);
  t.equal(files, 560);
  t.ok(opened > files / 20 && opened < files * 0.8 && ran > opened / 2, stdout.trim());
  writeFileSync(join(folder, 'empty'), '');
  mkdirSync(join(folder, 'nothing'));
  const rest = await run(target, [join(folder, 'empty'), join(folder, 'nothing')]);
  t.equal(rest.stdout, '1 files, 0 opened, 0 ran\n');
});

t.test('libFuzzer brings its own main', async (t) => {
  const object = join(t.testdir({}), 'target.o');
  const flags = ['-std=gnu11', '-Wall', '-Wextra', '-Werror', '-DWITHOUT_MAIN'];
  await run('gcc', [...flags, '-c', join(packageRoot, TARGET), '-o', object]);
  const { stdout } = await run('nm', [object]);
  t.match(stdout, / T LLVMFuzzerTestOneInput$/m);
  t.notMatch(stdout, / T main$/m);
});
