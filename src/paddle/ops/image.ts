import type { Importer, OpContext } from '../context.js';
import { backTo, channelsFirst, formatOf, imageSize } from './layout.js';

/**
 * Where an interpolation's size comes from, in Paddle's order, and the scale the program gives, which sets the ratios even
 * where OutSize sets the size.
 */
function interpolatedSize(c: OpContext, input: readonly number[]): { size: number[]; scale: number[] | undefined } {
  const tensors = c.inputs('SizeTensor');
  if (tensors.length > 0) return { size: tensors.flatMap((value) => c.integers(value)), scale: undefined };
  const given = scales(c);
  const scale = given.length > 0 && given.every((value) => value > 0) ? [given[0]!, given[1] ?? given[0]!] : undefined;
  const outSize = c.optional('OutSize');
  if (outSize !== undefined) return { size: c.integers(outSize), scale };
  if (scale) return { size: input.map((size, axis) => Math.trunc(Math.fround(size * scale[axis]!))), scale };
  return { size: [c.attributes.int('out_h', 0), c.attributes.int('out_w', 0)], scale };
}

function scales(c: OpContext): number[] {
  const tensor = c.optional('Scale');
  if (tensor === undefined) {
    const given = c.attributes.floats('scale', []);
    // The newer ops look at two numbers only.
    return c.type.endsWith('_v2') && given.length < 2 ? [] : given;
  }
  const constant = c.constantOf(tensor);
  if (constant === undefined) throw c.fail('needs its Scale at compile time');
  return Array.from(constant.data as ArrayLike<number>, Number);
}

const interpolate: Importer = (c) => {
  const method = c.attributes.text('interp_method', c.type.startsWith('nearest') ? 'nearest' : 'bilinear');
  if (method !== 'nearest' && method !== 'bilinear') throw c.fail(`has the unsupported interp_method '${method}'`);
  const format = formatOf(c, 'data_layout');
  const x = channelsFirst(c, c.input('X'), format);
  const input = imageSize(c, x);
  const { size, scale } = interpolatedSize(c, input);
  if (size.length !== 2 || size.some((value) => value < 1)) throw c.fail(`has no usable result size (${size})`);
  const alignCorners = c.attributes.bool('align_corners', true);
  const ratios = size.map((out, axis) => {
    const source = input[axis]!;
    if (out <= 1) return 0;
    if (alignCorners) return Math.fround((source - 1) / (out - 1));
    return scale && c.type.endsWith('_v2') ? Math.fround(1 / scale[axis]!) : Math.fround(source / out);
  });
  if (size[0] === input[0] && size[1] === input[1]) return c.output('Out', 'identity', [x], {}, ...backTo(format));
  const halfPixel = method === 'bilinear' && c.attributes.int('align_mode', 1) === 0;
  c.output('Out', 'resize', [x], { mode: method, size, ratios, alignCorners, halfPixel }, ...backTo(format));
};

/** Channels become pixels: [N, C·r², H, W] → [N, C, H·r, W·r]. */
const pixelShuffle: Importer = (c) => {
  const format = formatOf(c);
  const x = channelsFirst(c, c.input('X'), format);
  const [n = 0, channels = 0, h = 0, w = 0] = c.shapeOf(x);
  const r = c.attributes.int('upscale_factor', 1);
  if (r < 1 || channels % (r * r) !== 0) throw c.fail(`cannot shuffle ${channels} channels by ${r}`);
  const split = c.reshaped(x, [n, channels / (r * r), r, r, h, w]);
  const mixed = c.node('transpose', [split], { permutation: [0, 1, 4, 2, 5, 3] });
  c.output('Out', 'reshape', [mixed], { shape: [n, channels / (r * r), h * r, w * r] }, ...backTo(format));
};

/** Channels dealt out to groups: [N, g, C/g, H, W] with the middle axes exchanged. */
const shuffleChannel: Importer = (c) => {
  const x = c.input('X');
  const [n = 0, channels = 0, h = 0, w = 0] = c.shapeOf(x);
  const group = c.attributes.int('group', 1);
  if (group < 1 || channels % group !== 0) throw c.fail(`cannot deal ${channels} channels to ${group} groups`);
  const split = c.reshaped(x, [n, group, channels / group, h, w]);
  const mixed = c.node('transpose', [split], { permutation: [0, 2, 1, 3, 4] });
  c.output('Out', 'reshape', [mixed], { shape: [n, channels, h, w] });
};

const MODES = {
  constant: 'constant',
  reflect: 'reflect',
  edge: 'edge',
  replicate: 'edge',
  circular: 'circular',
} as const;

function padMode(c: OpContext): (typeof MODES)[keyof typeof MODES] {
  const mode = c.attributes.text('mode', 'constant');
  if (!Object.hasOwn(MODES, mode)) throw c.fail(`has the unsupported mode '${mode}'`);
  return MODES[mode as keyof typeof MODES];
}

function paddings(c: OpContext, count: number): number[] {
  const tensor = c.optional('Paddings');
  const values = tensor === undefined ? c.attributes.ints('paddings') : c.integers(tensor);
  if (values.length !== count || values.some((value) => value < 0))
    throw c.fail(`has the unusable paddings [${values}]`);
  return values;
}

const pad2d: Importer = (c) => {
  const [top = 0, bottom = 0, left = 0, right = 0] = paddings(c, 4);
  const last = formatOf(c) === 'NHWC';
  const around = (h: number, w: number) => (last ? [0, h, w, 0] : [0, 0, h, w]);
  const attributes = {
    before: around(top, left),
    after: around(bottom, right),
    mode: padMode(c),
    value: c.attributes.float('pad_value', 0),
  };
  c.output('Out', 'pad', [c.input('X')], attributes);
};

const pad3d: Importer = (c) => {
  const [left = 0, right = 0, top = 0, bottom = 0, front = 0, back = 0] = paddings(c, 6);
  const format = c.attributes.text('data_format', 'NCDHW');
  const around = (d: number, h: number, w: number) => (format === 'NDHWC' ? [0, d, h, w, 0] : [0, 0, d, h, w]);
  const attributes = {
    before: around(front, top, left),
    after: around(back, bottom, right),
    mode: padMode(c),
    value: c.attributes.float('value', 0),
  };
  c.output('Out', 'pad', [c.input('X')], attributes);
};

/** Padding pairs for every axis. */
const pad: Importer = (c) => {
  const x = c.input('X');
  const values = paddings(c, 2 * c.shapeOf(x).length);
  const before = values.filter((_, i) => i % 2 === 0);
  const after = values.filter((_, i) => i % 2 === 1);
  c.output('Out', 'pad', [x], { before, after, mode: 'constant', value: c.attributes.float('pad_value', 0) });
};

export const image: Readonly<Record<string, Importer>> = {
  nearest_interp: interpolate,
  nearest_interp_v2: interpolate,
  bilinear_interp: interpolate,
  bilinear_interp_v2: interpolate,
  pixel_shuffle: pixelShuffle,
  shuffle_channel: shuffleChannel,
  pad,
  pad2d,
  pad3d,
};
