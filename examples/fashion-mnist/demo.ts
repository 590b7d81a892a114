/**
 * The main job on this machine: a network trained in Paddle on Fashion-MNIST, in fp32 and in three quantised forms, through
 * our own C kernels, over 1,000 real test images, beside the outputs that Paddle itself gave for the first 64.
 *
 *   npm run demo            (or: node dist/examples/fashion-mnist/demo.js TARGET)
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { packageRoot } from '../../src/base/package-root.js';
import {
  agreement,
  argMax,
  loadModel,
  loadTargets,
  openDevice,
  PRECISIONS,
  resolveTargets,
  runDataset,
  summarize,
} from '../../src/index.js';
import { formatBytes, formatInterval, formatShare } from '../../src/report/format.js';
import { renderTable } from '../../src/report/table.js';

const folder = join(packageRoot, 'examples', 'fashion-mnist');
const labels = readFileSync(join(folder, 'labels-1000.u8'));
const pixels = gunzipSync(readFileSync(join(folder, 'images-1000.u8.gz')));
const images = Float32Array.from(pixels, (pixel) => Math.fround(pixel / 255));
const golden = readFileSync(join(folder, 'paddle-outputs-64.f32'));
const expected = new Float32Array(golden.buffer.slice(golden.byteOffset, golden.byteOffset + golden.byteLength));

const [target] = resolveTargets(process.argv[2] ?? 'host', loadTargets());
const note = ({ message }: { message: string }) => void process.stderr.write(`${message}\n`);
const graph = await loadModel(join(folder, 'model'));
const device = await openDevice(target!);
const rows: string[][] = [];
for (const precision of PRECISIONS) {
  const result = await runDataset(graph, target!, device, images, { precision, onProgress: note });
  const classes = result.outputs.length / labels.length;
  let correct = 0;
  labels.forEach((label, i) => {
    correct += Number(argMax(result.outputs, i * classes, classes) === label);
  });
  // The first hundred runs warm the caches up.
  const time = summarize(result.samples.slice(100));
  const { relative, sameTop1 } = agreement(result.outputs.subarray(0, expected.length), expected, classes);
  rows.push([
    precision,
    formatBytes(result.programBytes),
    formatShare(correct / labels.length),
    formatInterval(time),
    relative.toExponential(1),
    formatShare(sameTop1),
  ]);
}
await device.close();
const right = { align: 'right' } as const;
process.stdout.write(
  `Fashion-MNIST, ${labels.length} test images on ${target!.name}; agreement with Paddle's own fp32 outputs for 64 of them\n\n`,
);
process.stdout.write(
  `${renderTable(
    [
      { title: 'precision' },
      { title: 'program', ...right },
      { title: 'accuracy', ...right },
      { title: 'median  [95 % interval]', ...right },
      { title: 'max |Δ| / max |y|', ...right },
      { title: 'same class', ...right },
    ],
    rows,
  )}\n`,
);
