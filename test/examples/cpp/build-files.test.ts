/** The Makefile and the CMakeLists.txt of the examples, run by this machine's own make, CMake and compilers. */
import { execFile } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { packageRoot } from '../../../src/base/package-root.js';
import { compile } from '../../../src/compile.js';
import { loadModel, loadPlans } from '../../../src/load.js';
import { buildLibrary } from '../../../toolchains/index.js';
import { RUNNERS } from '../../support/run-program.js';
import { EXAMPLES, FIRST_IMAGE, ORIENTATION } from './truth.js';

t.setTimeout(5 * 60 * 1000);

const run = promisify(execFile);
const sources = join(packageRoot, 'examples/cpp');

/** What the programs need of a folder that `edge-deploy package` writes. */
async function makePackage(folder: string): Promise<void> {
  cpSync(join(packageRoot, 'kernels/include'), join(folder, 'include'), { recursive: true });
  const { path } = await buildLibrary({ platform: 'host', name: 'libedge_deploy.a' });
  mkdirSync(join(folder, 'lib'));
  copyFileSync(path, join(folder, 'lib/libedge_deploy.a'));
}

/** The three programs in a folder do what they should. */
async function programsWork(t: Test, folder: string, models: string): Promise<void> {
  const picture = (name: string) => join(EXAMPLES, 'pictures', name);
  for (const program of ['classify_c', 'classify']) {
    const { stdout } = await run(join(folder, program), [join(models, 'fashion.edp'), picture('ankle-boot.pgm')]);
    const expected = FIRST_IMAGE.map(({ label, score }) => `${label} ${score.toFixed(4)}\n`).join('');
    t.equal(stdout, expected, program);
  }
  for (const [name, words] of [
    ['upright', '0 degrees'],
    ['turned', '180 degrees'],
  ] as const) {
    const args = [join(models, 'text.edp'), picture(`text-${name}.ppm`)];
    const { stdout } = await run(join(folder, 'text_orientation'), args);
    t.equal(stdout, `${words} ${Math.max(...ORIENTATION[name]!).toFixed(4)}\n`, name);
  }
}

const folder = t.testdir({ package: {} });
await makePackage(join(folder, 'package'));
const options = { ...RUNNERS[0]!, precision: 'fp32', l2: 512 * 1024 } as const;
const fashion = compile(await loadModel(join(EXAMPLES, 'fashion-mnist/model')), options);
writeFileSync(join(folder, 'fashion.edp'), fashion.program);
const text = await loadPlans(join(EXAMPLES, 'models/text-orientation'), [new Map([['x', [1, 3, 48, 192]]])]);
writeFileSync(join(folder, 'text.edp'), compile(text, options).program);

t.test('make', async (t) => {
  const copy = join(folder, 'make');
  cpSync(sources, copy, { recursive: true });
  const flags = ['PACKAGE=../package', 'CFLAGS=-O1 -Wall -Wextra -Werror', 'CXXFLAGS=-O1 -Wall -Wextra -Werror'];
  await run('make', ['-j2', ...flags], { cwd: copy });
  await programsWork(t, copy, folder);
  t.match((await run('make', flags, { cwd: copy })).stdout, /Nothing to be done|up to date/);
  const soon = new Date(Date.now() + 60_000);
  utimesSync(join(folder, 'package/lib/libedge_deploy.a'), soon, soon);
  t.match(
    (await run('make', ['-n', ...flags], { cwd: copy })).stdout,
    /-o classify_c\n.*-o classify\n/,
    'another library',
  );
  await run('make', ['clean'], { cwd: copy });
});

t.test('CMake', async (t) => {
  const build = join(folder, 'build');
  await run('cmake', ['-S', sources, '-B', build, '-DPACKAGE=package', '-DCMAKE_CXX_FLAGS=-Wall -Wextra -Werror'], {
    cwd: folder,
  });
  await run('cmake', ['--build', build, '-j2']);
  await programsWork(t, build, folder);
});
