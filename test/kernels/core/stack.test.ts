/** edge_deploy.h says how much stack a run takes; threads of small systems have little. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { packageRoot } from '../../../src/base/package-root.js';
import { compile } from '../../../src/compile.js';
import { loadModel } from '../../../src/load.js';
import { buildProgram } from '../../../toolchains/index.js';
import { compileAsIs } from '../../support/compile-as-is.js';
import { Maker } from '../../support/maker.js';
import { RUNNERS } from '../../support/run-program.js';
import { STEP_CASES } from '../step-cases.js';

t.setTimeout(5 * 60 * 1000);

const MOST_BYTES = 8 * 1024;

const fashion = await loadModel(join(packageRoot, 'examples/fashion-mnist/model'));

for (const { name, build, architecture, path, command } of RUNNERS) {
  t.test(`${name}: opening and running take less than 8 kB of stack`, async (t) => {
    const make = new Maker('steps');
    const steps = make.finish(STEP_CASES.map((one) => one.build(make)));
    const options = { architecture, path, l2: 512 * 1024 };
    const programs = {
      'every step': compileAsIs(steps, { architecture, path }),
      int8: compile(fashion, { ...options, precision: 'int8' }).program,
      int8w: compile(fashion, { ...options, precision: 'int8w' }).program,
    };
    const source = join(packageRoot, 'test/kernels/core/stack.c');
    const [file = '', ...args] = [
      ...command,
      (await buildProgram({ arch: build, name: 'stack', sources: [source] })).path,
    ];
    for (const [what, program] of Object.entries(programs)) {
      const model = join(t.testdir({}), 'model.edp');
      writeFileSync(model, program);
      const { stdout } = await promisify(execFile)(file, [...args, model]);
      const bytes = Number(stdout);
      t.ok(bytes > 300 && bytes < MOST_BYTES, `${what}: ${bytes} bytes`);
    }
  });
}
