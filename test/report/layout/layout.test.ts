import { join } from 'node:path';
import t, { type Test } from 'tap';
import { inspectGraph } from '../../../src/inspection/index.js';
import { loadModel } from '../../../src/load.js';
import { BOX, type PageGraph } from '../../../src/report/html/page/data.js';
import { pageData } from '../../../src/report/html/page-data.js';
import { type Layout, type Line, layOut } from '../../../src/report/layout/index.js';
import { countCrossings } from '../../../src/report/layout/order.js';
import { nearestNotFalling } from '../../../src/report/layout/place.js';
import { lcg } from '../../support/lcg.js';
import { GOLDEN } from '../../support/models.js';

const line = (from: number, to: number): Line => ({ from, to, value: `v${from}` });
const boxes = (count: number) => new Array(count).fill(BOX);

/** Vertical pieces `V` and curves of a path, as points along them. */
function pointsOf(d: string): { x: number; y: number }[] {
  const points: { x: number; y: number }[] = [];
  let [x, y] = [0, 0];
  for (const [, command, list] of d.matchAll(/([MVCLl])([^MVCLl]*)/g)) {
    const n = list!
      .trim()
      .split(/[\s,]+/)
      .map(Number);
    const [x0, y0] = [x, y];
    if (command === 'M' || command === 'L') [x, y] = [n[0]!, n[1]!];
    else if (command === 'V') y = n[0]!;
    else if (command === 'l') [x, y] = [x + n[0]!, y + n[1]!];
    else [x, y] = [n[4]!, n[5]!];
    // The arrow's short strokes lie at the edge of a box.
    if (command === 'M' || command === 'l') continue;
    for (let step = 1; step < 16; step++) {
      const s = step / 16;
      const [a, b, c, e] = [(1 - s) ** 3, 3 * (1 - s) ** 2 * s, 3 * (1 - s) * s ** 2, s ** 3];
      if (command === 'C')
        points.push({ x: a * x0 + b * n[0]! + c * n[2]! + e * x, y: a * y0 + b * n[1]! + c * n[3]! + e * y });
      else points.push({ x: x0 + s * (x - x0), y: y0 + s * (y - y0) });
    }
  }
  return points;
}

/** No box on another, every box inside, every reader below what it reads, no line through a box. */
function assertSound(t: Test, { width, height, places, paths }: Layout | PageGraphLayout, name: string): void {
  const overlapping = places.filter((a, i) =>
    places.some((b, k) => k < i && Math.abs(a.x - b.x) < BOX.width + 8 && Math.abs(a.y - b.y) < BOX.height + 8),
  );
  t.equal(overlapping.length, 0, `${name}: no box on another`);
  const outside = places.filter(({ x, y }) => x < 0 || y < 0 || x + BOX.width > width || y + BOX.height > height);
  t.equal(outside.length, 0, `${name}: every box is inside`);
  const upwards = paths.filter(({ from, to }) => to.some((one) => places[one]!.y <= places[from]!.y));
  t.equal(upwards.length, 0, `${name}: every line leads down`);
  const pierced = paths.filter(({ d }) =>
    pointsOf(d).some((point) =>
      places.some(
        ({ x, y }) => point.x > x + 1 && point.x < x + BOX.width - 1 && point.y > y + 1 && point.y < y + BOX.height - 1,
      ),
    ),
  );
  t.equal(pierced.length, 0, `${name}: no line runs through a box`);
}

type PageGraphLayout = Omit<Layout, 'paths'> & { readonly paths: PageGraph['paths'] };

t.test('a chain stands in one column, and a skip connection passes beside it', (t) => {
  const layout = layOut(boxes(4), [line(0, 1), line(1, 2), line(2, 3), line(0, 3)]);
  assertSound(t, layout, 'skip');
  t.ok(new Set(layout.places.map(({ y }) => y)).size === 4);
  const chain = layOut(boxes(3), [line(0, 1), line(1, 2)]);
  t.equal(new Set(chain.places.map(({ x }) => x)).size, 1);
  t.same(chain.paths[0]!.d.match(/C/g), null, 'straight lines');
  t.end();
});

t.test('lines that can be untangled are', (t) => {
  const lines = [line(0, 5), line(1, 4), line(2, 3)];
  assertSound(t, layOut(boxes(6), lines), 'reversed pairs');
  t.equal(
    countCrossings(
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
      [[5], [4], [3], [], [], []],
    ),
    3,
  );
  t.equal(
    countCrossings(
      [
        [0, 1, 2],
        [5, 4, 3],
      ],
      [[5], [4], [3], [], [], []],
    ),
    0,
  );
  t.equal(
    countCrossings(
      [
        [0, 1],
        [2, 3],
      ],
      [[2, 3], [2, 3], [], []],
    ),
    1,
  );
  const places = layOut(boxes(6), lines).places.map(({ x }) => x);
  t.same(
    [places[0]! - places[1]! > 0, places[1]! - places[2]! > 0],
    [places[5]! - places[4]! > 0, places[4]! - places[3]! > 0],
    'both layers in one order',
  );
  t.end();
});

t.test('the nearest sequence that does not fall', (t) => {
  t.same(nearestNotFalling([1, 2, 3], [1, 1, 1]), [1, 2, 3]);
  t.same(nearestNotFalling([3, 1, 2], [1, 1, 1]), [2, 2, 2]);
  t.same(nearestNotFalling([4, 0], [3, 1]), [3, 3]);
  t.same(nearestNotFalling([], []), []);
  t.end();
});

t.test('random graphs', (t) => {
  for (let seed = 1; seed <= 40; seed++) {
    const next = lcg(seed);
    const random = () => (next() + 1) / 2;
    const count = 2 + Math.floor(random() * 60);
    const lines = Array.from({ length: count * 2 }, () => {
      const to = 1 + Math.floor(random() * (count - 1));
      return line(Math.floor(random() * to), to);
    });
    assertSound(t, layOut(boxes(count), lines), `seed ${seed}`);
  }
  t.end();
});

t.test('nothing, one box, many boxes without lines, a cycle, a box that reads itself', (t) => {
  t.same(layOut([], []).places, []);
  assertSound(t, layOut(boxes(1), []), 'one');
  assertSound(t, layOut(boxes(30), []), 'many');
  const cycle = layOut(boxes(3), [line(0, 1), line(1, 2), line(2, 0)]);
  t.equal(cycle.paths.length, 3, 'every line is drawn');
  t.equal(layOut(boxes(1), [line(0, 0)]).paths.length, 1);
  t.end();
});

t.test('a graph made to explode ends all the same', (t) => {
  const count = 3000;
  const chain = Array.from({ length: count - 1 }, (_, i) => line(i, i + 1));
  const toTheEnd = Array.from({ length: count - 2 }, (_, i) => line(i, count - 1));
  const start = process.cpuUsage();
  const layout = layOut(boxes(count), [...chain, ...toTheEnd]);
  t.ok(process.cpuUsage(start).user < 10e6, 'in seconds');
  t.equal(layout.paths.length, count - 1);
  t.end();
});

t.test('real networks are drawn soundly, and fast', async (t) => {
  const networks = [
    ['mobilenetv3-3class-2.6', undefined],
    ['ppocrv3-paddle-and-onnx/det_paddle', [1, 3, 320, 480]],
  ] as const;
  for (const [folder, shape] of networks) {
    const inputShapes = new Map(shape ? [['x', shape]] : []);
    const inspection = inspectGraph(await loadModel(join(GOLDEN, folder), { inputShapes }));
    const start = process.cpuUsage();
    const { graphs } = pageData(inspection);
    t.ok(process.cpuUsage(start).user < 2e6, `${folder}: both graphs in less than two seconds`);
    t.equal(graphs.length, 2);
    for (const { width, height, nodes, paths } of graphs)
      assertSound(t, { width, height, places: nodes, paths }, `${folder}, ${nodes.length} boxes`);
  }
});
