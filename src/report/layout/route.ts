import type { BrokenLines } from './break-lines.js';
import type { Box, Layout } from './index.js';

const MARGIN = 24;

/** Height between two layers: the smallest, and how much a line that runs far to the side adds, up to the largest. */
const SPACE = { least: 34, slope: 0.06, most: 96 };

/** Distance of lines that end at one box. */
const PORT_DISTANCE = 14;

/** Turns middles into corners and draws the lines: curves between layers, straight down beside the boxes of a layer. */
export function drawLines(
  { vertices, boxCount, routes }: BrokenLines,
  layers: readonly number[][],
  middle: readonly number[],
  boxes: readonly Box[],
): Layout {
  const boxHeight = Math.max(0, ...boxes.map(({ height }) => height));
  const left = Math.min(0, ...middle.map((x, vertex) => x - vertices[vertex]!.width / 2)) - MARGIN;
  const xOf = (vertex: number) => middle[vertex]! - left;
  const reach = new Array<number>(layers.length).fill(0);
  const entering = vertices.map((): number[] => []);
  for (const { upper, lower } of routes.flatMap(({ pieces }) => pieces)) {
    const { layer } = vertices[upper]!;
    reach[layer] = Math.max(reach[layer]!, Math.abs(middle[upper]! - middle[lower]!));
    entering[lower]!.push(upper);
  }
  for (const uppers of entering) uppers.sort((a, b) => middle[a]! - middle[b]!);
  const tops = [MARGIN];
  for (const [layer, far] of reach.entries()) {
    tops.push(tops[layer]! + boxHeight + Math.min(SPACE.least + SPACE.slope * far, SPACE.most));
  }
  const topOf = (vertex: number) => tops[vertices[vertex]!.layer]!;
  const port = (vertex: number, upper: number) => {
    const uppers = entering[vertex]!;
    const distance = Math.min(PORT_DISTANCE, (vertices[vertex]!.width - 2 * PORT_DISTANCE) / uppers.length);
    return vertex < boxCount ? xOf(vertex) + (uppers.indexOf(upper) - (uppers.length - 1) / 2) * distance : xOf(vertex);
  };
  const paths = routes.map(({ from, value, to, pieces, direct }) => {
    const parts = pieces.map(({ upper, lower }) => {
      const end = { x: port(lower, upper), y: topOf(lower) };
      const piece = curve(xOf(upper), topOf(upper) + boxHeight, end.x, end.y);
      return lower < boxCount ? `${piece}${arrow(end.x, end.y)}` : `${piece}V${round(end.y + boxHeight)}`;
    });
    const straight = direct.map((reader) => {
      const end = { x: xOf(reader), y: topOf(reader) };
      return `M${round(xOf(from))} ${round(topOf(from) + boxHeight)}L${round(end.x)} ${round(end.y)}${arrow(end.x, end.y)}`;
    });
    return { from, value, to, d: [...parts, ...straight].join('') };
  });
  const right = Math.max(0, ...vertices.map(({ width }, vertex) => xOf(vertex) + width / 2));
  return {
    width: Math.ceil(right + MARGIN),
    height: Math.ceil((tops[layers.length - 1] ?? 0) + boxHeight + MARGIN),
    places: boxes.map(({ width }, box) => ({ x: round(xOf(box) - width / 2), y: round(topOf(box)) })),
    paths,
  };
}

function curve(x0: number, y0: number, x1: number, y1: number): string {
  const start = `M${round(x0)} ${round(y0)}`;
  if (round(x0) === round(x1)) return `${start}V${round(y1)}`;
  const half = round((y0 + y1) / 2);
  return `${start}C${round(x0)} ${half} ${round(x1)} ${half} ${round(x1)} ${round(y1)}`;
}

function arrow(x: number, y: number): string {
  return `M${round(x) - 3} ${round(y) - 5}l3 5l3 -5`;
}

function round(value: number): number {
  return Math.round(value);
}
