import { VarKind } from '../../../../src/paddle/index.js';
import { int, text } from '../../../support/programs.js';
import { counted, fed, known, type OpCase, one } from './op-case.js';

const of = (
  type: string,
  x: readonly number[],
  y: readonly number[],
  values: readonly number[],
  dataType: number = VarKind.FP32,
  what = '',
) =>
  one(
    type,
    { X: [{ ...fed([x.length], x), dataType }], Y: [{ ...fed([y.length], y), dataType }] },
    {},
    [x.length],
    values,
    { what },
  );

/** [2, 3, 2] with a number a middle index. */
const cube = fed([2, 3, 2], counted(12, 0));
const PER_MIDDLE = [10, 11, 22, 23, 34, 35, 16, 17, 28, 29, 40, 41];

export const elementwise: readonly OpCase[] = [
  of('elementwise_add', [1, 2], [10, 20], [11, 22]),
  of('elementwise_sub', [1, 2], [10, 20], [-9, -18]),
  of('elementwise_mul', [1, 2], [10, 20], [10, 40]),
  of('elementwise_div', [1, 2], [4, 8], [0.25, 0.25]),
  of('elementwise_div', [-7, 7], [2, 2], [-3, 3], VarKind.INT32, 'integers truncate'),
  of('elementwise_max', [1, 5], [3, 4], [3, 5]),
  of('elementwise_min', [1, 5], [3, 4], [1, 4]),
  of('elementwise_pow', [2, 3], [3, 2], [8, 9]),
  of('elementwise_mod', [-7, 7], [3, 3], [2, 1], VarKind.INT32),
  of('elementwise_mod', [-7, 7.5], [3, 3], [2, 1.5], VarKind.FP32, 'real'),
  of('elementwise_floordiv', [-7, 7], [2, 2], [-4, 3], VarKind.INT64),
  one('elementwise_add', { X: [cube], Y: [known([3], [10, 20, 30])] }, { axis: int(1) }, [2, 3, 2], PER_MIDDLE, {
    what: 'axis 1',
  }),
  one('elementwise_add', { X: [cube], Y: [known([3, 1], [10, 20, 30])] }, { axis: int(1) }, [2, 3, 2], PER_MIDDLE, {
    what: 'axis 1, a one behind',
  }),
  one('elementwise_sub', { X: [fed([2], [1, 2])], Y: [fed([2, 2], counted(4))] }, {}, [2, 2], [0, 0, -2, -2], {
    what: 'X has the lower rank',
  }),
  one('elementwise_add', { X: [fed([2], [1, -5])], Y: [known([1], [1])] }, { act_type: text('relu') }, [2], [2, 0], {
    what: 'fused activation',
  }),
  one('sum', { X: [fed([2], [1, 2]), fed([2], [10, 20]), known([2], [100, 200])] }, {}, [2], [111, 222]),
  one('sum', { X: [fed([2], [1, 2])] }, {}, [2], [1, 2], { what: 'of one' }),
];
