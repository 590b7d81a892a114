import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { BINS, histogram, rangeOf } from '../../src/inspection/histogram.js';
import { inspectGraph } from '../../src/inspection/index.js';
import { sumBytes } from '../../src/inspection/weights.js';
import { parseGraph } from '../../src/ir/parse.js';
import { loadModel } from '../../src/load.js';
import { GOLDEN } from '../support/models.js';

t.test('every layer and weight of a network, in every storage', async (t) => {
  const graph = await loadModel(join(GOLDEN, 'fashion-mobilenet-2.6'));
  const { layers, weights, sizes, optimized, refusal } = inspectGraph(graph);
  t.equal(layers.length, graph.nodes.length);
  t.equal(weights.length, graph.constants.size);
  t.strictSame(
    sizes.map(({ precision }) => precision),
    ['fp32', 'int8w', 'int16w', 'int8'],
  );
  t.ok(optimized!.nodes.length < graph.nodes.length);
  t.equal(refusal, undefined);
  const quantised = weights.filter(({ int8w }) => int8w);
  t.ok(quantised.length > 10);
  for (const { name, type, bytes, int8w, int16w, values, int8Values } of quantised) {
    const count = type.shape.reduce((a, b) => a * b, 1);
    t.equal(bytes.fp32, 4 * count, name);
    t.ok(bytes.int8w! > count && bytes.int8w! < bytes.int16w! && bytes.int16w! < 4 * count + 2 * count, name);
    t.ok(int8w!.rmsError <= int8w!.maxError && int16w!.maxError < int8w!.maxError, name);
    // Half a step of the widest channel is the most that rounding can be off by.
    t.ok(int8w!.maxError <= int8w!.maxScale * 0.5001, name);
    for (const one of [values!, int8Values!])
      t.equal(
        one.counts.reduce((a, b) => a + b),
        count,
        name,
      );
  }
  const conv = layers.find(({ node }) => node.op === 'conv2d')!;
  t.ok(conv.macs > 0 && conv.bytes.int8w! < conv.bytes.fp32!);
});

t.test('a model that is quantised already keeps its integers; what it was before is not known', async (t) => {
  const graph = await loadModel(join(GOLDEN, 'fashion-resnet8-2.6/quantized/int16-channel'));
  const { weights, sizes } = inspectGraph(graph);
  t.strictSame(
    sizes.map(({ precision }) => precision),
    ['fp32', 'int16w'],
  );
  const integers = weights.filter(({ type }) => type.dtype === 'i16');
  t.ok(integers.length > 5);
  for (const { bytes, int16w, values, scales } of integers) {
    t.ok(scales!.low > 0 && scales!.high < 0.01);
    t.strictSame([bytes.int8w, int16w], [undefined, undefined]);
    t.ok(bytes.int16w! > bytes.fp32! / 2 && values);
  }
});

t.test('what only lowering refuses is a finding beside the rest', async (t) => {
  const graph = parseGraph(`graph computed imported
input x f32[1,4]
input w f32[4,2]
y f32[1,2] = fc(x, w) {flatten: 1}
output y
`);
  const { layers, sizes, optimized, refusal } = inspectGraph(graph);
  t.equal(layers.length, 1);
  t.strictSame([sizes, optimized], [[], undefined]);
  t.match(refusal, { code: 'E_OP' });
});

t.test('NaN is refused by name', async (t) => {
  const folder = join(packageRoot, 'test/golden/quantization/corner-cases/nan');
  await t.rejects(loadModel(folder), { code: 'E_WEIGHTS' });
});

t.test('a histogram counts every value once, ends included', (t) => {
  const values = [-1, -1, 0, 0.5, 1];
  const { counts, low, high } = histogram(values, rangeOf(values));
  t.strictSame([low, high, counts.length], [-1, 1, BINS]);
  t.strictSame([counts[0], counts[BINS / 2], counts[BINS - 1]], [2, 1, 1]);
  t.equal(
    counts.reduce((a, b) => a + b),
    5,
  );
  t.strictSame(rangeOf([]), { low: 0, high: 0 });
  t.equal(histogram([3, 3], rangeOf([3, 3])).counts[0], 2, 'one value only');
  t.end();
});

t.test('sums leave out what one of them cannot be', (t) => {
  t.strictSame(
    sumBytes([
      { fp32: 4, int8w: 1 },
      { fp32: 8, int8w: 2, int16w: 4 },
    ]),
    { fp32: 12, int8w: 3 },
  );
  t.strictSame(sumBytes([]), { fp32: 0, int8w: 0, int16w: 0 });
  t.end();
});
