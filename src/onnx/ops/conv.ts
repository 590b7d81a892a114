import type { Importer, OpContext } from '../context.js';
import { type Geometry, halves, imageSize, padding, pair } from './window.js';

function geometry(c: OpContext, x: string, w: string): Geometry {
  const size = imageSize(c, x);
  const shape = c.shapeOf(w);
  if (shape.length !== 4) throw c.fail(`needs weights of rank 4, not [${shape}]`);
  const kernel = [shape[2]!, shape[3]!] as const;
  const declared = c.attributes.ints('kernel_shape', kernel);
  if (declared.length !== 2 || declared.some((value, axis) => value !== kernel[axis])) {
    throw c.fail(`has the kernel_shape [${declared}] for weights [${shape}]`);
  }
  return { size, kernel, strides: pair(c, 'strides', [1, 1]), dilations: pair(c, 'dilations', [1, 1]) };
}

const operands = (c: OpContext, x: string, w: string) => {
  const bias = c.optional(2);
  return bias === undefined ? [x, w] : [x, w, bias];
};

const conv: Importer = (c) => {
  const x = c.input(0);
  imageSize(c, x);
  const w = c.weight(1);
  const window = geometry(c, x, w);
  const { strides, dilations } = window;
  const groups = c.attributes.int('group', 1);
  c.output('conv2d', operands(c, x, w), { strides, pads: padding(c, window), dilations, groups });
};

const convTranspose: Importer = (c) => {
  const x = c.input(0);
  imageSize(c, x);
  const w = c.weight(1);
  const window = geometry(c, x, w);
  const { strides, dilations } = window;
  const groups = c.attributes.int('group', 1);
  c.output('conv2d_transpose', operands(c, x, w), { strides, dilations, groups, ...transposedPadding(c, window) });
};

/**
 * Padding and output padding. An output size (output_shape, or auto_pad SAME: input · stride) decides the total padding;
 * where that would be negative, rows and columns are added at the end.
 */
function transposedPadding(c: OpContext, window: Geometry): { pads: number[]; outputPadding: number[] } {
  const added = c.attributes.ints('output_padding', [0, 0]);
  if (added.length !== 2 || added.some((value) => value < 0)) throw c.fail(`has the output_padding [${added}]`);
  const auto = c.attributes.text('auto_pad', 'NOTSET');
  const same = auto === 'SAME_UPPER' || auto === 'SAME_LOWER';
  const wanted = c.attributes.has('output_shape')
    ? c.attributes.ints('output_shape').slice(-2)
    : same
      ? window.size.map((size, axis) => size * window.strides[axis]!)
      : undefined;
  if (wanted === undefined) return { pads: padding(c, window), outputPadding: added };
  if (wanted.length !== 2 || wanted.some((size) => !(size >= 1))) throw c.fail(`has the output_shape [${wanted}]`);
  const totals = wanted.map((size, axis) => {
    const span = window.dilations[axis]! * (window.kernel[axis]! - 1) + 1;
    return window.strides[axis]! * (window.size[axis]! - 1) + added[axis]! + span - size;
  });
  return {
    pads: totals.flatMap((total) => halves(Math.max(total, 0), auto === 'SAME_UPPER')),
    outputPadding: added.map((value, axis) => value + Math.max(-totals[axis]!, 0)),
  };
}

export const convolutions: Readonly<Record<string, Importer>> = { Conv: conv, ConvTranspose: convTranspose };
