import { join } from 'node:path';
import t from 'tap';
import { inspectGraph } from '../../../src/inspection/index.js';
import { loadModel } from '../../../src/load.js';
import { escapeHtml, escapeJson } from '../../../src/report/html/escape.js';
import { renderInspectionPage } from '../../../src/report/html/index.js';
import { pageScript } from '../../../src/report/html/script.js';
import { PAGE_STYLES } from '../../../src/report/html/styles.js';
import { GOLDEN } from '../../support/models.js';
import { HOSTILE_NAMES, hostileGraph } from './hostile.js';

/** Tags of the page outside of style and scripts, and the texts of the latter. */
function partsOf(page: string) {
  const inside = [...page.matchAll(/<(style|script)( [^>]*)?>(.*?)<\/\1>/gs)].map((match) => match[3]!);
  return { outside: page.replace(/<(style|script)( [^>]*)?>.*?<\/\1>/gs, '<$1></$1>'), inside };
}

t.test('names of a model are text and nothing else', (t) => {
  const inspection = inspectGraph(hostileGraph(), [
    { op: HOSTILE_NAMES[0]!, name: HOSTILE_NAMES[1]!, inputs: [], outputs: [], reason: 'unsupported', problem: '<i>' },
  ]);
  const page = renderInspectionPage({ path: HOSTILE_NAMES[1]!, bytes: 1, inspection });
  const { outside, inside } = partsOf(page);
  t.equal(inside.length, 3, 'style, data, script');
  t.equal(page.match(/<script/gi)!.length, 2);
  t.equal(page.match(/<\/script/gi)!.length, 2);
  for (const tag of ['<img', '<b>', '<i>', '<!--<', '<svg onload'])
    t.notOk(outside.toLowerCase().includes(tag), `${tag} is not in the markup`);
  t.notMatch(outside.replace(/"[^"]*"/g, '""'), /<[^>]*\son\w+=/, 'no element has a handler');
  t.notOk(inside[1]!.includes('<'), 'no < in the data');
  const data = JSON.parse(inside[1]!);
  const names = data.graphs[0].nodes.map(({ name }: { name: string }) => name);
  for (const [i, name] of HOSTILE_NAMES.entries()) t.ok(names.includes(name), `name ${i}`);
  t.end();
});

t.test('the page asks nothing of the network, and its policy forbids it', async (t) => {
  const page = renderInspectionPage({
    path: 'm',
    bytes: 1,
    inspection: inspectGraph(await loadModel(join(GOLDEN, 'fashion-lenet-1.8/combined'))),
  });
  t.match(page, /Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-/);
  t.notMatch(page, /\b(?:src|href)=|url\(|@import|fetch\(|XMLHttp|WebSocket|import\(/);
  const addresses = new Set(page.match(/https?:[^\s'"<]*/g));
  t.strictSame([...addresses], ['http://www.w3.org/2000/svg'], 'a namespace only');
});

t.test('pages stay small: figures, no weights', async (t) => {
  const inspection = inspectGraph(await loadModel(join(GOLDEN, 'mobilenetv3-3class-2.6')));
  const page = renderInspectionPage({ path: 'm', bytes: 1, inspection });
  t.ok(Buffer.byteLength(page) < 500_000, `${Buffer.byteLength(page)} bytes`);
});

t.test('the script is whole: one function, nothing imported', (t) => {
  const script = pageScript();
  t.notMatch(script, /^\s*(?:import|export)\b/m);
  t.doesNotThrow(() => new Function(script));
  for (const name of ['class Viewport', 'class GraphView', 'class Search', 'function detailOf']) t.match(script, name);
  t.end();
});

/** The colours that a style sheet sets in light or in dark, by name; a box's by its kind. */
function coloursOf(styles: string, dark: boolean): Map<string, string> {
  const found = new Map<string, string>();
  const darkPart = /@media \(prefers-color-scheme: dark\) \{(.*?)\n\}/gs;
  const text = dark ? [...styles.matchAll(darkPart)].join('') : styles.replace(darkPart, '');
  for (const [, name, value] of text.matchAll(/--(\w[\w-]*): (#[0-9a-f]{6})/g))
    if (name !== 'fill' && name !== 'stroke') found.set(name!, value!);
  for (const [, kind, value] of text.matchAll(/\.(\w+) \{ --fill: (#[0-9a-f]{6})/g)) found.set(`.${kind}`, value!);
  return found;
}

function luminance(colour: readonly number[]): number {
  const [r, g, b] = colour.map((one) =>
    one / 255 <= 0.04045 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

t.test('texts keep a contrast of 4.5 to 1, in light and in dark', (t) => {
  const bytes = (colour: string) => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  for (const dark of [false, true]) {
    const colours = coloursOf(PAGE_STYLES, dark);
    const boxes = [...colours.keys()].filter((name) => name.startsWith('.'));
    t.equal(boxes.length, 10);
    const pairs = [
      ...['text', 'muted', 'accent', 'bad'].flatMap((text) =>
        ['page', 'panel', 'raised'].map((under) => [text, under, 1]),
      ),
      ['bad', 'bad-fill', 1],
      ...boxes.map((box) => ['text', box, 0.78]),
    ] as [string, string, number][];
    for (const [text, under, opacity] of pairs) {
      const back = bytes(colours.get(under)!);
      const front = bytes(colours.get(text)!).map((one, i) => one * opacity + back[i]! * (1 - opacity));
      const [low, high] = [luminance(front), luminance(back)].sort((a, b) => a - b);
      const contrast = (high! + 0.05) / (low! + 0.05);
      t.ok(contrast >= 4.5, `${dark ? 'dark' : 'light'}: ${text} on ${under}: ${contrast.toFixed(1)}`);
    }
  }
  t.end();
});

t.test('escapes', (t) => {
  t.equal(escapeHtml(`<a b="c" d='e'>&amp;`), '&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;');
  t.equal(escapeJson({ a: '</script>' }), '{"a":"\\u003c/script>"}');
  t.end();
});
