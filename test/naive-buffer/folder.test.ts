/** Models of Paddle-Lite before 2.3: a folder with the topology and the parameters of what was one file later. */
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { printGraph } from '../../src/ir/text.js';
import { loadModel, loadModelWithSize } from '../../src/load.js';
import { evaluateGraph } from '../../src/ops/evaluate.js';
import { cli } from '../support/cli.js';
import { piecesOf, recordsOf, writeFolder } from '../support/naive-folder.js';

const file = join(packageRoot, 'test/golden/nb/mask_detector_2020.nb');
const bytes = readFileSync(file);
const input = '@HUB_pyramidbox_lite_mobile_mask@image';
const shape = [1, 3, 128, 128];
const inputShapes = new Map([[input, shape]]);

for (const [form, combined] of [
  ['one file of parameters', true],
  ['a file per parameter', false],
] as const) {
  t.test(`${form}: the graph of the later file, and its outputs`, async (t) => {
    const folder = writeFolder(join(t.testdir({}), 'mask_detector_2020'), bytes, combined);
    const { graphs, bytes: size } = await loadModelWithSize(folder, [inputShapes]);
    const [graph] = graphs;
    t.equal(size, bytes.length - 26 - (combined ? 0 : 8));
    t.equal(printGraph(graph), printGraph(await loadModel(file, { inputShapes })));
    const data = Float32Array.from({ length: 3 * 128 * 128 }, (_, i) => (i % 17) / 17 - 0.5);
    const [y] = evaluateGraph(graph, new Map([[input, { type: { dtype: 'f32', shape }, data }]])).values();
    t.same(
      [...(y!.data as Float32Array)].map((value) => value.toFixed(6)),
      ['0.998396', '0.001604'],
    );
    const named = await loadModel(join(folder, '__model__.nb'), { inputShapes });
    t.equal(printGraph(named), printGraph(graph), 'a file of the folder means the folder');
  });
}

t.test('commands take such a folder', async (t) => {
  const folder = writeFolder(join(t.testdir({}), 'old'), bytes, true);
  const flags = ['--input-shape', `${input}=1x3x128x128`];
  const inspected = await cli(['inspect', folder, ...flags]);
  t.match(inspected.stdout, /Paddle-Lite \.nb before 2\.3\n +ops +31: conv2d 22, .*softmax 1.*\n +tensors +46\n/);
  const pushed = await cli([
    'push',
    folder,
    ...flags,
    '-t',
    'host',
    '--precision',
    'fp32',
    '--preset',
    'once',
    '--json',
  ]);
  t.equal(JSON.parse(pushed.stdout).records[0].agreement[0].agrees, true);
});

t.test('a folder with one .nb file is that model; with several, one must be named', async (t) => {
  const folder = t.testdir({});
  copyFileSync(file, join(folder, 'a.nb'));
  t.equal((await loadModel(folder, { inputShapes })).name, 'a');
  copyFileSync(file, join(folder, 'b.nb'));
  await t.rejects(loadModel(folder, { inputShapes }), { code: 'E_MODEL_NOT_FOUND', message: /2 models: a\.nb, b\.nb/ });
  t.equal((await loadModel(folder, { modelFile: 'b.nb', inputShapes })).name, 'b');
});

t.test('what is missing or damaged is named', async (t) => {
  const { topology, parameters } = piecesOf(bytes);
  const [name] = recordsOf(parameters).keys();
  const folder = writeFolder(join(t.testdir({}), 'old'), bytes, false);
  rmSync(join(folder, `${name}.nb`));
  await t.rejects(loadModel(folder), { code: 'E_MODEL_NOT_FOUND', message: `the parameter '${name}' cannot be read` });
  writeFileSync(join(folder, 'param.nb'), parameters.subarray(0, 1000));
  await t.rejects(loadModel(folder), { code: 'E_MODEL', message: /param\.nb: the \.nb file is damaged/ });
  writeFileSync(join(folder, '__model__.nb'), topology.subarray(0, 1000));
  await t.rejects(loadModel(folder), { code: 'E_MODEL', message: /__model__\.nb: the \.nb file is damaged/ });
  writeFileSync(join(folder, '__model__.nb'), Buffer.alloc(16));
  await t.rejects(loadModel(folder), { code: 'E_MODEL', message: /__model__\.nb: .* its program has no block/ });
});

t.test('a parameter whose name leads out of the folder is not followed', async (t) => {
  const { topology } = piecesOf(bytes);
  const [name] = recordsOf(piecesOf(bytes).parameters).keys();
  const out = '../'.padEnd(name!.length, 'x');
  const changed = Buffer.from(topology);
  for (let at = changed.indexOf(name!); at >= 0; at = changed.indexOf(name!)) changed.write(out, at);
  const folder = writeFolder(join(t.testdir({}), 'old'), bytes, false);
  writeFileSync(join(folder, '__model__.nb'), changed);
  await t.rejects(loadModel(folder), { code: 'E_MODEL', message: /not a file name inside the model's folder/ });
});
