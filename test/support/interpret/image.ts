import { PAD_MODES, padSource } from '../../../src/ops/pad.js';
import { poolRange } from '../../../src/ops/pool2d.js';
import { resizeTap } from '../../../src/ops/resize.js';
import type { Frame } from './frame.js';
import { forEachOffset } from './movement.js';

const IMAGE = ['n', 'ih', 'iw', 'c', 'oh', 'ow'] as const;

export function pool2d(frame: Frame): void {
  const r = frame.numbers(
    ...IMAGE,
    'kind',
    'kh',
    'kw',
    'stride_h',
    'stride_w',
    'pad_top',
    'pad_left',
    'exclusive',
    'adaptive',
  );
  const [x, y] = [frame.floats('x'), frame.floats('y')];
  const average = r.kind === 1;
  const window = {
    kind: average ? ('average' as const) : ('max' as const),
    ksize: [r.kh, r.kw],
    strides: [r.stride_h, r.stride_w],
    pads: [r.pad_top, r.pad_top, r.pad_left, r.pad_left] as const,
    ceilMode: false,
    exclusive: r.exclusive === 1,
    adaptive: r.adaptive === 1,
  };
  forEachOffset([r.n, r.oh, r.ow, r.c], [], (index) => {
    const c = index % r.c;
    const ox = Math.floor(index / r.c) % r.ow;
    const oy = Math.floor(index / (r.c * r.ow)) % r.oh;
    const b = Math.floor(index / (r.c * r.ow * r.oh));
    const [rows, columns] = [poolRange(oy, r.ih, r.oh, 0, window), poolRange(ox, r.iw, r.ow, 1, window)];
    let value = average ? 0 : -3.4028234663852886e38;
    for (let iy = rows.start; iy < rows.end; iy++) {
      for (let ix = columns.start; ix < columns.end; ix++) {
        const element = x[((b * r.ih + iy) * r.iw + ix) * r.c + c]!;
        value = average ? value + element : Math.max(value, element);
      }
    }
    const clipped = (rows.end - rows.start) * (columns.end - columns.start);
    const area = window.exclusive ? clipped : rows.padded * columns.padded;
    y[index] = average ? (area === 0 ? 0 : value / area) : value;
  });
}

export function resize(frame: Frame): void {
  const r = frame.numbers(...IMAGE, 'mode', 'align_corners', 'half_pixel');
  const [x, y] = [frame.floats('x'), frame.floats('y')];
  const attributes = {
    mode: r.mode === 0 ? ('nearest' as const) : ('bilinear' as const),
    size: [r.oh, r.ow],
    ratios: [frame.float('ratio_h'), frame.float('ratio_w')],
    alignCorners: r.align_corners === 1,
    halfPixel: r.half_pixel === 1,
  };
  forEachOffset([r.n, r.oh, r.ow, r.c], [], (index) => {
    const c = index % r.c;
    const [x0, x1, fx] = resizeTap(Math.floor(index / r.c) % r.ow, r.iw, attributes.ratios[1]!, attributes);
    const [y0, y1, fy] = resizeTap(Math.floor(index / (r.c * r.ow)) % r.oh, r.ih, attributes.ratios[0]!, attributes);
    const b = Math.floor(index / (r.c * r.ow * r.oh));
    const at = (iy: number, ix: number) => x[((b * r.ih + iy) * r.iw + ix) * r.c + c]!;
    const upper = at(y0, x0) * (1 - fx) + at(y0, x1) * fx;
    const lower = at(y1, x0) * (1 - fx) + at(y1, x1) * fx;
    y[index] = upper * (1 - fy) + lower * fy;
  });
}

export function pad(frame: Frame): void {
  const { mode, rank } = frame.numbers('mode', 'rank');
  const [x, y] = [frame.floats('x'), frame.floats('y')];
  const [sizes, before, after] = ['dims', 'before', 'after'].map((field) => frame.list(field).slice(0, rank)) as [
    number[],
    number[],
    number[],
  ];
  const kind = PAD_MODES[mode]!;
  const padded = sizes.map((size, axis) => before[axis]! + size + after[axis]!);
  for (let index = 0; index < padded.reduce((a, b) => a * b, 1); index++) {
    let [from, stride, rest] = [0, 1, index];
    for (let axis = rank - 1; axis >= 0; axis--) {
      const source = padSource((rest % padded[axis]!) - before[axis]!, sizes[axis]!, kind);
      rest = Math.floor(rest / padded[axis]!);
      from = source < 0 || from < 0 ? -1 : from + source * stride;
      stride *= sizes[axis]!;
    }
    y[index] = from < 0 ? frame.float('value') : x[from]!;
  }
}
