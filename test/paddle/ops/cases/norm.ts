import { bool, float, int, text } from '../../../support/programs.js';
import { fed, known, type OpCase, one } from './op-case.js';

/** Two channels: (x − 1) / 2 · 3 + 4 and (x − 2) / 4 · 1 + 0, with an epsilon that makes the roots whole. */
const statistics = {
  Scale: [known([2], [3, 1])],
  Bias: [known([2], [4, 0])],
  Mean: [known([2], [1, 2])],
  Variance: [known([2], [3.5, 15.5])],
};
const inference = { is_test: bool(true), epsilon: float(0.5) };
const normed = (
  type: string,
  x: OpCase['inputs'][string][number],
  attributes: OpCase['attributes'],
  values: number[],
) => one(type, { X: [x], ...statistics }, { ...inference, ...attributes }, x.dims, values, { slot: 'Y' });
const softmaxed = (x: readonly number[]) => {
  const sum = x.reduce((total, value) => total + Math.exp(value), 0);
  return x.map((value) => Math.exp(value) / sum);
};

export const norm: readonly OpCase[] = [
  normed('batch_norm', fed([1, 2, 1, 2], [1, 3, 2, 6]), {}, [4, 7, 0, 1]),
  { ...normed('batch_norm', fed([1, 2], [3, 6]), {}, [7, 1]), what: 'rank 2' },
  {
    ...normed('batch_norm', fed([1, 1, 2, 2], [1, 2, 3, 6]), { data_layout: text('NHWC') }, [4, 0, 7, 1]),
    what: 'NHWC',
  },
  { ...normed('batch_norm', fed([1, 2], [-5, 6]), { fuse_with_relu: bool(true) }, [0, 1]), what: 'relu' },
  { ...normed('batch_norm', fed([1, 2], [3, 6]), { is_test: int(1) }, [7, 1]), what: 'is_test as a number' },
  normed('sync_batch_norm', fed([1, 2], [3, 6]), { is_test: bool(false), use_global_stats: bool(true) }, [7, 1]),
  one(
    'layer_norm',
    { X: [fed([2, 2], [1, 3, 2, 6])], Scale: [known([2], [2, 1])], Bias: [known([2], [0, 1])] },
    { epsilon: float(0) },
    [2, 2],
    [-2, 2, -2, 2],
    { slot: 'Y' },
  ),
  one('layer_norm', { X: [fed([1, 2, 2], [1, 1, 3, 3])] }, { epsilon: float(3) }, [1, 2, 2], [-0.5, -0.5, 0.5, 0.5], {
    what: 'no scale, no bias',
    slot: 'Y',
  }),
  one('softmax', { X: [fed([2, 2], [1, 2, 3, 5])] }, {}, [2, 2], [...softmaxed([1, 2]), ...softmaxed([3, 5])]),
  one(
    'softmax',
    { X: [fed([2, 2], [1, 2, 3, 5])] },
    { axis: int(0) },
    [2, 2],
    [softmaxed([1, 3])[0]!, softmaxed([2, 5])[0]!, softmaxed([1, 3])[1]!, softmaxed([2, 5])[1]!],
    { what: 'axis' },
  ),
  one('dropout', { X: [fed([2], [1, 2])] }, {}, [2], [0.5, 1]),
  one(
    'dropout',
    { X: [fed([2], [1, 2])] },
    { dropout_implementation: text('upscale_in_train'), dropout_prob: float(0.9) },
    [2],
    [1, 2],
    { what: 'upscale_in_train' },
  ),
];
