import t from 'tap';
import type { Constant } from '../../src/ir/tensor.js';
import { foldAffine } from '../../src/passes/fold-affine.js';
import { removeDead } from '../../src/passes/remove-dead.js';
import { quantizeWeights } from '../../src/quantize/index.js';
import { assertEquivalent, opsOf, TestGraph } from './graphs.js';

t.test('batch norm disappears into the op before it', async (t) => {
  const makers: Record<string, (g: TestGraph) => string> = {
    conv2d: (g) => g.conv(g.image(), g.weights([6, 4, 3, 3])),
    'conv2d with bias': (g) => g.conv(g.image(), g.weights([6, 4, 3, 3]), { bias: g.weights([6]) }),
    'conv2d in groups': (g) => g.conv(g.image(), g.weights([6, 2, 3, 3]), { groups: 2 }),
    'depthwise conv2d': (g) => g.conv(g.image(), g.weights([8, 1, 3, 3]), { groups: 4 }),
    conv2d_transpose: (g) => g.deconv(g.image(), g.weights([4, 6, 2, 2])),
    'conv2d_transpose in groups': (g) => g.deconv(g.image(), g.weights([4, 3, 2, 2]), 2),
    'depthwise conv2d_transpose': (g) => g.deconv(g.image(), g.weights([4, 1, 2, 2]), 4),
    fc: (g) => g.fc(g.input('x', { dtype: 'f32', shape: [3, 8] }), g.weights([8, 5])),
  };
  for (const [name, make] of Object.entries(makers)) {
    const g = new TestGraph();
    const graph = g.finish([g.batchNorm(make(g))]);
    const folded = foldAffine(graph);
    t.equal(folded.nodes.length, 1, name);
    assertEquivalent(t, graph, folded, name);
  }
});

t.test('sums, differences, products, quotients and scale fold too, one after the other', async (t) => {
  const g = new TestGraph();
  let y = g.conv(g.image(), g.weights([6, 4, 3, 3]));
  y = g.binary('add', y, g.weights([6, 1, 1]));
  y = g.batchNorm(y);
  y = g.unary(y, 'linear', 0.5, 2);
  y = g.binary('mul', y, g.weights([1, 6, 1, 1]));
  y = g.binary('sub', g.weights([1]), y);
  y = g.binary('div', y, g.constant('d', g.random.tensor([1, 6, 1, 1], 0.5, 1)));
  const graph = g.finish([y]);
  const folded = removeDead(foldAffine(graph));
  t.strictSame(opsOf(folded), ['conv2d+bias']);
  t.equal(folded.constants.size, 2);
  t.equal(folded.nodes[0]!.outputs[0], y);
  assertEquivalent(t, graph, folded);
});

t.test('a constant that is not one number per channel is left alone', async (t) => {
  for (const shape of [[5], [4, 6, 5, 5], [1, 6, 5, 5], [2, 1, 6, 1, 1]]) {
    const g = new TestGraph();
    const x = g.input('x', { dtype: 'f32', shape: [shape.length === 4 ? shape[0]! : 1, 4, 5, 5] });
    const graph = g.finish([g.binary('add', g.conv(x, g.weights([6, 4, 3, 3])), g.weights(shape))]);
    t.equal(foldAffine(graph), graph, `[${shape}]`);
  }
});

t.test('a bias behind a fully connected layer of any rank', async (t) => {
  const g = new TestGraph();
  const x = g.input('x', { dtype: 'f32', shape: [2, 3, 8] });
  const graph = g.finish([g.binary('add', g.fc(x, g.weights([8, 5])), g.weights([5]))]);
  t.strictSame(opsOf(foldAffine(graph)), ['fc+bias']);
  assertEquivalent(t, graph, foldAffine(graph));
});

t.test('a filter of two convolutions with different batch norms is copied', async (t) => {
  const g = new TestGraph();
  const [x, w] = [g.image(), g.weights([4, 4, 3, 3])];
  const graph = g.finish([g.batchNorm(g.conv(x, w)), g.batchNorm(g.conv(x, w)), g.conv(x, w)]);
  const folded = foldAffine(graph);
  t.strictSame(opsOf(folded), ['conv2d+bias', 'conv2d+bias', 'conv2d']);
  t.equal(new Set(folded.nodes.map((node) => node.inputs[1])).size, 3);
  assertEquivalent(t, graph, folded);
});

t.test('what is read elsewhere, or is an output, is not folded: batch norm becomes affine', async (t) => {
  const g = new TestGraph();
  const first = g.conv(g.image(), g.weights([4, 4, 3, 3]));
  const second = g.conv(g.image(), g.weights([4, 4, 3, 3]));
  const graph = g.finish([g.batchNorm(first), g.relu(first), second, g.batchNorm(second)]);
  const folded = foldAffine(graph);
  t.strictSame(opsOf(folded).sort(), ['affine', 'affine', 'conv2d', 'conv2d', 'unary']);
  assertEquivalent(t, graph, folded);
  t.equal(foldAffine(folded), folded, 'a second run changes nothing');
});

t.test('an affine op takes up the next one', async (t) => {
  const g = new TestGraph();
  const graph = g.finish([g.unary(g.batchNorm(g.batchNorm(g.image())), 'linear', 3, 1)]);
  t.strictSame(opsOf(foldAffine(graph)), ['affine']);
  assertEquivalent(t, graph, foldAffine(graph));
});

t.test('a factor of infinity stays where it is', async (t) => {
  const g = new TestGraph();
  const zero: Constant = { type: { dtype: 'f32', shape: [1] }, data: new Float32Array(1) };
  const graph = g.finish([g.binary('div', g.conv(g.image(), g.weights([4, 4, 3, 3])), g.constant('zero', zero))]);
  t.equal(foldAffine(graph), graph);
});

t.test('integer weights keep their integers: the scales change', async (t) => {
  for (const mode of ['channel_wise_abs_max', 'abs_max'] as const) {
    const g = new TestGraph();
    let y = g.batchNorm(g.conv(g.image(), g.weights([6, 4, 3, 3])));
    y = g.batchNorm(g.deconv(y, g.weights([6, 5, 2, 2])));
    y = g.batchNorm(g.deconv(y, g.weights([5, 1, 2, 2]), 5));
    const { graph } = quantizeWeights(g.finish([y]), { bits: 8, mode });
    const folded = foldAffine(graph);
    t.strictSame(opsOf(folded), ['conv2d+bias', 'conv2d_transpose+bias', 'conv2d_transpose+bias'], mode);
    folded.nodes.forEach((node, i) => {
      const [before, after] = [graph.constants.get(['w', 'w.1', 'w.2'][i]!)!, folded.constants.get(node.inputs[1]!)!];
      t.equal(after.data, before.data, 'the very same integers');
      t.not(after.quantization!.scales, before.quantization!.scales);
    });
    assertEquivalent(t, graph, folded, mode);
  }
});

t.test('a grouped transposed convolution has no scale per output channel: affine stays', async (t) => {
  const g = new TestGraph();
  const y = g.batchNorm(g.deconv(g.image(), g.weights([4, 3, 2, 2]), 2));
  const { graph } = quantizeWeights(g.finish([y]), { bits: 8, mode: 'channel_wise_abs_max' });
  const folded = foldAffine(graph);
  t.strictSame(opsOf(folded), ['conv2d_transpose', 'affine']);
  assertEquivalent(t, graph, folded);
});

t.test('computed weights take a bias, not a factor', async (t) => {
  const g = new TestGraph();
  const w = g.input('w', { dtype: 'f32', shape: [4, 4, 3, 3] });
  const y = g.batchNorm(g.binary('add', g.conv(g.image(), w), g.weights([1, 4, 1, 1])));
  const graph = g.finish([y]);
  t.strictSame(opsOf(foldAffine(graph)), ['conv2d+bias', 'affine']);
  assertEquivalent(t, graph, foldAffine(graph));
});
