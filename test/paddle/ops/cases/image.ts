import { bool, float, floats, int, ints, text } from '../../../support/programs.js';
import { counted, fed, integers, known, type OpCase, one } from './op-case.js';

const NINE = { X: [fed([1, 1, 3, 3], counted(9))] };
const TWO = { X: [fed([1, 1, 1, 2], [0, 1])] };
const pooled = (what: string, attributes: OpCase['attributes'], side: number, values: readonly number[]) =>
  one('pool2d', NINE, { pooling_type: text('avg'), ksize: ints(2, 2), ...attributes }, [1, 1, side, side], values, {
    what,
  });
const edges = { align_corners: bool(false) };

export const image: readonly OpCase[] = [
  pooled('', {}, 2, [3, 4, 6, 7]),
  pooled('max', { pooling_type: text('max') }, 2, [5, 6, 8, 9]),
  pooled('padded, exclusive', { strides: ints(2, 2), paddings: ints(1, 1) }, 2, [1, 2.5, 5.5, 7]),
  pooled(
    'padded, not exclusive',
    { strides: ints(2, 2), paddings: ints(1, 1), exclusive: bool(false) },
    2,
    [0.25, 1.25, 2.75, 7],
  ),
  pooled('ceil_mode', { strides: ints(2, 2), ceil_mode: bool(true) }, 2, [3, 4.5, 7.5, 9]),
  pooled('floor', { strides: ints(2, 2) }, 1, [3]),
  pooled('adaptive', { adaptive: bool(true), paddings: ints(9, 9) }, 2, [3, 4, 6, 7]),
  pooled('global', { global_pooling: bool(true), paddings: ints(1, 1) }, 1, [5]),
  pooled('SAME', { padding_algorithm: text('SAME') }, 3, [3, 4, 4.5, 6, 7, 7.5, 7.5, 8.5, 9]),
  one(
    'pool2d',
    { X: [fed([1, 2, 2, 1], counted(4))] },
    { pooling_type: text('max'), ksize: ints(2, 2), data_format: text('NHWC') },
    [1, 1, 1, 1],
    [4],
    { what: 'NHWC' },
  ),
  one('nearest_interp_v2', TWO, { scale: floats(2, 2), ...edges }, [1, 1, 2, 4], [0, 0, 1, 1, 0, 0, 1, 1]),
  one('nearest_interp', TWO, { out_h: int(1), out_w: int(4), ...edges }, [1, 1, 1, 4], [0, 0, 1, 1]),
  one('nearest_interp', TWO, { scale: float(2), ...edges }, [1, 1, 2, 4], [0, 0, 1, 1, 0, 0, 1, 1], { what: 'scale' }),
  one('bilinear_interp_v2', TWO, { out_h: int(1), out_w: int(3) }, [1, 1, 1, 3], [0, 0.5, 1], {
    what: 'align_corners',
  }),
  one(
    'bilinear_interp_v2',
    TWO,
    { out_h: int(1), out_w: int(4), align_mode: int(0), ...edges },
    [1, 1, 1, 4],
    [0, 0.25, 0.75, 1],
    { what: 'align_mode 0' },
  ),
  one('bilinear_interp_v2', TWO, { out_h: int(1), out_w: int(4), ...edges }, [1, 1, 1, 4], [0, 0.5, 1, 1], {
    what: 'align_mode 1',
  }),
  one(
    'bilinear_interp',
    { ...TWO, OutSize: [integers(1, 3)] },
    { out_h: int(7), out_w: int(7) },
    [1, 1, 1, 3],
    [0, 0.5, 1],
    { what: 'OutSize beats attributes' },
  ),
  one(
    'nearest_interp_v2',
    { ...TWO, SizeTensor: [integers(1), integers(4)], Scale: [known([1], [9])] },
    edges,
    [1, 1, 1, 4],
    [0, 0, 1, 1],
    { what: 'SizeTensor beats Scale' },
  ),
  one('pixel_shuffle', { X: [fed([1, 4, 1, 1], counted(4))] }, { upscale_factor: int(2) }, [1, 1, 2, 2], counted(4)),
  one('shuffle_channel', { X: [fed([1, 4, 1, 1], counted(4))] }, { group: int(2) }, [1, 4, 1, 1], [1, 3, 2, 4]),
  one('pad', { X: [fed([2], [1, 2])] }, { paddings: ints(1, 2), pad_value: float(7) }, [5], [7, 1, 2, 7, 7]),
  one(
    'pad2d',
    { X: [fed([1, 1, 1, 2], [1, 2])] },
    { paddings: ints(1, 0, 0, 1), pad_value: float(9) },
    [1, 1, 2, 3],
    [9, 9, 9, 1, 2, 9],
  ),
  one(
    'pad2d',
    { X: [fed([1, 1, 1, 3], counted(3))] },
    { paddings: ints(0, 0, 1, 1), mode: text('reflect') },
    [1, 1, 1, 5],
    [2, 1, 2, 3, 2],
    { what: 'reflect' },
  ),
  one(
    'pad2d',
    { X: [fed([1, 1, 2, 1], [1, 2])] },
    { paddings: ints(0, 0, 1, 1), mode: text('edge'), data_format: text('NHWC') },
    [1, 1, 4, 1],
    [1, 1, 2, 2],
    { what: 'edge, NHWC' },
  ),
  one(
    'pad3d',
    { X: [fed([1, 1, 1, 1, 2], [1, 2])] },
    { paddings: ints(1, 0, 0, 1, 0, 0), value: float(5) },
    [1, 1, 1, 2, 3],
    [5, 1, 2, 5, 5, 5],
  ),
  one(
    'pad3d',
    { X: [fed([1, 1, 2, 1, 1], [1, 2])] },
    { paddings: ints(0, 0, 0, 0, 0, 1), mode: text('replicate') },
    [1, 1, 3, 1, 1],
    [1, 2, 2],
    { what: 'replicate' },
  ),
];
