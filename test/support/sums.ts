import type { Graph } from '../../src/ir/graph.js';
import { importProgram } from '../../src/paddle/index.js';
import { int, op, programOf } from './programs.js';

/** A model of two inputs, x and y, whose shapes belong together: 1x4 and 1x4, 1x8 and 1x8, 1x4 and 1x1. */
export function sums(): Graph[] {
  const addition = programOf(
    { x: { dims: [1, -1] }, y: { dims: [1, -1] } },
    [op('elementwise_add', { X: ['x'], Y: ['y'] }, { Out: ['z'] }, { axis: int(-1) })],
    ['z'],
  );
  const shapes = [
    [4, 4],
    [8, 8],
    [4, 1],
  ] as const;
  return shapes.map(([x, y]) => {
    const inputShapes = new Map([
      ['x', [1, x]],
      ['y', [1, y]],
    ]);
    return importProgram('sum', addition, new Map(), { inputShapes });
  });
}
