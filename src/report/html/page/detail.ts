import type { Fact, PageNode, PageValue, PageWeight } from './data.js';
import { html } from './elements.js';
import { histogramFigure } from './histogram.js';

/** All that is known of one op. */
export function detailOf(node: PageNode, weights: readonly PageWeight[]): HTMLElement[] {
  const parts: HTMLElement[] = [
    html('h2', { class: 'name', id: 'detail-title', tabindex: '-1' }, node.title),
    html('p', { class: 'name' }, node.name),
  ];
  if (node.problem !== undefined) parts.push(html('p', { class: 'problem' }, node.problem));
  parts.push(...facts(undefined, node.facts), ...facts('Attributes', node.attributes));
  parts.push(...values('Inputs', node.inputs), ...values('Outputs', node.outputs));
  for (const { name, type, weight } of node.inputs) {
    if (weight !== undefined) parts.push(weightSection(name, type, weights[weight]!));
  }
  return parts;
}

function facts(heading: string | undefined, list: readonly Fact[]): HTMLElement[] {
  if (list.length === 0) return [];
  const rows = list.flatMap(([label, value]) => [html('dt', {}, label), html('dd', {}, value)]);
  return [...(heading === undefined ? [] : [html('h3', {}, heading)]), html('dl', {}, ...rows)];
}

function values(heading: string, list: readonly PageValue[]): HTMLElement[] {
  if (list.length === 0) return [];
  const items = list.map(({ name, type }) =>
    html('li', {}, html('span', { class: 'name' }, name), html('span', { class: 'type' }, type)),
  );
  return [html('h3', {}, heading), html('ul', { class: 'values' }, ...items)];
}

function weightSection(name: string, type: string, { facts: own, note, errors, histogram }: PageWeight): HTMLElement {
  const section = html(
    'section',
    { class: 'weight' },
    html('h3', {}, 'Weights ', html('span', { class: 'name' }, name)),
    html('p', { class: 'type' }, type),
    ...(note === undefined ? [] : [html('p', { class: 'note' }, note)]),
    ...(histogram ? [histogramFigure(histogram)] : []),
    ...facts(undefined, own),
  );
  if (errors.length === 0) return section;
  const head = ['', 'max error', 'RMS error', 'scales'].map((title) => html('th', { scope: 'col' }, title));
  const rows = errors.map(({ storage, max, rms, scales }) =>
    html('tr', {}, html('th', { scope: 'row' }, storage), ...[max, rms, scales].map((cell) => html('td', {}, cell))),
  );
  section.append(html('table', {}, html('thead', {}, html('tr', {}, ...head)), html('tbody', {}, ...rows)));
  return section;
}
