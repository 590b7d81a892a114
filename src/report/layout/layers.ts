import type { Line } from './index.js';

/**
 * The layer of every box: one below the lowest box it reads from; a box that reads nothing stands right above the first
 * that reads it.
 */
export function assignLayers(count: number, lines: readonly Line[]): number[] {
  const readers = Array.from({ length: count }, (): number[] => []);
  const open = new Array<number>(count).fill(0);
  for (const { from, to } of lines) {
    readers[from]!.push(to);
    open[to]!++;
  }
  const isSource = open.map((number) => number === 0);
  const layerOf = new Array<number>(count).fill(0);
  const done = new Array<boolean>(count).fill(false);
  const ready = [...open.keys()].filter((box) => isSource[box]);
  for (let finished = 0, stuck = 0; finished < count; finished++) {
    // In a cycle nothing is ready: the first box of it counts as a source.
    if (ready.length <= finished) {
      while (done[stuck]) stuck++;
      ready.push(stuck);
    }
    const box = ready[finished]!;
    done[box] = true;
    for (const reader of readers[box]!) {
      open[reader]!--;
      if (done[reader]) continue;
      layerOf[reader] = Math.max(layerOf[reader]!, layerOf[box]! + 1);
      if (open[reader] === 0) ready.push(reader);
    }
  }
  for (let box = 0; box < count; box++) {
    const first = Math.min(...readers[box]!.map((reader) => layerOf[reader]!));
    if (isSource[box] && first > 0 && first < Number.POSITIVE_INFINITY) layerOf[box] = first - 1;
  }
  return layerOf;
}
