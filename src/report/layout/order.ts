import { type BrokenLines, neighboursOf } from './break-lines.js';

const ROUNDS = 12;

/** The vertices of every layer from left to right, with few crossings: barycentres downwards and upwards, the best kept. */
export function orderLayers(broken: BrokenLines): number[][] {
  const { above, below } = neighboursOf(broken);
  let layers = initialOrder(broken, below);
  let best = layers;
  let fewest = countCrossings(layers, below);
  for (let round = 0; round < ROUNDS && fewest > 0; round++) {
    const downwards = round % 2 === 0;
    layers = sweep(layers, downwards ? above : below, downwards);
    const crossings = countCrossings(layers, below);
    if (crossings < fewest) [best, fewest] = [layers, crossings];
  }
  return best;
}

/** Depth first from the top, so that what belongs together starts out side by side. */
function initialOrder({ vertices }: BrokenLines, below: readonly number[][]): number[][] {
  const layers: number[][] = [];
  for (const { layer } of vertices) while (layers.length <= layer) layers.push([]);
  const seen = new Set<number>();
  const roots = [...vertices.keys()].sort((a, b) => vertices[a]!.layer - vertices[b]!.layer || a - b);
  for (const root of roots) {
    const stack = [root];
    while (stack.length > 0) {
      const vertex = stack.pop()!;
      if (seen.has(vertex)) continue;
      seen.add(vertex);
      layers[vertices[vertex]!.layer]!.push(vertex);
      stack.push(...[...below[vertex]!].reverse());
    }
  }
  return layers;
}

/** Orders every layer by the mean place of each vertex's neighbours in the layer before. */
function sweep(layers: readonly number[][], neighbours: readonly number[][], downwards: boolean): number[][] {
  const place = new Map<number, number>();
  const result = new Array<number[]>(layers.length);
  const indices = downwards ? [...layers.keys()] : [...layers.keys()].reverse();
  for (const index of indices) {
    const layer = layers[index]!;
    const centre = new Map(
      layer.map((vertex, own) => {
        const near = neighbours[vertex]!;
        return [vertex, near.length === 0 ? own : near.reduce((sum, one) => sum + place.get(one)!, 0) / near.length];
      }),
    );
    const ordered = [...layer].sort((a, b) => centre.get(a)! - centre.get(b)!);
    for (const [own, vertex] of ordered.entries()) place.set(vertex, own);
    result[index] = ordered;
  }
  return result;
}

/** Pieces that cross, over all layers: inversions, counted with a Fenwick tree. */
export function countCrossings(layers: readonly number[][], below: readonly number[][]): number {
  const place = new Map(layers.flatMap((layer) => layer.map((vertex, own) => [vertex, own] as const)));
  let crossings = 0;
  for (const [index, layer] of layers.entries()) {
    const size = layers[index + 1]?.length ?? 0;
    const tree = new Array<number>(size + 1).fill(0);
    let entered = 0;
    for (const vertex of layer) {
      const ends = below[vertex]!.map((lower) => place.get(lower)!).sort((a, b) => a - b);
      for (const end of ends) {
        let notRight = 0;
        for (let at = end + 1; at > 0; at -= at & -at) notRight += tree[at]!;
        crossings += entered - notRight;
      }
      for (const end of ends) {
        for (let at = end + 1; at <= size; at += at & -at) tree[at]!++;
        entered++;
      }
    }
  }
  return crossings;
}
