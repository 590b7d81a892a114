import t from 'tap';
import type { Activation } from '../../src/ir/graph.js';
import { optimize } from '../../src/passes/index.js';
import { matchActivations } from '../../src/passes/match-activations.js';
import { assertEquivalent, TestGraph } from './graphs.js';

const act = (kind: Activation['kind'], a = 0, b = 0): Activation => ({ kind, a, b, c: 0 });

/** The pieces that exporters use, on one graph. */
class Pieces extends TestGraph {
  number(value: number, rank = 1): string {
    return this.constant(this.fresh('number'), {
      type: { dtype: 'f32', shape: new Array<number>(rank).fill(1) },
      data: Float32Array.of(value),
    });
  }

  apply(x: string, activation: Activation): string {
    return this.one('unary', x, { activation });
  }

  six(x: string, added = 3, top = 6): string {
    return this.apply(this.binary('add', x, this.number(added)), act('clamp', 0, top));
  }
}

const WRITTEN_OUT: Record<string, { kind: string; make: (g: Pieces, x: string) => string }> = {
  'x · six / 6': { kind: 'hard_swish', make: (g, x) => g.binary('div', g.binary('mul', x, g.six(x)), g.number(6)) },
  'six · x · 1/6': {
    kind: 'hard_swish',
    make: (g, x) => g.binary('mul', g.number(1 / 6), g.binary('mul', g.six(x), x)),
  },
  'x · (six / 6)': {
    kind: 'hard_swish',
    make: (g, x) => g.binary('mul', x, g.binary('div', g.six(x), g.number(6, 4))),
  },
  'x · hard_sigmoid': {
    kind: 'hard_swish',
    make: (g, x) => g.binary('mul', g.apply(x, act('hard_sigmoid', Math.fround(1 / 6), 0.5)), x),
  },
  'by linear functions': {
    kind: 'hard_sigmoid',
    make: (g, x) =>
      g.apply(g.apply(g.apply(x, act('linear', 1, 3)), act('clamp', 0, 6)), act('linear', Math.fround(1 / 6))),
  },
  'six / 6': { kind: 'hard_sigmoid', make: (g, x) => g.binary('div', g.six(x), g.number(6)) },
  'x · sigmoid': { kind: 'swish', make: (g, x) => g.binary('mul', x, g.apply(x, act('sigmoid'))) },
};

t.test('functions that are written out become one, and join the convolution before', async (t) => {
  for (const [name, { kind, make }] of Object.entries(WRITTEN_OUT)) {
    const g = new Pieces();
    const graph = g.finish([make(g, g.conv(g.image(), g.weights([4, 4, 3, 3])))]);
    const matched = matchActivations(graph);
    const found = matched.nodes.map((node) => (node.attributes.activation as Activation | undefined)?.kind);
    t.strictSame(found, [undefined, kind], name);
    assertEquivalent(t, graph, matched, name);
    t.equal(matchActivations(matched), matched, 'a second run changes nothing');
    t.equal(optimize(graph).nodes.length, 1, name);
  }
});

t.test('what only looks like it stays', async (t) => {
  const others: Record<string, (g: Pieces, x: string) => string[]> = {
    'another sum': (g, x) => [g.binary('div', g.six(x, 2), g.number(6))],
    'another limit': (g, x) => [g.binary('div', g.six(x, 3, 5), g.number(6))],
    'another divisor': (g, x) => [g.binary('div', g.six(x), g.number(5))],
    'divided the other way': (g, x) => [g.binary('div', g.number(6), g.six(x))],
    'another factor': (g, x) => [g.binary('mul', g.image(), g.apply(x, act('sigmoid')))],
    'a sum': (g, x) => [g.binary('add', x, g.apply(x, act('sigmoid')))],
    'of a higher rank': (g, x) => [g.binary('div', g.six(x), g.number(6, 5))],
    'read elsewhere': (g, x) => {
      const gate = g.apply(x, act('sigmoid'));
      return [g.binary('mul', x, gate), gate];
    },
  };
  for (const [name, make] of Object.entries(others)) {
    const g = new Pieces();
    const graph = g.finish(make(g, g.image()));
    t.equal(matchActivations(graph), graph, name);
  }
});
