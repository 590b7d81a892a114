import t from 'tap';
import { fuseActivations } from '../../src/passes/fuse-activations.js';
import { fuseResiduals } from '../../src/passes/fuse-residuals.js';
import { optimize } from '../../src/passes/index.js';
import { unflattenFc } from '../../src/passes/unflatten-fc.js';
import { assertEquivalent, opsOf, TestGraph } from './graphs.js';

t.test('an activation joins the op before it', async (t) => {
  const makers: Record<string, (g: TestGraph) => string> = {
    conv2d: (g) => g.conv(g.image(), g.weights([6, 4, 3, 3])),
    conv2d_transpose: (g) => g.deconv(g.image(), g.weights([4, 6, 2, 2])),
    fc: (g) => g.fc(g.image(), g.weights([5, 5])),
    binary: (g) => g.binary('max', g.image(), g.weights([4, 1, 1])),
    affine: (g) => g.add('affine', { inputs: [g.image(), g.weights([4]), g.weights([4])], attributes: {} })[0]!,
    matmul: (g) =>
      g.add('matmul', {
        inputs: [g.image(), g.image()],
        attributes: { transposeX: false, transposeY: false, alpha: 1 },
      })[0]!,
  };
  for (const [op, make] of Object.entries(makers)) {
    const g = new TestGraph();
    const graph = g.finish([g.unary(g.unary(make(g), 'tanh'), 'exp')]);
    const fused = fuseActivations(graph);
    t.strictSame(opsOf(fused), [`${op}+tanh`, 'unary'], 'one activation each');
    assertEquivalent(t, graph, fused, op);
    t.equal(fuseActivations(fused), fused, 'a second run changes nothing');
  }
});

t.test('not when the value before it is needed', async (t) => {
  const g = new TestGraph();
  const [read, output] = [g.conv(g.image(), g.weights([4, 4, 3, 3])), g.conv(g.image(), g.weights([4, 4, 3, 3]))];
  const graph = g.finish([g.relu(read), g.unary(read, 'tanh'), output, g.relu(output)]);
  t.equal(fuseActivations(graph), graph);
});

t.test('a residual sum joins the convolution, and the activation behind it follows', async (t) => {
  const g = new TestGraph();
  const x = g.image();
  const graph = g.finish([g.relu(g.binary('add', x, g.batchNorm(g.conv(x, g.weights([4, 4, 3, 3])))))]);
  const optimized = optimize(graph);
  t.strictSame(opsOf(optimized), ['conv2d+bias+residual+clamp']);
  assertEquivalent(t, graph, optimized);
});

t.test('the residual may be made after the convolution', async (t) => {
  const g = new TestGraph();
  const x = g.image();
  const y = g.conv(x, g.weights([4, 4, 3, 3]));
  const graph = g.finish([g.binary('add', y, g.one('softmax', x, { axis: 1 }))]);
  const fused = fuseResiduals(graph);
  t.strictSame(opsOf(fused), ['softmax', 'conv2d+residual']);
  assertEquivalent(t, graph, fused);
});

t.test('of two convolutions the second takes the first as its residual; a third sum takes the next', async (t) => {
  const g = new TestGraph();
  const x = g.image();
  const conv = () => g.conv(x, g.weights([4, 4, 3, 3]));
  const graph = g.finish([g.binary('add', g.binary('add', conv(), conv()), conv())]);
  const fused = fuseResiduals(graph);
  t.strictSame(opsOf(fused), ['conv2d', 'conv2d+residual', 'conv2d+residual']);
  assertEquivalent(t, graph, fused);
});

t.test('no residual: other shape, own activation, x + x, other uses, constants, differences', async (t) => {
  const g = new TestGraph();
  const x = g.image();
  const conv = () => g.conv(x, g.weights([4, 4, 3, 3]));
  const twice = conv();
  const used = conv();
  const graph = g.finish([
    g.binary('add', conv(), g.weights([1, 4, 5, 5])),
    g.binary('add', conv(), g.one('reduce', x, { kind: 'mean', axes: [2, 3], keepDims: true })),
    g.binary('add', twice, twice),
    g.binary('add', used, x),
    g.binary('sub', conv(), x),
    used,
  ]);
  t.equal(fuseResiduals(graph), graph);
  const h = new TestGraph();
  const y = h.image();
  const activated = h.finish([h.binary('add', h.relu(h.conv(y, h.weights([4, 4, 3, 3]))), y)]);
  t.strictSame(opsOf(optimize(activated)), ['conv2d+clamp', 'binary']);
});

t.test('reshape → fc → reshape over the same outer dimensions is one fc', async (t) => {
  const g = new TestGraph();
  const x = g.input('x', { dtype: 'f32', shape: [2, 3, 8] });
  const flat = g.fc(g.one('reshape', x, { shape: [6, 8] }), g.weights([8, 5]));
  const graph = g.finish([g.relu(g.binary('add', g.one('reshape', flat, { shape: [2, 3, 5] }), g.weights([5])))]);
  const optimized = optimize(graph);
  t.strictSame(opsOf(optimized), ['fc+bias+clamp']);
  assertEquivalent(t, graph, optimized);

  const h = new TestGraph();
  const image = h.image();
  const other = h.fc(h.one('reshape', image, { shape: [4, 25] }), h.weights([25, 6]));
  const kept = h.finish([h.one('reshape', other, { shape: [2, 2, 6] })]);
  t.equal(unflattenFc(kept), kept, 'other outer dimensions');
});
