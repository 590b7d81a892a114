import { int, ints } from '../../../support/programs.js';
import { counted, fed, integers, type OpCase, one } from './op-case.js';

const moved = (
  type: string,
  from: readonly number[],
  attributes: OpCase['attributes'],
  to: readonly number[],
  what = '',
  more: OpCase['inputs'] = {},
) =>
  one(
    type,
    { X: [fed(from, counted(from.reduce((a, b) => a * b, 1)))], ...more },
    attributes,
    to,
    counted(to.reduce((a, b) => a * b, 1)),
    { what },
  );

const X = { X: [fed([1, 2], [1, 2])] };

export const shape: readonly OpCase[] = [
  moved('reshape', [2, 3], { shape: ints(3, 2) }, [3, 2]),
  moved('reshape2', [2, 3, 2], { shape: ints(0, -1) }, [2, 6], '0 and −1'),
  moved('reshape2', [2, 3], { shape: ints(9) }, [6], 'Shape beats the attribute', { Shape: [integers(6)] }),
  moved('reshape2', [2, 3], { shape: ints(9) }, [1, 6], 'ShapeTensor beats Shape', {
    Shape: [integers(6)],
    ShapeTensor: [integers(1), integers(6)],
  }),
  moved('flatten', [2, 3, 2], {}, [2, 6]),
  moved('flatten2', [2, 3, 2], { axis: int(2) }, [6, 2]),
  moved('flatten2', [2, 3], { axis: int(0) }, [1, 6], 'axis 0'),
  moved('flatten_contiguous_range', [2, 3, 2], { start_axis: int(0), stop_axis: int(-2) }, [6, 2]),
  moved('squeeze', [1, 2, 1], {}, [2], 'every 1'),
  moved('squeeze2', [1, 2, 1], { axes: ints(0) }, [2, 1]),
  moved('squeeze2', [1, 2], { axes: ints(1) }, [1, 2], 'not a 1: kept'),
  moved('unsqueeze', [2], { axes: ints(0) }, [1, 2]),
  moved('unsqueeze2', [2], { axes: ints(0, -1) }, [1, 2, 1], 'one after the other'),
  moved('assign', [2, 2], {}, [2, 2]),
  one('shape', { Input: [fed([3, 5])] }, {}, [2], [3, 5]),
  one('transpose', { X: [fed([2, 3], counted(6))] }, { axis: ints(1, 0) }, [3, 2], [1, 4, 2, 5, 3, 6]),
  one('transpose2', { X: [fed([1, 2, 2], counted(4))] }, { axis: ints(2, 0, 1) }, [2, 1, 2], [1, 3, 2, 4]),
  one('expand', X, { expand_times: ints(2, 1) }, [2, 2], [1, 2, 1, 2]),
  one('expand_v2', X, { shape: ints(2, 2, -1) }, [2, 2, 2], [1, 2, 1, 2, 1, 2, 1, 2]),
  one('expand_as_v2', X, { target_shape: ints(2, 2) }, [2, 2], [1, 2, 1, 2]),
  one('expand_as_v2', { ...X, Y: [fed([3, 2])] }, {}, [3, 2], [1, 2, 1, 2, 1, 2], { what: 'Y' }),
  one('tile', X, { repeat_times: ints(2) }, [1, 4], [1, 2, 1, 2]),
  one('tile', { X: [fed([2], [1, 2])] }, { repeat_times: ints(2, 1) }, [2, 2], [1, 2, 1, 2], { what: 'more axes' }),
];
