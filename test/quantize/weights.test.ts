import t from 'tap';
import type { Graph } from '../../src/ir/graph.js';
import { evaluateGraph } from '../../src/ops/evaluate.js';
import { verifyGraph } from '../../src/ops/verify.js';
import { dequantizeWeights, quantizeWeights } from '../../src/quantize/index.js';
import { TestGraph } from '../passes/graphs.js';

const PER_CHANNEL = { bits: 8, mode: 'channel_wise_abs_max' } as const;

/** Every op with weights, each with a bias that must stay fp32. */
function network(): Graph {
  const g = new TestGraph();
  let y = g.conv(g.image(), g.weights([6, 4, 3, 3], 'conv'), { bias: g.weights([6], 'bias') });
  y = g.conv(y, g.weights([6, 1, 3, 3], 'depthwise'), { groups: 6 });
  y = g.deconv(y, g.weights([6, 2, 2, 2], 'deconv'));
  y = g.fc(y, g.weights([10, 7], 'fc'));
  const product = (w: string, transposeY: boolean) =>
    g.add('matmul', { inputs: [y, w], attributes: { transposeX: false, transposeY, alpha: 1 } })[0]!;
  return g.finish([product(g.weights([7, 3], 'matmul'), false), product(g.weights([3, 7], 'turned'), true)]);
}

t.test('weights become integers along the output channels, biases stay', async (t) => {
  const graph = network();
  const { graph: quantized, report } = quantizeWeights(graph, PER_CHANNEL);
  verifyGraph(quantized);
  t.equal(quantized.stage, 'quantized');
  const axes = [...quantized.constants].map(([name, { quantization }]) => [name, quantization?.axis]);
  t.strictSame(Object.fromEntries(axes), {
    conv: 0,
    bias: undefined,
    depthwise: 0,
    deconv: 1,
    fc: 1,
    matmul: 1,
    turned: 0,
  });
  t.strictSame(
    report.map((weight) => weight.name),
    ['conv', 'depthwise', 'deconv', 'fc', 'matmul', 'turned'],
  );
  const { bytesBefore, bytesAfter, maxError, maxScale } = report[0]!;
  t.strictSame([bytesBefore, bytesAfter], [864, 216 + 24]);
  t.ok(maxError > 0 && maxError <= maxScale * 0.5001);
});

t.test('the integers stand for nearly the same network', async (t) => {
  const graph = network();
  const g = new TestGraph(7);
  const inputs = new Map([['x', g.random.tensor([1, 4, 5, 5])]]);
  const expected = [...evaluateGraph(graph, inputs).values()];
  for (const [bits, mode, bound] of [
    [8, 'channel_wise_abs_max', 0.03],
    [8, 'abs_max', 0.04],
    [16, 'channel_wise_abs_max', 2e-4],
  ] as const) {
    const { graph: quantized } = quantizeWeights(graph, { bits, mode });
    const actual = [...evaluateGraph(quantized, inputs).values()];
    expected.forEach((tensor, i) => {
      const values = Array.from(tensor.data as Float32Array);
      const largest = Math.max(...values.map(Math.abs));
      const worst = Math.max(...values.map((value, k) => Math.abs(value - Number(actual[i]!.data[k])))) / largest;
      t.ok(worst > 0 && worst < bound, `int${bits} ${mode}: ${worst.toExponential(1)}`);
    });
    const real = dequantizeWeights(quantized);
    verifyGraph(real);
    t.strictSame([...evaluateGraph(real, inputs).values()], actual, 'dequantised weights are the same numbers');
  }
});

t.test('a per-tensor scale is stored for every channel', async (t) => {
  const { graph, report } = quantizeWeights(network(), { bits: 8, mode: 'abs_max' });
  const { scales } = graph.constants.get('conv')!.quantization!;
  t.equal(scales.length, 6);
  t.equal(new Set(scales).size, 1);
  t.equal(report[0]!.bytesAfter, 216 + 4);
});

t.test('a weight that several ops share is quantised once', async (t) => {
  const g = new TestGraph();
  const [x, w] = [g.image(), g.weights([4, 4, 3, 3])];
  const { graph, report } = quantizeWeights(g.finish([g.conv(g.conv(x, w), w)]), PER_CHANNEL);
  t.equal(report.length, 1);
  t.equal(graph.constants.get('w')!.type.dtype, 'i8');
});

t.test('a weight stays fp32 that is read in another way too, along another axis, or is an output', async (t) => {
  const g = new TestGraph();
  const x = g.image();
  const [added, turned, output] = [g.weights([4, 4, 5, 5]), g.weights([5, 5]), g.weights([4, 4, 3, 3])];
  const product = g.add('matmul', {
    inputs: [x, turned],
    attributes: { transposeX: false, transposeY: true, alpha: 1 },
  })[0]!;
  const conv = g.conv(x, added);
  const outputs = [conv, g.one('reduce', added, { kind: 'sum', axes: [0], keepDims: true }), product, g.fc(x, turned)];
  const { report } = quantizeWeights(g.finish([...outputs, g.conv(x, output), output]), PER_CHANNEL);
  t.strictSame(report, []);
});

t.test('a weight that is quantised already keeps its integers', async (t) => {
  const { graph: once } = quantizeWeights(network(), PER_CHANNEL);
  const { graph: twice, report } = quantizeWeights(once, { bits: 16, mode: 'abs_max' });
  t.strictSame(report, []);
  t.strictSame(twice.constants, once.constants);
});

t.test('NaN and infinities are refused, the tensor named', async (t) => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    const g = new TestGraph();
    const data = new Float32Array(36).fill(1);
    data[7] = value;
    const w = g.constant('conv1.w', { type: { dtype: 'f32', shape: [1, 4, 3, 3] }, data });
    const graph = g.finish([g.conv(g.image(), w)]);
    t.throws(() => quantizeWeights(graph, PER_CHANNEL), {
      code: 'E_WEIGHTS',
      message: `the weights 'conv1.w' hold ${value} (element 7; 1 of 36 values is not finite): they have no scale`,
    });
  }
});
