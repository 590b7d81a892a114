import { BOX, type PageGraph, type PageNode } from './data.js';
import { svg } from './elements.js';
import type { Viewport } from './viewport.js';

const TEXT_WIDTH = BOX.width - 22;

/** One graph, drawn: boxes that can be chosen with pointer and keyboard, lines between them. */
export class GraphView {
  readonly #graph: PageGraph;
  readonly #viewport: Viewport;
  readonly #onSelect: (index: number | undefined) => void;
  readonly #boxes: SVGGElement[];
  readonly #lines: SVGPathElement[];
  #selected: number | undefined;

  constructor(
    content: SVGGElement,
    viewport: Viewport,
    graph: PageGraph,
    onSelect: (index: number | undefined) => void,
  ) {
    this.#graph = graph;
    this.#viewport = viewport;
    this.#onSelect = onSelect;
    this.#lines = graph.paths.map(({ d }) => svg('path', { class: 'line', d }));
    this.#boxes = graph.nodes.map((node, index) => this.#box(node, index));
    content.replaceChildren(svg('g', { 'aria-hidden': 'true' }, ...this.#lines), svg('g', {}, ...this.#boxes));
    this.#boxes[0]?.setAttribute('tabindex', '0');
    fitTexts(content);
    const top = graph.nodes[0];
    viewport.open(graph.width, graph.height, { x: (top?.x ?? 0) + BOX.width / 2, y: 0 });
  }

  select(index: number | undefined, { centred = false, focus = false } = {}): void {
    if (this.#selected !== undefined) this.#boxes[this.#selected]!.setAttribute('aria-pressed', 'false');
    this.#selected = index;
    for (const [i, line] of this.#lines.entries()) {
      const { from, to } = this.#graph.paths[i]!;
      line.classList.toggle('near', index !== undefined && (from === index || to.includes(index)));
    }
    if (index !== undefined) {
      this.#boxes[index]!.setAttribute('aria-pressed', 'true');
      this.#enterAt(index, focus);
      this.#viewport.show({ ...this.#graph.nodes[index]!, ...BOX }, centred);
    }
    this.#onSelect(index);
  }

  /** Marks boxes; undefined marks none and dims none. */
  highlight(matches: ReadonlySet<number> | undefined): void {
    for (const [index, box] of this.#boxes.entries()) {
      box.classList.toggle('match', matches?.has(index) === true);
      box.classList.toggle('dim', matches !== undefined && !matches.has(index));
    }
  }

  #box(node: PageNode, index: number): SVGGElement {
    const { x, y, kind, title, subtitle, name, op } = node;
    const box = svg(
      'g',
      {
        class: `box ${kind}`,
        transform: `translate(${x} ${y})`,
        role: 'button',
        tabindex: '-1',
        'aria-pressed': 'false',
        'aria-label': `${title}, ${name}, ${subtitle}`,
        'data-index': index,
      },
      svg('title', {}, op === title ? name : `${name} (${op})`),
      svg('rect', { width: BOX.width, height: BOX.height, rx: 6 }),
      svg('text', { class: 'title', x: 12, y: 19 }, title),
      svg('text', { class: 'subtitle', x: 12, y: 36 }, subtitle),
    );
    box.addEventListener('click', () => this.select(index));
    box.addEventListener('keydown', (event) => this.#key(event, index));
    return box;
  }

  #key(event: KeyboardEvent, index: number): void {
    const next = this.#neighbour(event.key, index);
    if (event.key === 'Enter' || event.key === ' ') this.select(index);
    else if (event.key === 'Escape') this.select(undefined);
    else if (next !== undefined) {
      this.#enterAt(next, true);
      this.#viewport.show({ ...this.#graph.nodes[next]!, ...BOX }, false);
    } else if (!event.key.startsWith('Arrow')) return;
    event.preventDefault();
  }

  /** Where an arrow key leads: along the lines up and down, along the layer to the sides. */
  #neighbour(key: string, index: number): number | undefined {
    const { nodes, paths } = this.#graph;
    const own = nodes[index]!;
    if (key === 'ArrowDown') return paths.find(({ from }) => from === index)?.to[0];
    if (key === 'ArrowUp') return paths.find(({ to }) => to.includes(index))?.from;
    const side = key === 'ArrowLeft' ? -1 : key === 'ArrowRight' ? 1 : 0;
    const beside = [...nodes.keys()].filter((one) => nodes[one]!.y === own.y && (nodes[one]!.x - own.x) * side > 0);
    return beside.sort((a, b) => (nodes[a]!.x - nodes[b]!.x) * side)[0];
  }

  /** The Tab key enters the drawing at one box only. */
  #enterAt(index: number, focus: boolean): void {
    for (const box of this.#boxes) if (box.tabIndex === 0) box.setAttribute('tabindex', '-1');
    this.#boxes[index]!.setAttribute('tabindex', '0');
    if (focus) this.#boxes[index]!.focus({ preventScroll: true });
  }
}

/** Squeezes texts that this browser's font makes wider than their box. */
function fitTexts(content: SVGGElement): void {
  const wide = [...content.querySelectorAll('text')].filter((text) => text.getComputedTextLength() > TEXT_WIDTH);
  for (const text of wide) {
    text.setAttribute('textLength', String(TEXT_WIDTH));
    text.setAttribute('lengthAdjust', 'spacingAndGlyphs');
  }
}
