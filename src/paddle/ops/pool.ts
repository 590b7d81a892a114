import type { AttributesOf, Importer, OpContext } from '../context.js';
import { backTo, channelsFirst, formatOf, imageSize, pair, window } from './layout.js';

type Pool = AttributesOf<'pool2d'>;

const pool2d: Importer = (c) => {
  const type = c.attributes.text('pooling_type');
  if (type !== 'max' && type !== 'avg') throw c.fail(`has the unknown pooling_type '${type}'`);
  if (type === 'max' && c.attributes.bool('adaptive', false)) {
    throw c.fail(
      "has adaptive = true with pooling_type 'max', where Paddle itself takes ksize for a window",
      'Adaptive max pooling is the op max_pool2d_with_index: export the model with adaptive_max_pool2d.',
    );
  }
  pool(c, type === 'max' ? 'max' : 'average');
};

function pool(c: OpContext, kind: Pool['kind']): void {
  const format = formatOf(c);
  const x = channelsFirst(c, c.input('X'), format);
  const size = imageSize(c, x);
  const global = c.attributes.bool('global_pooling', false);
  const adaptive = c.attributes.bool('adaptive', false);
  const ksize = global ? size : pair(c, 'ksize');
  const strides = global ? ([1, 1] as const) : pair(c, 'strides', [1, 1]);
  const attributes: Pool = {
    kind,
    ksize,
    strides,
    pads: global || adaptive ? [0, 0, 0, 0] : window(c, size, ksize, strides).pads,
    ceilMode: c.attributes.bool('ceil_mode', false),
    exclusive: c.attributes.bool('exclusive', true),
    adaptive,
  };
  const whole = c.legacy && kind === 'average' ? wholeWindows(size, attributes) : undefined;
  if (whole === undefined) {
    c.output('Out', 'pool2d', [x], attributes, ...backTo(format));
  } else {
    const padded = c.node('pad', [x], { ...whole, mode: 'constant', value: 0 });
    const inside: Pool = { ...attributes, pads: [0, 0, 0, 0], ceilMode: false };
    c.output('Out', 'pool2d', [padded], inside, ...backTo(format));
  }
}

/**
 * Paddle 1.x divides averages that count the padding by the whole window, even where it sticks out behind the padding; later
 * versions only by the part inside. Zeros that make every window lie inside, where the two differ.
 */
function wholeWindows(size: readonly number[], { ksize, strides, pads, ceilMode, exclusive, adaptive }: Pool) {
  if (exclusive || adaptive) return undefined;
  const ends = [0, 1].map((axis) => {
    const [before, after, stride] = [pads[2 * axis]!, pads[2 * axis + 1]!, strides[axis]!];
    const room = size[axis]! - ksize[axis]! + before + after;
    const steps = Math.trunc((room + (ceilMode ? stride - 1 : 0)) / stride);
    return steps * stride - before + ksize[axis]!;
  });
  if (ends.every((end, axis) => end <= size[axis]! + pads[2 * axis]!)) return undefined;
  const behind = ends.map((end, axis) => Math.max(end - size[axis]!, 0));
  return { before: [0, 0, pads[0]!, pads[2]!], after: [0, 0, ...behind] };
}

export const pooling: Readonly<Record<string, Importer>> = {
  pool2d,
  /** Its second output, where the maxima were, is not supported: a program that uses it is refused. */
  max_pool2d_with_index: (c) => pool(c, 'max'),
};
