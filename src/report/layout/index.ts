/**
 * Draws a directed graph in layers, from top to bottom: every box below the boxes it reads from, few crossings, no box on
 * another and no line through a box. The steps are those of Sugiyama, Tagawa and Toda (1981): layers by longest path,
 * long lines broken at every layer they pass, orders by barycentres, then places and lines.
 */
import { breakLines } from './break-lines.js';
import { assignLayers } from './layers.js';
import { orderLayers } from './order.js';
import { placeVertices } from './place.js';
import { drawLines } from './route.js';

export interface Box {
  readonly width: number;
  readonly height: number;
}

/** A line from a box to one that reads `value`; lines of one value from one box share their way. */
export interface Line {
  readonly from: number;
  readonly to: number;
  readonly value: string;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Top left corners of the boxes. */
  readonly places: readonly { readonly x: number; readonly y: number }[];
  /** One for each value of each box that is read: an SVG path that leads to all its readers. */
  readonly paths: readonly {
    readonly from: number;
    readonly value: string;
    readonly to: number[];
    readonly d: string;
  }[];
}

/** Lays out boxes, all of one height. Equal inputs give equal drawings. Lines that close a cycle are drawn upwards. */
export function layOut(boxes: readonly Box[], lines: readonly Line[]): Layout {
  const layerOf = assignLayers(boxes.length, lines);
  const broken = breakLines(boxes, lines, layerOf);
  const layers = orderLayers(broken);
  const placed = placeVertices(broken, layers);
  return drawLines(broken, layers, placed, boxes);
}
