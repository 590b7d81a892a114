import { basename } from 'node:path';
import { formatBytes } from '../format.js';
import { escapeHtml } from './escape.js';
import type { InspectedModel } from './index.js';
import { overviewMarkup } from './overview.js';
import type { PageData } from './page/data.js';
import { alarmMarkup, tilesMarkup } from './summary.js';

/** The page's body: the summary on top, the drawing with its tools, and the pane beside it. */
export function bodyMarkup({ path, bytes, inspection }: InspectedModel, data: PageData, scripts: string): string {
  return `<body>
<header>
<h1 class="name" title="${escapeHtml(path)}">${escapeHtml(basename(path))}</h1>
${tilesMarkup(formatBytes(bytes), inspection)}
${alarmMarkup(inspection)}
</header>
<main aria-label="Graph">
<div class="bar">
<input type="search" id="search" placeholder="Search name or op  ( / )" aria-label="Search boxes by name or op" autocomplete="off" spellcheck="false">
<span id="search-count" role="status"></span>
<div class="tools">
${data.graphs.length > 1 ? SWITCH : ''}
<div class="zoom" role="group" aria-label="Zoom">
<button type="button" id="zoom-out" aria-label="Zoom out">−</button>
<button type="button" id="zoom-in" aria-label="Zoom in">+</button>
<button type="button" id="fit">Fit</button>
</div>
</div>
</div>
<svg id="canvas" role="group" tabindex="0" aria-label="Graph" aria-describedby="canvas-help"><g id="content"></g></svg>
<p class="hidden-text" id="canvas-help">Arrow keys move the drawing, plus and minus zoom, 0 shows all of it. Tab enters it: there arrow keys follow the lines, Enter opens a box, Escape closes it.</p>
</main>
<aside id="overview" aria-label="Overview" tabindex="0">
<noscript><p class="problem">The graph is drawn by a script, which this browser does not run.</p></noscript>
${overviewMarkup(inspection, data)}
</aside>
<aside id="detail" aria-labelledby="detail-title" tabindex="0" hidden>
<button type="button" id="close" aria-label="Close">×</button>
<div id="detail-body"></div>
</aside>
${scripts}
</body>`;
}

const SWITCH = `<fieldset class="switch">
<legend class="hidden-text">Graph</legend>
<label><input type="radio" name="graph" value="0" checked autocomplete="off"><span>As imported</span></label>
<label title="For fp32: fused and folded"><input type="radio" name="graph" value="1" autocomplete="off"><span>As compiled</span></label>
</fieldset>`;
