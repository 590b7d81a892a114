import type { PageWeight } from './data.js';
import { html, svg } from './elements.js';

const SIZE = { width: 320, height: 84 };

/** Bars: the weights as they are. Line: what their int8 integers stand for, in the same parts of the range. */
export function histogramFigure({ low, high, before, after }: NonNullable<PageWeight['histogram']>): HTMLElement {
  const most = Math.max(1, ...before, ...(after ?? []));
  const step = SIZE.width / before.length;
  const heightOf = (count: number) => (count / most) * (SIZE.height - 4);
  const bars = before.map((count, i) =>
    svg('rect', {
      x: (i * step + 0.5).toFixed(1),
      y: (SIZE.height - heightOf(count)).toFixed(1),
      width: (step - 1).toFixed(1),
      height: heightOf(count).toFixed(1),
    }),
  );
  const outline = after?.map((count, i) => {
    const y = (SIZE.height - heightOf(count)).toFixed(1);
    return `${i === 0 ? 'M0 ' : 'V'}${y}H${((i + 1) * step).toFixed(1)}`;
  });
  const picture = svg(
    'svg',
    {
      class: 'histogram',
      viewBox: `0 0 ${SIZE.width} ${SIZE.height}`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': `Histogram of the values from ${low} to ${high}${after ? ', before and after quantisation to int8' : ''}`,
    },
    ...bars,
    ...(outline ? [svg('path', { d: outline.join('') })] : []),
  );
  return html(
    'figure',
    {},
    picture,
    html('div', { class: 'range' }, html('span', {}, low), html('span', {}, high)),
    html(
      'figcaption',
      {},
      html('span', { class: 'key bars' }, after ? 'as stored in the model' : 'values'),
      ...(after ? [html('span', { class: 'key outline' }, 'after int8')] : []),
    ),
  );
}
