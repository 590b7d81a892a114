/** The C++ layer over many threads, many lives and many runs. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { compile } from '../../src/compile.js';
import { loadModel } from '../../src/load.js';
import { buildProgram } from '../../toolchains/index.js';
import { RUNNERS } from '../support/run-program.js';
import { buildSanitized } from '../support/sanitized.js';

t.setTimeout(10 * 60 * 1000);

const FOLDER = 'test/kernels/paddle-api';
/** What a heap may grow by between the 1,000th and the 10,000th life: less than 30 bytes a life. */
const MOST_GROWTH_KB = 256;

const folder = t.testdir({});
const model = join(folder, 'model.edp');
const graph = await loadModel(join(packageRoot, 'examples/fashion-mnist/model'));
const { architecture, path } = RUNNERS[0]!;
writeFileSync(model, compile(graph, { architecture, path, precision: 'int8', l2: 512 * 1024 }).program);
const built = (name: string) =>
  buildProgram({ arch: 'host', name, sources: [join(packageRoot, FOLDER, `${name}.cpp`)] });

const printed = async (file: string, ...args: string[]): Promise<string> =>
  (await promisify(execFile)(file, [model, ...args]).catch((error: { stdout: string }) => error)).stdout;

t.test('8 threads of 1,000 runs share a model and agree to the bit', async (t) => {
  const { path } = await built('endurance');
  t.equal(await printed(path, 'threads', '8', '1000'), '0 wrong\n');
});

t.test('8 threads of 25 runs under ThreadSanitizer', async (t) => {
  const sanitized = await buildSanitized(`${FOLDER}/endurance.cpp`, join(folder, 'sanitized'), 'thread');
  t.equal(await printed(sanitized, 'threads', '8', '25'), '0 wrong\n');
});

t.test('10,000 predictors are made, run and destroyed: memory stays flat', async (t) => {
  const { path } = await built('endurance');
  const stdout = await printed(path, 'memory', '10000');
  const [, early = 0, late = 0] = /^1000: (\d+) kB\n10000: (\d+) kB\n0 wrong\n$/.exec(stdout)?.map(Number) ?? [];
  t.ok(early > 500 && late - early < MOST_GROWTH_KB, stdout.trim());
});

t.test('a run takes no memory', async (t) => {
  const { path } = await built('allocations');
  t.equal(await printed(path), '0 allocations in 80 runs, 1 before\n');
});
