import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { loadModel } from '../../src/load.js';
import { readNaiveBuffer } from '../../src/naive-buffer/index.js';
import { writeNaiveBuffer } from '../../src/naive-buffer/write.js';
import { evaluateGraph } from '../../src/ops/evaluate.js';
import { importProgram } from '../../src/paddle/index.js';
import { refusesAtOnce } from '../support/damage.js';
import { lcg } from '../support/lcg.js';
import { asMeta1 } from '../support/meta1.js';
import { goldenCases, relativeError } from '../support/models.js';
import { naiveFile } from '../support/naive-writer.js';

const folder = join(packageRoot, 'test', 'golden', 'nb');

/** Where the real opt computes something else than Paddle: convolutions merged wrongly, activations moved, a batch norm lost. */
const WRONG_BY_OPT = new Set([
  ...['cc_3x3_8_16_24', 'cc_3x3_8_8_64', 'conv_conv_grow'],
  ...['conv_bias_relu_scale', 'conv_bias_scale_before_bias', 'shared_filter_one_bn'],
]);

t.test('what opt made of the one-rule programs computes what Paddle does', async (t) => {
  let compared = 0;
  for (const golden of goldenCases().filter(({ name }) => name.startsWith('zoo/'))) {
    const file = join(golden.path, 'arm.nb');
    if (!existsSync(file)) continue;
    const graph = await loadModel(file, { inputShapes: new Map([[golden.input, golden.shape]]) });
    const input = { type: { dtype: 'f32' as const, shape: golden.shape }, data: golden.inputData() };
    const [y] = evaluateGraph(graph, new Map([[golden.input, input]])).values();
    const error = relativeError(y!.data as Float32Array, golden.expected());
    const quantized = /^zoo\/q_/.test(golden.name);
    const wrong = WRONG_BY_OPT.has(golden.name.slice(4));
    // The q_ programs were quantised by opt: integers of 8 bits are off by up to half a step of 1/127.
    if (wrong) t.ok(error > 1e-2, `${golden.name}: opt's own fault shows, ${error.toExponential(1)}`);
    else t.ok(error <= (quantized ? 1.5e-2 : 1e-4), `${golden.name}: ${error.toExponential(1)}`);
    compared++;
  }
  t.equal(compared, 84);
});

t.test('real files of meta version 0 and 2 give the outputs of the real library', async (t) => {
  const shape = [1, 3, 128, 128];
  const data = Float32Array.from({ length: 3 * 128 * 128 }, (_, i) => (i % 17) / 17 - 0.5);
  for (const [year, metaVersion] of [
    [2020, 0],
    [2022, 2],
  ] as const) {
    const file = join(folder, `mask_detector_${year}.nb`);
    t.equal(readNaiveBuffer(readFileSync(file)).metaVersion, metaVersion);
    const input = '@HUB_pyramidbox_lite_mobile_mask@image';
    const graph = await loadModel(file, { inputShapes: new Map([[input, shape]]) });
    const [y] = evaluateGraph(graph, new Map([[input, { type: { dtype: 'f32', shape }, data }]])).values();
    t.match(
      [...(y!.data as Float32Array)].map((value) => value.toFixed(6)),
      ['0.998396', '0.001604'],
    );
  }
});

t.test('weights quantised by opt come in as integers with their scales', async (t) => {
  const graph = await loadModel(join(folder, 'ppocrv3-cls.int8.nb'), {
    inputShapes: new Map([['x', [1, 3, 48, 192]]]),
  });
  const integers = [...graph.constants.values()].filter(({ quantization }) => quantization);
  t.ok(integers.length > 40, `${integers.length} integer weights`);
  t.ok(integers.every(({ type }) => type.dtype === 'i8'));
});

t.test('meta version 1 holds the same in one list', (t) => {
  const file = readFileSync(join(folder, 'mask_detector_2022.nb'));
  const [two, one] = [readNaiveBuffer(file), readNaiveBuffer(asMeta1(file))];
  t.equal(one.metaVersion, 1);
  t.strictSame([...one.parameters.keys()], [...two.parameters.keys()]);
  for (const [name, record] of one.parameters) {
    t.ok(Buffer.compare(record.data, two.parameters.get(name)!.data) === 0, name);
  }
  t.end();
});

t.test('cut files and 1,500 damaged ones: an error of ours or a graph, at once', (t) => {
  const next = lcg(3);
  const random = (below: number) => Math.floor(((next() + 1) / 2) * below);
  const files = ['mask_detector_2020.nb', 'mask_detector_2022.nb', 'ppocrv3-cls.int8.nb'].map((name) =>
    readFileSync(join(folder, name)),
  );
  const refuses = (bytes: Uint8Array) =>
    refusesAtOnce(t, () => {
      const { program, parameters } = readNaiveBuffer(bytes);
      const input = program.blocks[0]!.ops.find(({ type }) => type === 'feed')?.outputs[0]?.arguments[0] ?? '';
      importProgram('damaged', program, parameters, { inputShapes: new Map([[input, [1, 3, 128, 128]]]) });
    });
  for (const file of files) {
    for (let part = 0; part < 16; part++) {
      t.ok(refuses(file.subarray(0, Math.floor((file.length * part) / 16))), `cut at ${part}/16`);
    }
  }
  let refused = 0;
  for (let i = 0; i < 1500; i++) {
    const damaged = Buffer.from(files[i % files.length]!);
    // Weights are most of a file and any bytes are weights: most damage goes to the topology in front.
    const reach = random(4) === 0 ? damaged.length : Math.min(40_000, damaged.length);
    for (let n = 0; n <= random(4); n++) damaged[random(reach)] = random(3) === 0 ? 0xff : random(256);
    refused += Number(refuses(damaged));
  }
  t.ok(refused > 250, `${refused} of 1500 refused`);
  t.end();
});

t.test('a program without a block is refused in every form', async (t) => {
  const none = { blocks: [], version: { version: 0 } };
  const two = Buffer.concat([...writeNaiveBuffer(none, new Map(), { optVersion: 'v2.13' })]);
  for (const file of [naiveFile(none, new Map()), two, asMeta1(two)]) {
    t.throws(() => readNaiveBuffer(file), { code: 'E_MODEL', message: /its program has no block/ });
  }
});

t.test('what is no .nb is told apart', async (t) => {
  const file = join(t.testdir({}), 'x.nb');
  writeFileSync(file, Buffer.from('\x08\x07not a model, but long enough to be one'));
  await t.rejects(loadModel(file), { code: 'E_MODEL', message: /no \.nb model/ });
  await t.rejects(loadModel(`${file}.nb`), { code: 'E_MODEL_NOT_FOUND' });
});
