import { VarKind } from '../../../../src/paddle/index.js';
import { float, int, ints, long, text } from '../../../support/programs.js';
import { counted, fed, integers, known, type OpCase, one, result } from './op-case.js';

const X = { X: [fed([2, 3], counted(6))] };
const Input = { Input: [fed([2, 3], counted(6))] };
const several = (type: string, what: string, attributes: OpCase['attributes'], results: OpCase['results']): OpCase => ({
  ...{ type, what, inputs: X, attributes, results },
  slot: type === 'unstack' ? 'Y' : 'Out',
});

export const selection: readonly OpCase[] = [
  one('concat', { X: [fed([2], [1, 2]), fed([1], [3]), known([1], [4])] }, {}, [4], counted(4)),
  one(
    'concat',
    { X: [fed([1, 1], [1]), fed([1, 1], [2])], AxisTensor: [integers(1)] },
    { axis: int(0) },
    [1, 2],
    [1, 2],
    {
      what: 'AxisTensor',
    },
  ),
  one('stack', { X: [fed([2], [1, 2]), fed([2], [3, 4])] }, { axis: int(-1) }, [2, 2], [1, 3, 2, 4], { slot: 'Y' }),
  several(
    'split',
    'num',
    { axis: int(1), num: int(3) },
    [0, 1, 2].map((i) => result([2, 1], [1 + i, 4 + i])),
  ),
  several('split', 'sections, −1', { axis: int(-1), sections: ints(1, -1) }, [
    result([2, 1], [1, 4]),
    result([2, 2], [2, 3, 5, 6]),
  ]),
  several('unstack', '', { axis: int(0) }, [result([3], [1, 2, 3]), result([3], [4, 5, 6])]),
  one('slice', Input, { axes: ints(1), starts: ints(1), ends: ints(2147483647) }, [2, 2], [2, 3, 5, 6]),
  one('slice', Input, { axes: ints(1), starts: ints(-2), ends: ints(-1) }, [2, 1], [2, 5], { what: 'from the end' }),
  one('slice', Input, { axes: ints(0), starts: ints(1), ends: ints(2), decrease_axis: ints(0) }, [3], [4, 5, 6], {
    what: 'decrease_axis',
  }),
  one(
    'slice',
    { Input: [fed([2], [1, 2])] },
    { axes: ints(0), starts: ints(1), ends: ints(2), decrease_axis: ints(0) },
    [],
    [2],
    { what: 'to rank 0, declared', declared: true },
  ),
  one(
    'slice',
    { ...Input, StartsTensor: [integers(2)], EndsTensorList: [integers(3)] },
    { axes: ints(1), starts: ints(0), ends: ints(1) },
    [2, 1],
    [3, 6],
    { what: 'tensors beat attributes' },
  ),
  one(
    'strided_slice',
    Input,
    { axes: ints(1), starts: ints(-1), ends: ints(-4), strides: ints(-2) },
    [2, 2],
    [3, 1, 6, 4],
  ),
  one('gather', { ...X, Index: [integers(1, 0, 1)] }, {}, [3, 3], [4, 5, 6, 1, 2, 3, 4, 5, 6]),
  one('gather', { ...X, Index: [{ ...integers(2), dims: [1, 1] }], Axis: [integers(1)] }, {}, [2, 1], [3, 6], {
    what: 'Axis',
  }),
  one(
    'lookup_table',
    { W: [known([3, 2], counted(6))], Ids: [{ ...fed([2, 1], [2, 0]), dataType: VarKind.INT64 }] },
    { padding_idx: long(-1) },
    [2, 2],
    [5, 6, 1, 2],
  ),
  one(
    'lookup_table_v2',
    { W: [known([3, 2], counted(6))], Ids: [{ ...fed([1, 2], [2, 0]), dataType: VarKind.INT64 }] },
    {},
    [1, 2, 2],
    [5, 6, 1, 2],
  ),
  one('cast', { X: [fed([3], [1.7, -1.7, 0])] }, { out_dtype: int(VarKind.INT32) }, [3], [1, -1, 0]),
  one('cast', { X: [fed([3], [1.7, -1.7, 0])] }, { out_dtype: int(VarKind.BOOL) }, [3], [1, 1, 0], { what: 'to bool' }),
  one('fill_constant', {}, { shape: ints(2), value: float(3) }, [2], [3, 3]),
  one(
    'fill_constant',
    {},
    { shape: ints(1), dtype: int(VarKind.INT64), value: float(0), str_value: text('7') },
    [1],
    [7],
    {
      what: 'str_value',
    },
  ),
  one(
    'fill_constant',
    { ValueTensor: [known([1], [4])], ShapeTensor: [integers(1, 2)] },
    { shape: ints(9), value: float(3) },
    [1, 2],
    [4, 4],
    { what: 'tensors beat attributes' },
  ),
  one('fill_constant_batch_size_like', Input, { shape: ints(-1, 2), value: float(1) }, [2, 2], [1, 1, 1, 1]),
  one('assign_value', {}, { shape: ints(2), dtype: int(VarKind.INT32), int32_values: ints(3, 4) }, [2], [3, 4]),
];
