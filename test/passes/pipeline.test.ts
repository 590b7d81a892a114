import t from 'tap';
import type { Graph } from '../../src/ir/graph.js';
import { optimize, pipeline } from '../../src/passes/index.js';
import { quantizeWeights } from '../../src/quantize/index.js';
import { assertEquivalent, opsOf, TestGraph } from './graphs.js';

/** A network of up to 24 random ops over images of 4 × 5 × 5, with shared weights, several uses and several outputs. */
function randomGraph(seed: number): Graph {
  const g = new TestGraph(seed);
  const { random } = g;
  const values = [g.image(), g.image()];
  const filters = [g.weights([4, 4, 3, 3]), g.weights([4, 4, 3, 3])];
  const pick = (list: readonly string[]) => list[Math.max(random.below(list.length), random.below(list.length))]!;
  const makers: ((x: string) => string)[] = [
    (x) => g.conv(x, pick(filters)),
    (x) => g.conv(x, g.weights([4, 4, 3, 3])),
    (x) => g.conv(x, g.weights([4, 1, 3, 3]), { groups: 4 }),
    (x) => g.batchNorm(x),
    (x) => g.batchNorm(x),
    (x) => g.binary('add', x, pick(values)),
    (x) => g.binary('add', pick(values), x),
    (x) => g.binary('add', x, g.weights([4, 1, 1])),
    (x) => g.binary('mul', g.weights([1, 4, 1, 1]), x),
    (x) => g.relu(x),
    (x) => g.unary(x, 'tanh'),
    (x) => g.unary(x, 'linear', 0.5, 0.25),
    (x) => g.one('identity', x, {}),
    (x) => g.one('transpose', x, { permutation: [0, 1, 3, 2] }),
    (x) => g.one('reshape', g.one('reshape', x, { shape: [4, 25] }), { shape: [1, 4, 5, 5] }),
  ];
  for (let n = 4 + random.below(20); n > 0; n--) {
    const value = makers[random.below(makers.length)]!(pick(values));
    // Keep the numbers near 1, or rounding differences would grow without bound.
    values.push(g.random.next() < 0.2 ? g.unary(value, 'tanh') : value);
  }
  return g.finish([...new Set([values.at(-1)!, ...(random.next() < 0.5 ? [pick(values)] : [])])]);
}

t.test('random networks compute the same after every pass, and a second run changes nothing', async (t) => {
  for (let seed = 1; seed <= 60; seed++) {
    const imported = randomGraph(seed);
    const graph =
      seed % 3 === 0 ? quantizeWeights(imported, { bits: 8, mode: 'channel_wise_abs_max' }).graph : imported;
    let current = graph;
    for (const pass of pipeline) {
      const next = pass.run(current);
      t.equal(pass.run(next), next, `seed ${seed}: ${pass.name} is idempotent`);
      current = next;
    }
    const optimized = optimize(graph);
    t.equal(optimized.stage, 'optimized');
    assertEquivalent(t, graph, optimized, `seed ${seed}: ${opsOf(optimized).join(' ')}`);
    t.strictSame(opsOf(optimize(optimized)), opsOf(optimized), `seed ${seed}: the pipeline is idempotent`);
  }
});

t.test('dump after a pass, stop after a pass', async (t) => {
  const graph = randomGraph(3);
  const dumped: string[] = [];
  optimize(graph, { dumpAfter: 'all', onDump: (pass) => dumped.push(pass) });
  t.strictSame(
    dumped,
    pipeline.map((pass) => pass.name),
  );
  dumped.length = 0;
  const stopped = optimize(graph, {
    dumpAfter: 'fold-affine',
    stopAfter: 'fold-affine',
    onDump: (pass) => dumped.push(pass),
  });
  t.strictSame(dumped, ['fold-affine']);
  t.equal(stopped.stage, 'imported');
  t.throws(() => optimize(graph, { stopAfter: 'fold-bn' }), { code: 'E_USAGE', message: "there is no pass 'fold-bn'" });
});

t.test('the pass that breaks a graph is named', async (t) => {
  let calls = 0;
  const verify = () => {
    if (++calls === 3) throw new Error('no good');
  };
  t.throws(() => optimize(randomGraph(1), { verify }), {
    code: 'E_INTERNAL',
    message: `pass '${pipeline[2]!.name}' broke the graph: no good`,
  });
});
