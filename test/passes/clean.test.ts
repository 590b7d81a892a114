import t from 'tap';
import type { Constant } from '../../src/ir/tensor.js';
import { foldConstants } from '../../src/passes/fold-constants.js';
import { optimize } from '../../src/passes/index.js';
import { removeDead } from '../../src/passes/remove-dead.js';
import { removeIdentities } from '../../src/passes/remove-identities.js';
import { assertEquivalent, opsOf, TestGraph } from './graphs.js';

const SHAPE = [1, 4, 5, 5];
const ZEROS = [0, 0, 0, 0];

t.test('nodes that change nothing go', async (t) => {
  const nodes: Record<string, (g: TestGraph, x: string) => string> = {
    identity: (g, x) => g.one('identity', x, {}),
    'scale by 1': (g, x) => g.unary(x, 'linear', 1, 0),
    'clip to everything': (g, x) => g.unary(x, 'clamp', Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY),
    reshape: (g, x) => g.one('reshape', x, { shape: SHAPE }),
    transpose: (g, x) => g.one('transpose', x, { permutation: [0, 1, 2, 3] }),
    cast: (g, x) => g.one('cast', x, { to: 'f32' }),
    pad: (g, x) => g.one('pad', x, { before: ZEROS, after: ZEROS, mode: 'constant', value: 0 }),
    tile: (g, x) => g.one('tile', x, { repeats: [1, 1, 1, 1] }),
    slice: (g, x) => g.one('slice', x, { axes: [1], starts: [0], ends: [4], steps: [1] }),
    concat: (g, x) => g.one('concat', x, { axis: 1 }),
    'two transposes': (g, x) => {
      const turned = g.one('transpose', x, { permutation: [0, 2, 3, 1] });
      return g.one('transpose', turned, { permutation: [0, 3, 1, 2] });
    },
    'two reshapes': (g, x) => g.one('reshape', g.one('reshape', x, { shape: [100] }), { shape: SHAPE }),
  };
  for (const [name, make] of Object.entries(nodes)) {
    const inside = new TestGraph();
    const graph = inside.finish([inside.relu(make(inside, inside.unary(inside.image(), 'tanh')))]);
    const result = optimize(graph);
    t.strictSame(opsOf(result), ['unary', 'unary'], name);
    assertEquivalent(t, graph, result, name);

    const last = new TestGraph();
    const ending = last.finish([make(last, last.unary(last.image(), 'tanh'))]);
    const shorter = optimize(ending);
    t.strictSame(opsOf(shorter), ['unary'], `${name}, as the output`);
    assertEquivalent(t, ending, shorter, name);
  }
});

t.test('nodes that change something stay', async (t) => {
  const g = new TestGraph();
  const x = g.image();
  const graph = g.finish([
    g.unary(x, 'linear', 1, 1),
    g.one('transpose', x, { permutation: [0, 1, 3, 2] }),
    g.one('slice', x, { axes: [1], starts: [3], ends: [-1], steps: [-1] }),
    g.one('pad', x, { before: [0, 0, 1, 0], after: ZEROS, mode: 'constant', value: 0 }),
  ]);
  t.equal(removeIdentities(graph), graph);
});

t.test('an output that is an input, and two outputs of one value, become copies', async (t) => {
  const g = new TestGraph();
  const x = g.image();
  const y = g.relu(x);
  const graph = g.finish([g.one('identity', x, {}), y, g.one('identity', y, {}), g.one('identity', y, {})]);
  const result = optimize(graph);
  t.strictSame(opsOf(result), ['unary', 'reshape', 'reshape', 'reshape'].sort().reverse());
  assertEquivalent(t, graph, result);
  t.strictSame(optimize(result), result, 'a second run changes nothing');
});

t.test('transposes compose', async (t) => {
  const g = new TestGraph();
  const turned = g.one('transpose', g.image(), { permutation: [0, 2, 3, 1] });
  const graph = g.finish([g.one('transpose', turned, { permutation: [3, 0, 2, 1] }), g.relu(turned)]);
  const result = removeIdentities(graph);
  t.strictSame(result.nodes[1]!.attributes, { permutation: [1, 0, 3, 2] });
  assertEquivalent(t, graph, result);
});

t.test('constants are computed', async (t) => {
  const g = new TestGraph();
  const sum = g.binary('add', g.weights([4, 1, 1]), g.weights([4, 1, 1]));
  const graph = g.finish([g.binary('mul', g.image(), g.relu(sum)), g.relu(sum)]);
  const folded = removeDead(foldConstants(graph));
  t.strictSame(opsOf(folded), ['binary', 'unary'], 'an output stays computed');
  t.equal(folded.constants.size, 2);
  assertEquivalent(t, graph, folded);
});

t.test('a constant that would be large is not', async (t) => {
  const g = new TestGraph();
  const tiled = g.one('tile', g.weights([1, 4, 5, 5]), { repeats: [400, 1, 1, 1] });
  const graph = g.finish([
    g.one('reduce', g.binary('mul', g.image(), tiled), { kind: 'sum', axes: [0], keepDims: true }),
  ]);
  t.equal(foldConstants(graph), graph);
});

t.test('a constant that would take long is not', async (t) => {
  const g = new TestGraph();
  const [a, b] = [g.weights([1024, 1024]), g.weights([1024, 1024])];
  const attributes = { transposeX: false, transposeY: false, alpha: 1 };
  const [product = ''] = g.add('matmul', { inputs: [a, b], attributes });
  const graph = g.finish([g.binary('add', product, g.input('y', { dtype: 'f32', shape: [1024, 1024] }))]);
  t.equal(foldConstants(graph), graph, 'a billion multiplications');
});

t.test('only weights stay integers', async (t) => {
  const g = new TestGraph();
  const scales = Float32Array.of(0.5, 0.25, 2, 1);
  const constant = (shape: number[], data: Int8Array): Constant => ({
    type: { dtype: 'i8', shape },
    data,
    quantization: { bits: 8, axis: 0, scales },
  });
  const w = g.constant('w', constant([4, 4, 3, 3], new Int8Array(144).fill(3)));
  const bias = g.constant('b', constant([4], Int8Array.of(1, -2, 3, 4)));
  const graph = g.finish([g.conv(g.image(), w, { bias })]);
  const folded = removeDead(foldConstants(graph));
  t.equal(folded.constants.get('w'), graph.constants.get('w'));
  t.strictSame(folded.constants.get('b.real')!.data, Float32Array.of(0.5, -0.5, 6, 4));
  assertEquivalent(t, graph, folded);
});

t.test('dead code and unused constants go, inputs stay', async (t) => {
  const g = new TestGraph();
  const [x, unused] = [g.image(), g.image()];
  g.relu(g.binary('add', unused, g.weights([4, 1, 1])));
  const graph = g.finish([g.relu(x)]);
  const result = removeDead(graph);
  t.equal(result.nodes.length, 1);
  t.equal(result.constants.size, 0);
  t.strictSame(result.inputs, [x, unused]);
  t.strictSame([...result.types.keys()].sort(), [x, unused, result.outputs[0]].sort());
});
