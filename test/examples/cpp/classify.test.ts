import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { packageRoot } from '../../../src/base/package-root.js';
import { compile } from '../../../src/compile.js';
import { loadModel } from '../../../src/load.js';
import { buildProgram } from '../../../toolchains/index.js';
import { RUNNERS } from '../../support/run-program.js';

/** The first C++ build for an architecture compiles its C++ library as well. */
t.setTimeout(15 * 60 * 1000);

const example = join(packageRoot, 'examples/cpp');

/** What Paddle 2.6.2 gives for the first test image: its three largest logits. */
const PADDLE = [
  { label: 9, score: 6.30366 },
  { label: 7, score: 3.61584 },
  { label: 5, score: 1.39792 },
];

t.test('the C++ example classifies a picture as Paddle does, on every architecture', async (t) => {
  const folder = t.testdir({});
  const graph = await loadModel(join(packageRoot, 'test/golden/models/fashion-mobilenet-2.6'));
  for (const { name, build, architecture, path, command } of RUNNERS) {
    const { program } = compile(graph, { architecture, path, precision: 'fp32', l2: 512 * 1024 });
    await writeFile(join(folder, name), program);
    const classify = await buildProgram({ arch: build, name: 'classify', sources: [join(example, 'classify.cpp')] });
    const [file = '', ...rest] = [...command, classify.path, join(folder, name), join(example, 'ankle-boot.pgm')];
    const { stdout } = await promisify(execFile)(file, rest);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ').map(Number));
    t.same(
      lines.map(([label]) => label),
      PADDLE.map(({ label }) => label),
      `${name}: the classes`,
    );
    const worst = Math.max(...lines.map(([, score], i) => Math.abs(score! - PADDLE[i]!.score)));
    t.ok(worst < 6e-4, `${name}: the scores`);
  }
});
