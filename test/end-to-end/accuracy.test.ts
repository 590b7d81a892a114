import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import {
  argMax,
  type Device,
  loadModel,
  loadTargets,
  openDevice,
  type Precision,
  runDataset,
} from '../../src/index.js';
import { GOLDEN } from '../support/models.js';

/** Correct answers over all 10,000 test images of Fashion-MNIST, beside those that Paddle gave. */
t.setTimeout(10 * 60 * 1000);

const folder = join(packageRoot, 'test', 'golden', 'fashion-mnist');
const read = (file: string, header: number) => gunzipSync(readFileSync(join(folder, file))).subarray(header);
const labels = read('t10k-labels-idx1-ubyte.gz', 8);
const images = Float32Array.from(read('t10k-images-idx3-ubyte.gz', 16), (pixel) => Math.fround(pixel / 255));
const host = loadTargets().get('host')!;
t.equal(images.length, 10_000 * 784);
t.equal(labels.length, 10_000);

async function correctAnswers(device: Device, path: string, input: string, precision: Precision): Promise<number> {
  const graph = await loadModel(path, { inputShapes: new Map([[input, [1, 1, 28, 28]]]) });
  const { outputs } = await runDataset(graph, host, device, images, { precision });
  let correct = 0;
  labels.forEach((label, i) => {
    correct += Number(argMax(outputs, i * 10, 10) === label);
  });
  return correct;
}

const models = [
  ['fashion-lenet-1.8', 'combined'],
  ['fashion-mobilenet-2.6', '.'],
  ['fashion-resnet8-2.6', '.'],
] as const;

for (const [name, fp32Folder] of models) {
  t.test(name, async (t) => {
    const root = join(GOLDEN, name);
    const golden = JSON.parse(readFileSync(join(root, 'golden.json'), 'utf8')) as {
      feed: string[];
      accuracy: Record<string, { correct: number }>;
    };
    const input = golden.feed[0]!;
    const device = await openDevice(host);
    const fp32 = await correctAnswers(device, join(root, fp32Folder), input, 'fp32');
    t.ok(Math.abs(fp32 - golden.accuracy.fp32!.correct) <= 2, `fp32: ${fp32}, Paddle ${golden.accuracy.fp32!.correct}`);
    const quantized = readdirSync(join(root, 'quantized')).filter((one) => one in golden.accuracy);
    t.ok(quantized.length >= 4, `${quantized.length} quantised models`);
    for (const one of quantized) {
      const precision = one.startsWith('int16') ? 'int16w' : 'int8w';
      const correct = await correctAnswers(device, join(root, 'quantized', one), input, precision);
      const { correct: expected } = golden.accuracy[one]!;
      t.ok(Math.abs(correct - expected) <= 2, `${one} as ${precision}: ${correct}, Paddle ${expected}`);
    }
    const int8 = await correctAnswers(device, join(root, fp32Folder), input, 'int8');
    t.ok(int8 >= fp32 - 50, `int8: ${int8}, at most half a point below ${fp32}`);
    await device.close();
  });
}
