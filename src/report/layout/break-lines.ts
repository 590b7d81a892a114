import type { Box, Line } from './index.js';

/** A box, or a bend: the place where a long line passes a layer. */
export interface Vertex {
  readonly layer: number;
  readonly width: number;
}

/** The lines of one value from one box, broken at every layer. Bends are numbered after the boxes. */
export interface Route {
  readonly from: number;
  readonly value: string;
  readonly to: number[];
  /** Pieces between vertices of neighbouring layers. */
  readonly pieces: { readonly upper: number; readonly lower: number }[];
  /** Readers that are not below: the line closes a cycle, or is too long to be led around boxes. */
  readonly direct: number[];
}

export interface BrokenLines {
  readonly vertices: readonly Vertex[];
  readonly boxCount: number;
  readonly routes: readonly Route[];
}

const BEND_WIDTH = 10;

/** A graph may be hostile: a drawing has no more bends than this, lines beyond them run straight. */
const MAX_BENDS = 20_000;

/** Leads the lines of a value through one bend a layer, from which the readers below it branch off. */
export function breakLines(boxes: readonly Box[], lines: readonly Line[], layerOf: readonly number[]): BrokenLines {
  const vertices: Vertex[] = boxes.map(({ width }, box) => ({ layer: layerOf[box]!, width }));
  const routes = new Map<string, Route>();
  for (const { from, to, value } of lines) {
    const key = `${from} ${value}`;
    const route = routes.get(key) ?? { from, value, to: [], pieces: [], direct: [] };
    if (!route.to.includes(to)) route.to.push(to);
    routes.set(key, route);
  }
  for (const route of routes.values()) {
    const start = layerOf[route.from]!;
    const bends = Math.max(...route.to.map((reader) => layerOf[reader]!)) - start - 1;
    const isRoutable = vertices.length - boxes.length + bends <= MAX_BENDS;
    const below = route.to.filter(
      (reader) => layerOf[reader]! > start && (isRoutable || layerOf[reader] === start + 1),
    );
    route.direct.push(...route.to.filter((reader) => !below.includes(reader)));
    const last = Math.max(start, ...below.map((reader) => layerOf[reader]!));
    let upper = route.from;
    for (let layer = start + 1; layer <= last; layer++) {
      for (const reader of below) if (layerOf[reader] === layer) route.pieces.push({ upper, lower: reader });
      if (layer === last) break;
      const lower = vertices.push({ layer, width: BEND_WIDTH }) - 1;
      route.pieces.push({ upper, lower });
      upper = lower;
    }
  }
  return { vertices, boxCount: boxes.length, routes: [...routes.values()] };
}

/** Neighbours of every vertex in the layer above and in the layer below. */
export function neighboursOf({ vertices, routes }: BrokenLines): { above: number[][]; below: number[][] } {
  const above = vertices.map((): number[] => []);
  const below = vertices.map((): number[] => []);
  for (const { upper, lower } of routes.flatMap(({ pieces }) => pieces)) {
    below[upper]!.push(lower);
    above[lower]!.push(upper);
  }
  return { above, below };
}
