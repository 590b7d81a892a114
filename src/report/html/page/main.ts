/**
 * The page's script. Its modules are compiled like all others and joined into the page by `src/report/html/script.ts`;
 * they import one another only.
 */
import type { PageData } from './data.js';
import { detailOf } from './detail.js';
import { byId } from './elements.js';
import { GraphView } from './graph-view.js';
import { Search } from './search.js';
import { Viewport } from './viewport.js';

const data = JSON.parse(byId('data').textContent ?? '') as PageData;
const canvas = byId<SVGSVGElement>('canvas');
const content = byId<SVGGElement>('content');
const [overview, detail, detailBody] = ['overview', 'detail', 'detail-body'].map((id) => byId<HTMLElement>(id));
const viewport = new Viewport(canvas, content);
let view: GraphView;

const search = new Search(byId('search'), byId('search-count'), {
  highlight: (matches) => view.highlight(matches),
  visit: (index) => view.select(index, { centred: true }),
});

function open(which: number): void {
  const graph = data.graphs[which]!;
  view = new GraphView(content, viewport, graph, (index) => showDetail(which, index));
  canvas.setAttribute('aria-label', `Graph of ${graph.nodes.length} boxes`);
  showDetail(which, undefined);
  search.over(graph.nodes);
}

function showDetail(which: number, index: number | undefined): void {
  overview!.hidden = index !== undefined;
  detail!.hidden = index === undefined;
  if (index !== undefined) detailBody!.replaceChildren(...detailOf(data.graphs[which]!.nodes[index]!, data.weights));
  detail!.scrollTop = 0;
}

for (const radio of document.querySelectorAll<HTMLInputElement>('input[name=graph]')) {
  radio.addEventListener('change', () => open(Number(radio.value)));
}
for (const link of document.querySelectorAll<HTMLButtonElement>('button[data-node]')) {
  link.addEventListener('click', () => {
    const imported = document.querySelector<HTMLInputElement>('input[name=graph][value="0"]');
    if (imported?.checked === false) {
      imported.checked = true;
      open(0);
    }
    view.select(Number(link.dataset.node), { centred: true, focus: true });
  });
}
byId('zoom-in').addEventListener('click', () => viewport.zoomIn());
byId('zoom-out').addEventListener('click', () => viewport.zoomOut());
byId('fit').addEventListener('click', () => viewport.fit());
byId('close').addEventListener('click', () => view.select(undefined));
document.addEventListener('keydown', (event) => {
  const typing = event.target instanceof HTMLInputElement && event.target.type === 'search';
  if (event.key === '/' && !typing) {
    event.preventDefault();
    byId<HTMLInputElement>('search').focus();
  } else if (event.key === 'Escape' && !typing && !event.defaultPrevented) view.select(undefined);
});
open(0);
