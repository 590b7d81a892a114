/** The Android example, compiled against Android's own classes and started under Robolectric with the host's library. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { packageRoot } from '../../../src/base/package-root.js';
import { compile } from '../../../src/compile.js';
import { loadModel } from '../../../src/load.js';
import { buildJar, buildJniLibrary, zipFiles } from '../../../toolchains/index.js';

/** The first time Maven downloads 180 MB. */
t.setTimeout(15 * 60 * 1000);

const example = join(packageRoot, 'examples', 'android');

t.test('the app shows what Paddle sees in the picture', async (t) => {
  const folder = t.testdir({});
  const graph = await loadModel(join(packageRoot, 'examples/fashion-mnist/model'), {
    inputShapes: new Map([['x', [1, 1, 28, 28]]]),
  });
  const { program } = compile(graph, { architecture: 'x86_64', path: 'ref', precision: 'fp32', l2: 512 * 1024 });
  const picture = await readFile(join(example, 'app/src/main/assets/ankle-boot.pgm'));
  const assets = [
    { path: 'assets/ankle-boot.pgm', data: picture },
    { path: 'assets/x86_64/model.edp', data: program },
  ];
  await writeFile(join(folder, 'assets.zip'), await zipFiles(assets));
  await writeFile(join(folder, 'classes.jar'), (await buildJar()).bytes);
  await mkdir(join(folder, 'lib'));
  await writeFile(join(folder, 'lib', 'libpaddle_lite_jni.so'), (await buildJniLibrary({ platform: 'host' })).bytes);
  const pom = join(packageRoot, 'test/examples/android/pom.xml');
  const given = [`-Dexample=${example}`, `-Dedge-deploy=${folder}`];
  const maven = promisify(execFile)(
    'mvn',
    ['--batch-mode', '--no-transfer-progress', '--file', pom, ...given, 'test'],
    { maxBuffer: 2 ** 26 },
  );
  const { stdout } = await maven.catch((error: { stdout: string }) => error);
  t.match(stdout, /Tests run: 5, Failures: 0, Errors: 0, Skipped: 0/, 'all of MainActivityTest pass');
});
