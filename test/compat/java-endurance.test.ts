/** PaddlePredictor.jar over many predictors, runs and threads. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { compile } from '../../src/compile.js';
import { loadPlans } from '../../src/load.js';
import { prepareJava } from '../support/java.js';
import { GOLDEN } from '../support/models.js';

t.setTimeout(15 * 60 * 1000);

const folder = t.testdir({});
const java = await prepareJava(folder, [join(packageRoot, 'test/compat/java/Endurance.java')]);
const shapes = [28, 56].map((size) => new Map([['x', [1, 1, size, size]]]));
const graphs = await loadPlans(join(GOLDEN, 'fashion-mobilenet-2.6'), shapes);
const model = join(folder, 'model.edp');
const { program } = compile(graphs, { architecture: 'x86_64', path: 'ref', precision: 'fp32', l2: 512 * 1024 });
await writeFile(model, program);

/** The whole heap is there from the start, and nothing is compiled: what grows is native memory. */
const FIXED_HEAP = ['-Xms32m', '-Xmx32m', '-XX:+AlwaysPreTouch', '-XX:+UseSerialGC', '-Xint'];

const kilobytes = (stdout: string) => stdout.trim().split('\n').map(Number) as [number, number];

t.test('10,000 predictors made, run and closed: resident memory is flat', async (t) => {
  for (const threads of ['1', '2']) {
    const { stdout } = await java('Endurance', [model, 'create', '10000', threads], { flags: FIXED_HEAP });
    const [early, late] = kilobytes(stdout);
    t.comment(`${threads} threads: ${early} kB after 1,000, ${late} kB after 10,000`);
    // 300 kB are usual. The bound is 116 bytes for each of the 9,000.
    t.ok(late - early < 1024, `${threads} threads: ${late - early} kB more`);
  }
});

t.test('3,000 predictors that nobody closes are collected', async (t) => {
  const { stdout } = await java('Endurance', [model, 'forget', '3000'], { flags: FIXED_HEAP });
  const [early, late] = kilobytes(stdout);
  t.comment(`${early} kB after 300, ${late} kB after 3,000`);
  // How many wait for the collector varies; all of them would be more than 400 MB.
  t.ok(late - early < 64 * 1024, `${late - early} kB more`);
});

t.test('8 threads with 1,000 runs each: all outputs are identical', async (t) => {
  const { stdout, stderr } = await java('Endurance', [model, 'threads', '8', '1000']);
  t.equal(stdout, '0\n');
  t.equal(stderr, '');
});
