import type { Inspection } from '../../inspection/index.js';
import { formatType } from '../../ir/tensor.js';
import { isOpName } from '../../ops/index.js';
import { formatBytes, formatCount } from '../format.js';
import { unsupportedOps } from '../unsupported.js';
import { escapeHtml } from './escape.js';
import { KINDS } from './kinds.js';
import type { PageData } from './page/data.js';

/** The pane while no box is chosen: what is missing, inputs and outputs, ops by kind, the largest weights. */
export function overviewMarkup(inspection: Inspection, data: PageData): string {
  return [
    unsupported(inspection, data),
    io('Inputs', inspection.inputs, inspection),
    io('Outputs', inspection.graph.outputs, inspection),
    opTable(inspection),
    largestWeights(inspection, data),
  ].join('\n');
}

function unsupported({ skipped }: Inspection, data: PageData): string {
  const ops = unsupportedOps(skipped);
  if (ops.length === 0) return '';
  const items = ops.flatMap(({ op, layers }) =>
    layers.map((layer) => `<li>${jump(data, layer, 'unsupported')}<span class="type">${escapeHtml(op)}</span></li>`),
  );
  return `<h3>Not supported</h3><ul class="values">${items.join('')}</ul>`;
}

function io(heading: string, names: readonly string[], { graph }: Inspection): string {
  if (names.length === 0) return '';
  const items = names.map((name) => {
    const type = graph.types.get(name);
    return `<li><span class="name">${escapeHtml(name)}</span><span class="type">${type ? formatType(type) : ''}</span></li>`;
  });
  return `<h3>${heading}</h3><ul class="values">${items.join('')}</ul>`;
}

function opTable({ layers }: Inspection): string {
  const ops = new Map<string, { count: number; macs: number; bytes: number }>();
  for (const { node, macs, bytes } of layers) {
    const sum = ops.get(node.op) ?? { count: 0, macs: 0, bytes: 0 };
    ops.set(node.op, { count: sum.count + 1, macs: sum.macs + macs, bytes: sum.bytes + (bytes.fp32 ?? 0) });
  }
  const rows = [...ops]
    .sort(([, a], [, b]) => b.macs - a.macs || b.count - a.count)
    .map(([op, { count, macs, bytes }]) => {
      const kind = isOpName(op) ? KINDS[op] : 'unsupported';
      const cells = [String(count), macs > 0 ? formatCount(macs) : '', bytes > 0 ? formatBytes(bytes) : ''];
      return `<tr><td><span class="swatch ${kind}"></span>${escapeHtml(op)}</td>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
    });
  return `<h3>Ops, as imported</h3>${table(['op', 'count', 'MACs', 'weights'], rows)}`;
}

const LARGEST = 8;

function largestWeights({ layers }: Inspection, data: PageData): string {
  const rows = layers
    .filter(({ bytes }) => (bytes.fp32 ?? 0) > 0)
    .sort((a, b) => b.bytes.fp32! - a.bytes.fp32!)
    .slice(0, LARGEST)
    .map(({ node, bytes }) => {
      const cells = [bytes.fp32, bytes.int8w].map((size) => `<td>${size === undefined ? '–' : formatBytes(size)}</td>`);
      return `<tr><td>${jump(data, node.name)}</td>${cells.join('')}</tr>`;
    });
  return rows.length === 0 ? '' : `<h3>Largest layers</h3>${table(['layer', 'fp32', 'int8w'], rows)}`;
}

function table(titles: readonly string[], rows: readonly string[]): string {
  const head = titles.map((title) => `<th scope="col">${title}</th>`).join('');
  return `<table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

/** A button that leads to a box of the imported graph. */
function jump(data: PageData, name: string, kind?: string): string {
  const index = data.graphs[0]!.nodes.findIndex(
    (node) => node.name === name && (node.kind === kind || (!kind && node.kind !== 'io')),
  );
  return `<button type="button" class="jump name" data-node="${index}">${escapeHtml(name)}</button>`;
}
