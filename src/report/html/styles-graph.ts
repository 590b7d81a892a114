import type { NodeKind } from './page/data.js';

/** Fill and stroke of a box, in light and in dark. */
const BOXES: Readonly<Record<NodeKind, readonly [light: string, stroke: string, dark: string, darkStroke: string]>> = {
  io: ['#eceff2', '#1c2128', '#2b3138', '#e3e7eb'],
  convolution: ['#e1ecfd', '#3b73c9', '#1e2f4a', '#6b9be0'],
  matrix: ['#ebe5fb', '#7a58c9', '#2e2547', '#a58be6'],
  normalisation: ['#e0f2e4', '#37894f', '#1c3524', '#6cb884'],
  activation: ['#fcefd2', '#a06f0d', '#3b2f14', '#d3a447'],
  arithmetic: ['#fce5de', '#bd5a3a', '#40251c', '#e08f73'],
  image: ['#d9f1f1', '#1f8187', '#15363a', '#5cb5bb'],
  movement: ['#f1f3f5', '#7a8594', '#262b31', '#8b95a1'],
  unsupported: ['#fdeceb', '#b3261e', '#3a1f1e', '#ff8f86'],
  unreached: ['#ffffff', '#8a94a0', '#14171b', '#8b95a1'],
};

const kinds = Object.entries(BOXES);
const light = kinds.map(([kind, [fill, stroke]]) => `.${kind} { --fill: ${fill}; --stroke: ${stroke}; }`);
const dark = kinds.map(([kind, [, , fill, stroke]]) => `.${kind} { --fill: ${fill}; --stroke: ${stroke}; }`);

export const GRAPH_STYLES = `
${light.join('\n')}
@media (prefers-color-scheme: dark) {
${dark.join('\n')}
}
.swatch { background: var(--fill); border-color: var(--stroke); }

main { position: relative; min-width: 0; min-height: 0; display: grid; grid-template-rows: auto minmax(0, 1fr); }
.bar { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 12px; padding: 8px 20px; border-bottom: 1px solid var(--edge); }
.bar input[type=search] { width: 240px; max-width: 100%; height: 32px; padding: 0 10px; border: 1px solid var(--edge); border-radius: 6px; background: var(--raised); }
#search-count { color: var(--muted); min-width: 84px; font-variant-numeric: tabular-nums; }
.tools { display: flex; gap: 12px; margin-left: auto; }
.switch { border: 0; padding: 0; margin: 0; display: flex; white-space: nowrap; }
.switch label { position: relative; display: flex; align-items: center; height: 32px; padding: 0 12px; border: 1px solid var(--edge); cursor: pointer; }
.switch label:first-of-type { border-radius: 6px 0 0 6px; border-right: 0; }
.switch label:last-of-type { border-radius: 0 6px 6px 0; }
.switch input { position: absolute; inset: 0; margin: 0; opacity: 0; cursor: pointer; }
.switch label:has(:checked) { background: var(--text); color: var(--page); border-color: var(--text); }
.switch label:has(:focus-visible) { outline: 2px solid var(--accent); outline-offset: 1px; }
.zoom { display: flex; gap: 4px; }
.zoom button { min-width: 32px; height: 32px; padding: 0 9px; border: 1px solid var(--edge); border-radius: 6px; background: var(--raised); cursor: pointer; }
.zoom button:hover { background: var(--panel); }
.hidden-text { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

#canvas { display: block; width: 100%; height: 100%; cursor: grab; touch-action: none; user-select: none; -webkit-user-select: none; }
#canvas:active { cursor: grabbing; }
#canvas:focus-visible { outline-offset: -2px; }
.line { fill: none; stroke: var(--muted); stroke-opacity: .6; stroke-width: 1.25; vector-effect: non-scaling-stroke; }
.line.near { stroke: var(--accent); stroke-opacity: 1; stroke-width: 2; }
.box { cursor: pointer; }
.box rect { fill: var(--fill); stroke: var(--stroke); stroke-width: 1; }
.box.unsupported rect { stroke-width: 2; }
.box.unreached rect { stroke-dasharray: 5 4; }
.box text { fill: var(--text); font-size: 13px; }
.box .title { font-weight: 600; }
.box .subtitle { fill: var(--text); fill-opacity: .78; font-size: 12px; font-variant-numeric: tabular-nums; }
.box:hover rect { stroke-width: 2; }
.box:focus { outline: none; }
.box:focus-visible rect { stroke: var(--accent); stroke-width: 3; }
.box[aria-pressed=true] rect { stroke: var(--accent); stroke-width: 3; }
.box.match rect { stroke-width: 2.5; }
.box.dim { opacity: .35; }
@media (forced-colors: active) {
  .box rect { fill: Canvas; stroke: CanvasText; }
  .box[aria-pressed=true] rect, .box.match rect { stroke: Highlight; }
}
@media (max-width: 820px) {
  .bar { padding: 8px 16px; }
  .tools { margin-left: 0; }
  .bar input[type=search] { flex: 1 1 180px; width: auto; }
}`;
