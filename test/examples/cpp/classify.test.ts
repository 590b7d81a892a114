import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { packageRoot } from '../../../src/base/package-root.js';
import { compile } from '../../../src/compile.js';
import { loadPlans } from '../../../src/load.js';
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
  // The pictures of two sizes that one program takes; ours is of the second.
  const sizes = [56, 28].map((size) => new Map([['x', [1, 1, size, size]]]));
  const graphs = await loadPlans(join(packageRoot, 'test/golden/models/fashion-mobilenet-2.6'), sizes);
  for (const { name, build, architecture, path, command } of RUNNERS) {
    const { program } = compile(graphs, { architecture, path, precision: 'fp32', l2: 512 * 1024 });
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
    const other = join(folder, 'other.pgm');
    await writeFile(other, Buffer.concat([Buffer.from('P5 32 28 255\n'), Buffer.alloc(32 * 28)]));
    const refused = await promisify(execFile)(file, [...rest.slice(0, -1), other]).catch(
      (error: { stderr: string }) => error,
    );
    t.match(refused.stderr, /not compiled for pictures of this size/, name);
  }
});
