import type { Inspection } from '../../inspection/index.js';
import { formatBytes, formatCount } from '../format.js';
import { unsupportedOps } from '../unsupported.js';
import { escapeHtml } from './escape.js';

/** The figures on top of the page: sizes of model and programs, ops, multiply-accumulates. */
export function tilesMarkup(modelSize: string, { layers, sizes, skipped }: Inspection): string {
  const [first] = sizes;
  const kinds = new Set([...layers.map(({ node }) => node.op), ...skipped.map(({ op }) => op)]).size;
  const macs = layers.reduce((sum, layer) => sum + layer.macs, 0);
  const tiles = [
    ['Model files', modelSize, ''],
    ...sizes.map(({ precision, programBytes }) => [
      `Program, ${precision}`,
      formatBytes(programBytes),
      programBytes === first!.programBytes ? '' : `× ${(programBytes / first!.programBytes).toFixed(2)}`,
    ]),
    ...(first ? [['Working memory', formatBytes(first.arenaBytes), first.precision]] : []),
    ['Ops', String(layers.length + skipped.length), `${kinds} kinds`],
    ['MACs', formatCount(macs), skipped.length > 0 ? 'of the known part' : ''],
  ].map(
    ([label, value, note]) =>
      `<div><dt>${escapeHtml(label!)}</dt><dd>${escapeHtml(value!)}${note ? `<small>${escapeHtml(note)}</small>` : ''}</dd></div>`,
  );
  return `<dl class="tiles">${tiles.join('')}</dl>`;
}

/** Why the model cannot be compiled, if it cannot. */
export function alarmMarkup({ skipped, refusal }: Inspection): string {
  const list = unsupportedOps(skipped).map(({ op, layers }) => `${op} × ${layers.length}`);
  const text = list.length > 0 ? `Not supported: ${list.join(', ')}` : refusal?.message;
  return text === undefined ? '' : `<p class="alarm" role="alert">${escapeHtml(text)}</p>`;
}
