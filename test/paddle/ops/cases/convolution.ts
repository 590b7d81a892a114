import { int, ints, text } from '../../../support/programs.js';
import { counted, fed, known, type OpCase, one } from './op-case.js';

/** 3 × 3 counted from 1, and a filter that adds a pixel and the one below it on the right. */
const IMAGE = counted(9);
const DIAGONAL = known([1, 1, 2, 2], [1, 0, 0, 1]);

function convolved(
  what: string,
  attributes: OpCase['attributes'],
  dims: readonly number[],
  values: readonly number[],
  more: OpCase['inputs'] = {},
): OpCase {
  const inputs = { Input: [fed([1, 1, 3, 3], IMAGE)], Filter: [DIAGONAL], ...more };
  return one('conv2d', inputs, attributes, dims, values, { what, slot: 'Output' });
}

const upsampled = {
  Input: [fed([1, 1, 2, 2], [1, 2, 3, 4])],
  Filter: [known([1, 1, 2, 2], [1, 10, 100, 1000])],
};
const BLOCKS = [
  [1, 10, 2, 20],
  [100, 1000, 200, 2000],
  [3, 30, 4, 40],
  [300, 3000, 400, 4000],
];
const WITH_MARGIN = [...BLOCKS.map((row) => [...row, 0]), [0, 0, 0, 0, 0]].flat();
const stride2 = { strides: ints(2, 2) };

export const convolution: readonly OpCase[] = [
  convolved('', {}, [1, 1, 2, 2], [6, 8, 12, 14]),
  convolved('paddings of four', { paddings: ints(1, 0, 0, 0) }, [1, 1, 3, 2], [2, 3, 6, 8, 12, 14]),
  convolved('paddings of two', { paddings: ints(0, 1) }, [1, 1, 2, 4], [4, 6, 8, 3, 7, 12, 14, 6]),
  convolved('dilated', { dilations: ints(2, 2) }, [1, 1, 1, 1], [10]),
  convolved('SAME', { padding_algorithm: text('SAME'), ...stride2 }, [1, 1, 2, 2], [6, 3, 7, 9]),
  convolved(
    'SAME ignores dilation',
    { padding_algorithm: text('SAME'), dilations: ints(2, 2) },
    [1, 1, 3, 3],
    [6, 8, 3, 12, 14, 6, 7, 8, 9],
  ),
  convolved('VALID', { padding_algorithm: text('VALID'), paddings: ints(5, 5) }, [1, 1, 2, 2], [6, 8, 12, 14]),
  convolved('AnyLayout', { data_format: text('AnyLayout') }, [1, 1, 2, 2], [6, 8, 12, 14]),
  convolved('Bias', {}, [1, 1, 2, 2], [7, 9, 13, 15], { Bias: [known([1], [1])] }),
  convolved('ResidualData', {}, [1, 1, 2, 2], [7, 10, 15, 18], { ResidualData: [fed([1, 1, 2, 2], counted(4))] }),
  convolved('NHWC', { data_format: text('NHWC') }, [1, 2, 2, 1], [6, 8, 12, 14], { Input: [fed([1, 3, 3, 1], IMAGE)] }),
  one(
    'depthwise_conv2d',
    { Input: [fed([1, 2, 1, 2], [1, 2, 3, 4])], Filter: [known([2, 1, 1, 1], [2, 3])] },
    { groups: int(2) },
    [1, 2, 1, 2],
    [2, 4, 9, 12],
    { slot: 'Output' },
  ),
  one('conv2d_transpose', upsampled, stride2, [1, 1, 4, 4], BLOCKS.flat(), { slot: 'Output' }),
  one('conv2d_transpose', upsampled, { ...stride2, output_padding: ints(1, 1) }, [1, 1, 5, 5], WITH_MARGIN, {
    what: 'output_padding',
    slot: 'Output',
  }),
  one('conv2d_transpose', upsampled, { ...stride2, output_size: ints(5, 5) }, [1, 1, 5, 5], WITH_MARGIN, {
    what: 'output_size',
    slot: 'Output',
  }),
  one(
    'depthwise_conv2d_transpose',
    { Input: [fed([1, 2, 1, 1], [1, 2])], Filter: [known([2, 1, 1, 2], [1, 2, 3, 4])] },
    { groups: int(2) },
    [1, 2, 1, 2],
    [1, 2, 6, 8],
    { slot: 'Output' },
  ),
];
