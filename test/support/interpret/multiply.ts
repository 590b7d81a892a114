import type { Tile } from '../../../src/steps/ledger.js';
import type { Frame } from './frame.js';

/** Real weight of an integer, or the integer itself in integer arithmetic, per packed column. */
type Weight = (index: number, column: number) => number;

const WINDOW = ['stride_h', 'stride_w', 'pad_top', 'pad_left', 'dilation_h', 'dilation_w'] as const;
const IMAGE = ['n', 'ih', 'iw', 'oh', 'ow', 'kh', 'kw', ...WINDOW] as const;
type Image = Record<(typeof IMAGE)[number], number>;

/** Calls back for every result pixel and tap; pixel is −1 where the tap meets padding. */
function forEachTap(r: Image, b: number, oy: number, ox: number, visit: (tap: number, pixel: number) => void): void {
  for (let ky = 0; ky < r.kh; ky++) {
    for (let kx = 0; kx < r.kw; kx++) {
      const y = oy * r.stride_h - r.pad_top + ky * r.dilation_h;
      const x = ox * r.stride_w - r.pad_left + kx * r.dilation_w;
      const inside = y >= 0 && y < r.ih && x >= 0 && x < r.iw;
      visit(ky * r.kw + kx, inside ? (b * r.ih + y) * r.iw + x : -1);
    }
  }
}

function forEachPixel(r: Image, visit: (b: number, oy: number, ox: number) => void): void {
  for (let b = 0; b < r.n; b++) for (let oy = 0; oy < r.oh; oy++) for (let ox = 0; ox < r.ow; ox++) visit(b, oy, ox);
}

export function conv2d(frame: Frame): void {
  const r = frame.numbers(...IMAGE, 'ci', 'co', 'groups', 'x_pixel', 'input_type');
  const s = frame.numbers('y_batch', 'y_row', 'y_pixel', 'r_batch', 'r_row', 'r_pixel');
  const integer = r.input_type === 1;
  const tile = integer ? frame.tiles.s8 : frame.tiles.f32;
  const panels = Math.ceil(r.co / tile.nr);
  const taps = r.kh * r.kw;
  const [bias, scale, residual] = ['bias', 'scale', 'residual'].map((field) => frame.optionalFloats(field));
  const x = integer ? frame.typed('x', 'i8') : frame.floats('x');
  const zero = integer ? Number(frame.typed('x_params', 'i32')[1]) : 0;
  const xScale = integer ? frame.floats('x_params')[0]! : 1;
  const sums = integer ? frame.typed('sums', 'i32') : undefined;
  const weight = weights(frame, 'w', integer ? undefined : scale);
  const y = frame.floats('y');
  const activate = frame.activation();
  const sum = new Float64Array(r.co);
  for (let g = 0; g < r.groups; g++) {
    forEachPixel(r, (b, oy, ox) => {
      sum.fill(0);
      forEachTap(r, b, oy, ox, (tap, pixel) => {
        if (pixel < 0 && !integer) return;
        for (let k = 0; k < r.ci; k++) {
          const value = pixel < 0 ? zero : Number(x[pixel * r.x_pixel + g * r.ci + k]);
          for (let c = 0; c < r.co; c++) {
            const index = packedIndex({ panels, taps, ci: r.ci, tile }, g, c, tap, k);
            sum[c]! += value * weight(index, g * panels * tile.nr + c);
          }
        }
      });
      for (let c = 0; c < r.co; c++) {
        const column = g * panels * tile.nr + c;
        let value = sum[c]!;
        if (integer) value = (value - zero * Number(sums![column])) * xScale * scale![column]!;
        value += bias?.[column] ?? 0;
        const channel = g * r.co + c;
        if (residual) value += residual[b * s.r_batch + oy * s.r_row + ox * s.r_pixel + channel]!;
        y[b * s.y_batch + oy * s.y_row + ox * s.y_pixel + channel] = activate(value);
      }
    });
  }
}

interface Packing {
  readonly panels: number;
  readonly taps: number;
  readonly ci: number;
  readonly tile: Tile;
}

/** The ledger's formula, written out a second time. */
function packedIndex(
  { panels, taps, ci, tile: { nr, kr } }: Packing,
  g: number,
  c: number,
  tap: number,
  k: number,
): number {
  const panel = g * panels + Math.floor(c / nr);
  const block = (panel * taps + tap) * Math.ceil(ci / kr) + Math.floor(k / kr);
  return block * nr * kr + (c % nr) * kr + (k % kr);
}

/** Weights of any stored type; integers become fround(q · scale) unless the arithmetic is integer (no scale given). */
function weights(frame: Frame, field: string, scale: Float32Array | undefined): Weight {
  const { weight_type: type } = frame.numbers('weight_type');
  const values = frame.typed(field, (['f32', 'i8', 'i16'] as const)[type]!);
  if (type === 0 || !scale) return (index) => Number(values[index]);
  return (index, column) => Math.fround(Number(values[index]) * scale[column]!);
}

export function depthwiseConv2d(frame: Frame): void {
  const r = frame.numbers(...IMAGE, 'c');
  const [x, y, bias, residual] = [
    frame.floats('x'),
    frame.floats('y'),
    frame.optionalFloats('bias'),
    frame.optionalFloats('residual'),
  ];
  const weight = weights(frame, 'w', frame.optionalFloats('scale'));
  const activate = frame.activation();
  const sum = new Float64Array(r.c);
  forEachPixel(r, (b, oy, ox) => {
    sum.fill(0);
    forEachTap(r, b, oy, ox, (tap, pixel) => {
      if (pixel < 0) return;
      for (let c = 0; c < r.c; c++) sum[c]! += x[pixel * r.c + c]! * weight(tap * r.c + c, c);
    });
    const start = ((b * r.oh + oy) * r.ow + ox) * r.c;
    for (let c = 0; c < r.c; c++) {
      y[start + c] = activate(sum[c]! + (bias?.[c] ?? 0) + (residual?.[start + c] ?? 0));
    }
  });
}

/** As the kernels do it: every operation rounds to f32, ties go to the even integer. */
export function quantize(frame: Frame): void {
  const { count } = frame.numbers('count');
  const x = frame.floats('x');
  const y = frame.typed('y', 'i8') as Int8Array;
  let [low, high] = [0, 0];
  for (let i = 0; i < count; i++) {
    low = Math.min(low, x[i]!);
    high = Math.max(high, x[i]!);
  }
  const width = Math.fround(Math.fround(high - low) / 255);
  const scale = width >= 2 ** -126 && width < Infinity ? width : 1;
  const limit = (value: number) => Math.min(Math.max(value, -128), 127);
  const zero = limit(roundHalfEven(Math.fround(-128 - Math.fround(low / scale))));
  const inverse = Math.fround(1 / scale);
  frame.floats('params')[0] = scale;
  (frame.typed('params', 'i32') as Int32Array)[1] = zero;
  for (let i = 0; i < count; i++) y[i] = limit(roundHalfEven(Math.fround(x[i]! * inverse)) + zero);
}

function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

export function matmul(frame: Frame): void {
  const { m, n, k, x_row, x_col, y_row, y_col } = frame.numbers('m', 'n', 'k', 'x_row', 'x_col', 'y_row', 'y_col');
  const [batch, xBatch, yBatch] = [frame.list('batch'), frame.list('x_batch'), frame.list('y_batch')];
  const [x, y, out] = [frame.floats('x'), frame.floats('y'), frame.floats('out')];
  const alpha = frame.float('alpha');
  const activate = frame.activation();
  const batches = batch.reduce((a, b) => a * b, 1);
  for (let b = 0; b < batches; b++) {
    let [xStart, yStart, rest] = [0, 0, b];
    for (let axis = 3; axis >= 0; axis--) {
      const i = rest % batch[axis]!;
      rest = Math.floor(rest / batch[axis]!);
      xStart += i * xBatch[axis]!;
      yStart += i * yBatch[axis]!;
    }
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let p = 0; p < k; p++) sum += x[xStart + i * x_row + p * x_col]! * y[yStart + p * y_row + j * y_col]!;
        out[(b * m + i) * n + j] = activate(alpha * sum);
      }
    }
  }
}

export function staticQuantize(frame: Frame): void {
  const { count } = frame.numbers('count');
  const [x, y, factor] = [frame.floats('x'), frame.typed('y', 'i8'), frame.float('factor')];
  for (let i = 0; i < count; i++) {
    const value = Math.fround(x[i]! * factor);
    y[i] = Number.isNaN(value) ? 0 : Math.sign(value) * Math.min(Math.floor(Math.abs(value) + 0.5), 127);
  }
}
