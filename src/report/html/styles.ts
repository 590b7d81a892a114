import { GRAPH_STYLES } from './styles-graph.js';

const COLOURS = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --panel: #f6f8fa; --raised: #ffffff; --edge: #d5dbe1; --text: #1c2128; --muted: #57606a;
  --accent: #0b57d0; --bad: #b3261e; --bad-fill: #fdeceb; --bar: #9db8dd; --outline: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171b; --panel: #1b1f24; --raised: #23282e; --edge: #363d46; --text: #e3e7eb; --muted: #9da7b1;
    --accent: #8ab4f8; --bad: #ff8f86; --bad-fill: #3a1f1e; --bar: #4a6fa5; --outline: #ffb4ab;
  }
}`;

const PAGE = `
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html, body { margin: 0; height: 100%; }
body {
  display: grid; grid-template: auto minmax(0, 1fr) / minmax(0, 1fr) 384px; height: 100dvh;
  font: 14px/1.45 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif;
  background: var(--page); color: var(--text);
}
h1, h2, h3, p, dl, ul, figure { margin: 0; padding: 0; }
h1 { font-size: 17px; font-weight: 650; }
h2 { font-size: 16px; font-weight: 650; }
h3 { font-size: 12px; font-weight: 650; color: var(--muted); margin: 20px 0 6px; }
button, input, label { font: inherit; color: inherit; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.name { overflow-wrap: anywhere; unicode-bidi: isolate; }
.type, td, .figure { font-variant-numeric: tabular-nums; }
.muted { color: var(--muted); }

header { grid-column: 1 / -1; padding: 14px 20px 14px; border-bottom: 1px solid var(--edge); background: var(--panel); }
.tiles { display: flex; flex-wrap: wrap; gap: 6px 32px; margin-top: 10px; }
.tiles > div { display: grid; }
.tiles dt { font-size: 12px; color: var(--muted); }
.tiles dd { margin: 0; font-size: 15px; font-weight: 600; font-variant-numeric: tabular-nums; }
.tiles small { font-weight: 400; color: var(--muted); font-size: 12px; margin-left: 5px; }
.alarm { margin-top: 12px; padding: 8px 12px; border-radius: 6px; background: var(--bad-fill); color: var(--bad); overflow-wrap: anywhere; }

aside { overflow: auto; border-left: 1px solid var(--edge); background: var(--panel); padding: 16px 20px 28px; position: relative; }
aside h2 { padding-right: 36px; }
#overview > noscript + h3 { margin-top: 0; }
.problem { color: var(--bad); margin-top: 8px; overflow-wrap: anywhere; }
aside p.name { color: var(--muted); }
aside dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 3px 16px; margin-top: 8px; }
aside dt { color: var(--muted); }
aside dd { margin: 0; text-align: right; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.values { list-style: none; }
.values li { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 12px; padding: 3px 0; }
.type { color: var(--muted); overflow-wrap: anywhere; }
.note { font-size: 12px; color: var(--muted); margin-top: 6px; }
.weight { border-top: 1px solid var(--edge); margin-top: 20px; }
.weight h3 { margin: 14px 0 0; }
.weight h3 .name { color: var(--text); }
table { width: 100%; border-collapse: collapse; margin-top: 6px; }
th, td { padding: 3px 0 3px 10px; text-align: right; font-weight: 400; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 0; white-space: normal; overflow-wrap: anywhere; }
thead th { color: var(--muted); font-size: 12px; border-bottom: 1px solid var(--edge); }
.swatch { display: inline-block; width: 10px; height: 10px; border-radius: 3px; margin-right: 8px; border: 1px solid; }
#close { position: absolute; top: 10px; right: 12px; width: 32px; height: 32px; border: 0; border-radius: 6px; background: none; font-size: 18px; cursor: pointer; }
#close:hover { background: var(--edge); }
.jump { border: 0; padding: 0; background: none; color: var(--accent); text-align: left; cursor: pointer; overflow-wrap: anywhere; }
.jump:hover { text-decoration: underline; }

.histogram { display: block; width: 100%; height: 84px; margin-top: 8px; border-bottom: 1px solid var(--edge); overflow: visible; }
.histogram rect { fill: var(--bar); }
.histogram path { fill: none; stroke: var(--outline); stroke-width: 1.2; vector-effect: non-scaling-stroke; }
.range { display: flex; justify-content: space-between; font-size: 12px; color: var(--muted); font-variant-numeric: tabular-nums; }
figcaption { font-size: 12px; color: var(--muted); display: flex; gap: 16px; margin-top: 2px; }
.key::before { content: ''; display: inline-block; width: 12px; height: 8px; margin-right: 6px; background: var(--bar); }
.key.outline::before { height: 0; background: none; border-top: 2px solid var(--outline); vertical-align: middle; }

@media (max-width: 820px) {
  body { display: block; height: auto; }
  main { height: 68dvh; min-height: 340px; }
  header { padding: 12px 16px; }
  .tiles { gap: 6px 22px; }
  aside { border-left: 0; border-top: 1px solid var(--edge); padding: 16px; overflow: visible; }
  #detail { position: sticky; bottom: 0; max-height: 48dvh; overflow: auto; box-shadow: 0 -6px 18px rgb(0 0 0 / .14); }
}`;

/** The page's style sheet. Colours come in pairs, for light and for dark; texts keep a contrast of 4.5 to 1 on them. */
export const PAGE_STYLES = `${COLOURS}\n${PAGE}\n${GRAPH_STYLES}`;
