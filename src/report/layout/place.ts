import { type BrokenLines, neighboursOf } from './break-lines.js';

const GAP = 24;
const ROUNDS = 10;

/** What a bend counts beside a box, as a neighbour and for a place: boxes in a row stand straight, lines go round them. */
const BEND_WEIGHT = 0.001;

/** The middle of every vertex from left to right. Orders stay, and vertices of a layer keep their distance. */
export function placeVertices(broken: BrokenLines, layers: readonly number[][]): number[] {
  const { above, below } = neighboursOf(broken);
  const middle = new Array<number>(broken.vertices.length).fill(0);
  const weightOf = (vertex: number) => (vertex < broken.boxCount ? 1 : BEND_WEIGHT);
  const settle = (layer: readonly number[], wanted: (vertex: number) => number) => {
    // Distances from the first vertex; without them, keeping apart means not falling.
    const offsets = [0];
    for (let i = 1; i < layer.length; i++) {
      const [left, right] = [broken.vertices[layer[i - 1]!]!, broken.vertices[layer[i]!]!];
      offsets.push(offsets[i - 1]! + (left.width + right.width) / 2 + GAP);
    }
    const fitted = nearestNotFalling(
      layer.map((vertex, i) => wanted(vertex) - offsets[i]!),
      layer.map(weightOf),
    );
    for (const [i, vertex] of layer.entries()) middle[vertex] = fitted[i]! + offsets[i]!;
  };
  for (const layer of layers) settle(layer, () => 0);
  for (let round = 0; round < ROUNDS; round++) {
    const downwards = round % 2 === 0;
    const neighbours = downwards ? above : below;
    for (const layer of downwards ? layers : layers.toReversed()) {
      settle(layer, (vertex) => {
        const near = neighbours[vertex]!;
        const weight = near.reduce((sum, one) => sum + weightOf(one), 0);
        return near.length === 0
          ? middle[vertex]!
          : near.reduce((sum, one) => sum + weightOf(one) * middle[one]!, 0) / weight;
      });
    }
  }
  return middle;
}

/** The sequence that never falls and is nearest to `wanted`, in weighted squares: pool adjacent violators. */
export function nearestNotFalling(wanted: readonly number[], weights: readonly number[]): number[] {
  const pools: { value: number; weight: number; count: number }[] = [];
  for (const [i, value] of wanted.entries()) {
    let pool = { value, weight: weights[i]!, count: 1 };
    while (pools.length > 0 && pools.at(-1)!.value > pool.value) {
      const before = pools.pop()!;
      const weight = before.weight + pool.weight;
      const mean = (before.value * before.weight + pool.value * pool.weight) / weight;
      pool = { value: mean, weight, count: before.count + pool.count };
    }
    pools.push(pool);
  }
  return pools.flatMap(({ value, count }) => new Array<number>(count).fill(value));
}
