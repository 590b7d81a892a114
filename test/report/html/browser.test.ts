import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { inspectGraph } from '../../../src/inspection/index.js';
import { loadModel } from '../../../src/load.js';
import { renderInspectionPage } from '../../../src/report/html/index.js';
import { Browser, type Page } from '../../support/browser.js';
import { GOLDEN } from '../../support/models.js';
import { type Picture, readPng } from '../../support/png.js';
import { HOSTILE_NAMES, hostileGraph } from './hostile.js';

/** The page in a real browser: what is drawn, what a reader can do, and that it does nothing else. */
const folder = await mkdtemp(join(tmpdir(), 'edge-deploy-page-'));
const browser = await Browser.start();
t.teardown(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
});

async function pageFile(name: string, inspection = inspectGraph(hostileGraph())): Promise<string> {
  const file = join(folder, `${name}.html`);
  await writeFile(file, renderInspectionPage({ path: name, bytes: 1000, inspection }));
  return file;
}

const load = async (model: string, shape?: readonly number[]) =>
  inspectGraph(await loadModel(join(GOLDEN, model), { inputShapes: new Map(shape ? [['x', shape]] : []) }));

const mobile = await pageFile('mobilenetv3', await load('mobilenetv3-3class-2.6'));
const detector = await pageFile('detector', await load('ppocrv3-paddle-and-onnx/det_paddle', [1, 3, 320, 480]));
const DESK = { width: 1280, height: 800 };

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const rectanglesOf = (page: Page, selector: string) =>
  page.evaluate<Rectangle[]>(
    `[...document.querySelectorAll(${JSON.stringify(selector)})].map((e) => { const { x, y, width, height } = e.getBoundingClientRect(); return { x, y, width, height }; })`,
  );

/** Middle of the first element that a selector finds. */
async function middleOf(page: Page, selector: string): Promise<[number, number]> {
  const [first] = await rectanglesOf(page, selector);
  if (!first) throw new Error(`nothing on the page is ${selector}`);
  return [first.x + first.width / 2, first.y + first.height / 2];
}

const textOf = (page: Page, selector: string) =>
  page.evaluate<string>(`document.querySelector(${JSON.stringify(selector)}).innerText`);

const press = async (page: Page, selector: string) => page.click(...(await middleOf(page, selector)));

/** It said nothing, and asked for nothing but itself. */
function assertQuiet(t: Test, page: Page, file: string): void {
  t.strictSame(page.complaints, [], 'no errors, no dialogs');
  t.strictSame(page.requests, [`file://${file}`], 'no request but the page itself');
}

/** Texts end inside their boxes, boxes keep apart, and nothing is wider than the window. */
async function assertFits(t: Test, page: Page): Promise<void> {
  const outside = await page.evaluate<string[]>(`[...document.querySelectorAll('.box')].flatMap((box) => {
    const frame = box.querySelector('rect').getBoundingClientRect();
    return [...box.querySelectorAll('text')].filter((text) => {
      const own = text.getBoundingClientRect();
      return own.left < frame.left || own.right > frame.right || own.top < frame.top || own.bottom > frame.bottom;
    }).map((text) => text.textContent);
  })`);
  t.strictSame(outside, [], 'texts fit their boxes');
  const boxes = await rectanglesOf(page, '.box rect');
  t.ok(boxes.length > 0, `${boxes.length} boxes`);
  const overlapping = boxes.filter((a, i) =>
    boxes.some(
      (b, k) => k < i && a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height,
    ),
  );
  t.strictSame(overlapping, [], 'no box on another');
  const wide = await page.evaluate<
    string[]
  >(`[document.documentElement, ...document.querySelectorAll('header, header *, .bar, .bar *, aside, aside *')]
    .filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 && getComputedStyle(e).display !== 'inline' && !e.closest('.hidden-text') && !e.closest('svg'))
    .map((e) => e.tagName + '.' + e.className)`);
  t.strictSame(wide, [], 'nothing is wider than its place');
}

/** The colour in the middle of the free right end of a box. */
async function colourOf(page: Page, picture: Picture, selector: string): Promise<string> {
  const [box] = await rectanglesOf(page, `${selector} rect`);
  return picture.at(Math.round(box!.x + box!.width - 8), Math.round(box!.y + box!.height / 2));
}

t.test('boxes stand where the layout says, in their colours, light and dark', async (t) => {
  const backgrounds: string[] = [];
  for (const dark of [false, true]) {
    const page = await browser.open(mobile, { ...DESK, dark });
    await assertFits(t, page);
    const [first, second] = await page.evaluate<{ x: number; y: number }[]>(
      "JSON.parse(document.getElementById('data').textContent).graphs[0].nodes.slice(0, 2)",
    );
    const scale = await page.evaluate<number>("document.getElementById('content').getCTM().a");
    const [a, b] = await rectanglesOf(page, '.box rect');
    t.ok(Math.abs((b!.y - a!.y) / scale - (second!.y - first!.y)) < 0.5, 'the layout’s distance on the screen');
    t.ok(a!.y > 100 && a!.x > 0 && a!.x + a!.width < 896, 'the first box is in sight');
    const picture = readPng(await page.screenshot());
    t.strictSame([picture.width, picture.height], [1280, 800]);
    t.equal(await colourOf(page, picture, '.box.convolution'), dark ? '#1e2f4a' : '#e1ecfd');
    t.equal(await colourOf(page, picture, '.box.normalisation'), dark ? '#1c3524' : '#e0f2e4');
    backgrounds.push(picture.at(20, 400));
    t.ok(picture.colours() > 100, 'the page is not blank');
    assertQuiet(t, page, mobile);
  }
  t.strictSame(backgrounds, ['#ffffff', '#14171b']);
});

t.test('a click opens a box: attributes, types, weights, histogram, errors; Escape closes it', async (t) => {
  const page = await browser.open(mobile, DESK);
  await press(page, '.box.convolution');
  t.equal(await page.evaluate("document.getElementById('overview').hidden"), true);
  const text = await textOf(page, '#detail');
  for (const said of ['conv2d', 'strides', '[2,2]', 'MACs', 'f32[1,3,224,224]', 'f32[8,3,3,3]', 'int16w', 'RMS error'])
    t.ok(text.includes(said), said);
  const bars = await rectanglesOf(page, '.histogram rect');
  t.equal(bars.length, 48);
  t.ok(Math.max(...bars.map(({ height }) => height)) > 70, 'the highest bar fills the picture');
  t.equal((await rectanglesOf(page, '.histogram path')).length, 1, 'after quantisation');
  t.equal(await page.evaluate("document.querySelectorAll('[aria-pressed=true]').length"), 1);
  t.equal(await page.evaluate("document.querySelectorAll('.line.near').length"), 2, 'its lines stand out');
  await assertFits(t, page);
  await page.press('Escape');
  t.equal(await page.evaluate("document.getElementById('detail').hidden"), true);
  assertQuiet(t, page, mobile);
});

t.test('the search box marks boxes by name and op, Enter goes through them', async (t) => {
  const page = await browser.open(mobile, DESK);
  await page.press('/');
  await page.type('pool2d');
  const matches = await page.evaluate<number>("document.querySelectorAll('.box.match').length");
  t.equal(matches, 10);
  t.equal(await textOf(page, '#search-count'), '10 matches');
  t.equal(
    await page.evaluate(
      "document.querySelectorAll('.box.dim').length + document.querySelectorAll('.box.match').length",
    ),
    await page.evaluate("document.querySelectorAll('.box').length"),
  );
  await page.press('Enter');
  t.equal(await textOf(page, '#search-count'), '1 of 10');
  const [x, y] = await middleOf(page, '.box[aria-pressed=true] rect');
  t.ok(x > 0 && x < 896 && y > 150 && y < 800, 'it is in sight');
  await page.press('Enter');
  t.equal(await textOf(page, '#search-count'), '2 of 10');
  await page.press('Escape');
  t.equal(await page.evaluate("document.querySelectorAll('.box.dim, .box.match').length"), 0);
  assertQuiet(t, page, mobile);
});

t.test('wheel, drag, buttons and keys zoom and move; a drag is no click', async (t) => {
  const page = await browser.open(mobile, DESK);
  const place = () =>
    page.evaluate<number[]>("(({ a, e, f }) => [a, e, f])(document.getElementById('content').getCTM())");
  const [x, y] = await middleOf(page, '.box.convolution');
  const start = await place();
  await page.wheel(x, y, -300);
  const zoomed = await place();
  t.ok(zoomed[0]! > start[0]! * 1.3, 'the wheel zooms in');
  const [x2, y2] = await middleOf(page, '.box.convolution');
  t.ok(Math.hypot(x2 - x, y2 - y) < 2, 'what is under the pointer stays there');
  await page.drag([x, y], [x + 60, y + 40]);
  const dragged = await place();
  t.ok(Math.abs(dragged[1]! - zoomed[1]! - 60) < 1 && Math.abs(dragged[2]! - zoomed[2]! - 40) < 1, 'a drag moves');
  t.equal(await page.evaluate("document.querySelectorAll('[aria-pressed=true]').length"), 0);
  await press(page, '#zoom-out');
  t.ok((await place())[0]! < dragged[0]!);
  await press(page, '#fit');
  const boxes = await rectanglesOf(page, '.box rect');
  t.ok(
    boxes.every((box) => box.y > 100 && box.y + box.height < 800),
    'all of it is in sight',
  );
  await page.evaluate("document.getElementById('canvas').focus()");
  const fitted = await place();
  await page.press('+');
  await page.press('ArrowDown');
  const keyed = await place();
  t.ok(keyed[0]! > fitted[0]!);
  assertQuiet(t, page, mobile);
});

t.test('the keyboard walks along the lines', async (t) => {
  const page = await browser.open(mobile, DESK);
  const focused = () => page.evaluate<string>('document.activeElement.getAttribute("aria-label")');
  await page.evaluate("document.getElementById('canvas').focus()");
  await page.press('Tab');
  t.match(await focused(), /^input, x, /);
  await page.press('ArrowDown');
  t.match(await focused(), /^conv2d, conv2d_0\.tmp_0, 1 × 8 × 112 × 112$/);
  await page.press('Enter');
  t.match(await textOf(page, '#detail h2'), 'conv2d');
  await page.press('ArrowUp');
  t.match(await focused(), /^input/);
  await page.press('Tab');
  t.notMatch(await focused(), /conv2d/, 'one box only is a stop of the Tab key');
});

t.test('the compiled graph is a switch away', async (t) => {
  const page = await browser.open(detector, DESK);
  const count = () => page.evaluate<number>("document.querySelectorAll('.box').length");
  const imported = await count();
  await press(page, 'input[value="1"]');
  const compiled = await count();
  t.ok(compiled < imported * 0.6, `${imported} boxes, then ${compiled}`);
  t.equal(await page.evaluate("document.querySelectorAll('.box.normalisation').length"), 0);
  await assertFits(t, page);
  await press(page, '.jump');
  t.equal(await count(), imported, 'a link of the overview leads back to the graph it belongs to');
  assertQuiet(t, page, detector);
});

t.test('a narrow window', async (t) => {
  const page = await browser.open(mobile, { width: 400, height: 800 });
  await assertFits(t, page);
  const [canvas] = await rectanglesOf(page, '#canvas');
  t.ok(canvas!.width >= 390 && canvas!.height >= 240);
  await press(page, '.box');
  await assertFits(t, page);
  const [heading] = await rectanglesOf(page, '#detail h2');
  t.ok(heading!.y > 0 && heading!.y + heading!.height < 800, 'what was opened is in sight, without scrolling');
  assertQuiet(t, page, mobile);
});

t.test('hostile names are shown as what they are', async (t) => {
  const skipped = { op: HOSTILE_NAMES[0]!, name: HOSTILE_NAMES[1]!, inputs: [], outputs: [] };
  const inspection = inspectGraph(hostileGraph(), [{ ...skipped, reason: 'unsupported', problem: HOSTILE_NAMES[2] }]);
  const file = await pageFile('hostile', inspection);
  for (const view of [DESK, { width: 400, height: 800 }]) {
    const page = await browser.open(file, view);
    await assertFits(t, page);
    await press(page, '.jump');
    const text = await page.evaluate<string>("document.getElementById('detail').textContent");
    for (const name of HOSTILE_NAMES.slice(0, 3)) t.ok(text.includes(name), name);
    for (let i = 0; i < HOSTILE_NAMES.length; i++) {
      await page.evaluate(`document.querySelectorAll('.box')[${i}].dispatchEvent(new Event('click'))`);
      await assertFits(t, page);
    }
    t.equal(await page.evaluate("document.querySelectorAll('img, b, i, script:not(#data)').length"), 1, 'one script');
    assertQuiet(t, page, file);
  }
});

t.test('the drawing of a detector is there in less than two seconds', async (t) => {
  const page = await browser.open(detector, DESK);
  const ms = await page.evaluate<number>("performance.getEntriesByType('navigation')[0].loadEventEnd");
  t.ok(ms > 0 && ms < 2000, `${Math.round(ms)} ms`);
});
