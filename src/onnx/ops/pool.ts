import type { Importer, OpContext } from '../context.js';
import { type Geometry, imageSize, padding, pair } from './window.js';

interface Axis {
  readonly before: number;
  readonly after: number;
}

/**
 * Padding behind that gives ONNX's number of results by rounding down. With ceil_mode a last window may stick out, but it
 * must begin inside the image or the padding in front of it.
 */
function reached(c: OpContext, window: Geometry, axis: 0 | 1, { before, after }: Axis): Axis {
  const [size, kernel, stride] = [window.size[axis], window.kernel[axis], window.strides[axis]];
  if (before >= kernel || after >= kernel) throw c.fail(`pads by [${before}, ${after}], as much as its window`);
  const room = size + before + after - kernel;
  const down = Math.floor(room / stride) + 1;
  if (!c.attributes.bool('ceil_mode', false)) return { before, after };
  const up = Math.ceil(room / stride) + 1;
  const outputs = (up - 1) * stride >= size + before ? up - 1 : up;
  return { before, after: outputs === down ? after : (outputs - 1) * stride + kernel - size - before };
}

const pool =
  (kind: 'max' | 'average'): Importer =>
  (c) => {
    let x = c.input(0);
    const size = imageSize(c, x);
    const window = { size, kernel: pair(c, 'kernel_shape'), strides: pair(c, 'strides', [1, 1]) };
    const dilations = pair(c, 'dilations', [1, 1]);
    if (dilations.some((value) => value !== 1))
      throw c.fail(`has the attribute dilations = [${dilations}], not supported`);
    const geometry = { ...window, dilations };
    const [top = 0, bottom = 0, left = 0, right = 0] = padding(c, geometry);
    let rows = reached(c, geometry, 0, { before: top, after: bottom });
    let columns = reached(c, geometry, 1, { before: left, after: right });
    const counted = kind === 'average' && c.attributes.bool('count_include_pad', false);
    if (counted && top + bottom + left + right > 0) {
      // Padding that counts is part of the image; what ceil_mode adds is not.
      x = c.node('pad', [x], { before: [0, 0, top, left], after: [0, 0, bottom, right], mode: 'constant', value: 0 });
      rows = { before: 0, after: rows.after - bottom };
      columns = { before: 0, after: columns.after - right };
    }
    c.output('pool2d', [x], {
      kind,
      ksize: window.kernel,
      strides: window.strides,
      pads: [rows.before, rows.after, columns.before, columns.after],
      ceilMode: false,
      exclusive: true,
      adaptive: false,
    });
  };

/** Images of any rank: what is no picture is reduced. */
const globalPool =
  (kind: 'max' | 'average'): Importer =>
  (c) => {
    const x = c.input(0);
    const shape = c.shapeOf(x);
    if (shape.length !== 4) {
      const axes = shape.map((_, axis) => axis).slice(2);
      return c.output('reduce', [x], { kind: kind === 'max' ? 'max' : 'mean', axes, keepDims: true });
    }
    c.output('pool2d', [x], {
      kind,
      ksize: shape.slice(2),
      strides: [1, 1],
      pads: [0, 0, 0, 0],
      ceilMode: false,
      exclusive: true,
      adaptive: false,
    });
  };

export const pools: Readonly<Record<string, Importer>> = {
  MaxPool: pool('max'),
  AveragePool: pool('average'),
  GlobalMaxPool: globalPool('max'),
  GlobalAveragePool: globalPool('average'),
};
