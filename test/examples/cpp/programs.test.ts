/** The C and C++ examples on every architecture: what they print is what Paddle 2.6.2 computes. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { packageRoot } from '../../../src/base/package-root.js';
import { compile } from '../../../src/compile.js';
import { loadPlans } from '../../../src/load.js';
import { buildProgram } from '../../../toolchains/index.js';
import { RUNNERS } from '../../support/run-program.js';
import { EXAMPLES, FIRST_IMAGE, ORIENTATION, orientationPictures } from './truth.js';

/** The first C++ build for an architecture compiles its C++ library as well. */
t.setTimeout(15 * 60 * 1000);

// The pictures of two sizes that one program takes; ours is of the second.
const fashion = await loadPlans(
  join(EXAMPLES, 'fashion-mnist/model'),
  [56, 28].map((size) => new Map([['x', [1, 1, size, size]]])),
);
const orientation = await loadPlans(join(EXAMPLES, 'models/text-orientation'), [new Map([['x', [1, 3, 48, 192]]])]);

for (const { name, build, architecture, path, command } of RUNNERS) {
  /** An example, ready to be run. */
  const built = async (source: string) => {
    const { path } = await buildProgram({
      arch: build,
      name: basename(source).replace('.', '-'),
      sources: [join(packageRoot, 'examples/cpp', source)],
    });
    return (args: readonly string[]) => {
      const [file = '', ...rest] = [...command, path, ...args];
      return promisify(execFile)(file, rest).catch((error: { stdout: string; stderr: string }) => error);
    };
  };
  const compiled = (t: Test, graphs: typeof fashion): string => {
    const file = join(t.testdir({}), 'model.edp');
    writeFileSync(file, compile(graphs, { architecture, path, precision: 'fp32', l2: 512 * 1024 }).program);
    return file;
  };

  t.test(`${name}: classify, in C and in C++`, async (t) => {
    const model = compiled(t, fashion);
    const other = join(t.testdirName, 'other.pgm');
    writeFileSync(other, Buffer.concat([Buffer.from('P5 32 28 255\n'), Buffer.alloc(32 * 28)]));
    const cut = join(t.testdirName, 'cut.pgm');
    writeFileSync(cut, readFileSync(join(EXAMPLES, 'pictures/ankle-boot.pgm')).subarray(0, -1));
    for (const source of ['classify.c', 'classify.cpp']) {
      const classify = await built(source);
      const { stdout } = await classify([model, join(EXAMPLES, 'pictures/ankle-boot.pgm')]);
      const lines = stdout.trim().split('\n');
      t.equal(lines.length, FIRST_IMAGE.length, source);
      for (const [i, { label, score }] of FIRST_IMAGE.entries()) {
        const [printedLabel, printedScore] = lines[i]!.split(' ').map(Number);
        t.equal(printedLabel, label, `${source}: class ${label}`);
        t.ok(Math.abs(printedScore! - score) < 1e-4, `${source}: ${printedScore}, by Paddle ${score}`);
      }
      t.match((await classify([model, other])).stderr, /the model was (not )?compiled for/, `${source}: another size`);
      t.match((await classify([model, cut])).stderr, / is cut/, `${source}: a cut picture`);
      t.match((await classify([other, other])).stderr, /not a program file/, `${source}: no program`);
    }
  });

  t.test(`${name}: text orientation`, async (t) => {
    const run = await built('text_orientation.cpp');
    const model = compiled(t, orientation);
    for (const [picture, file] of Object.entries(orientationPictures(t.testdirName))) {
      const [upright = 0, turned = 0] = ORIENTATION[picture]!;
      const { stdout } = await run([model, file]);
      const [degrees, word, score] = stdout.trim().split(' ');
      t.same([degrees, word], [turned > upright ? '180' : '0', 'degrees'], picture);
      const worst = Math.abs(Number(score) - Math.max(upright, turned));
      t.ok(worst < 1e-4, `${picture}: ${score}, ${worst.toExponential(1)} from Paddle`);
    }
    t.match((await run([model, model])).stderr, /is no PPM of 8 bits/);
  });
}
