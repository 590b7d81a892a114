import { bool, int, ints, long } from '../../../support/programs.js';
import { counted, fed, type OpCase, one } from './op-case.js';

const X = { X: [fed([2, 3], counted(6))] };
const whole = (values: readonly number[], what: string, attributes: OpCase['attributes']) =>
  one('reduce_sum', X, attributes, [1], values, { what });

export const reduction: readonly OpCase[] = [
  one('reduce_mean', X, {}, [3], [2.5, 3.5, 4.5], { what: 'axis 0 by default' }),
  one('reduce_mean', X, { dim: ints(-1), keep_dim: bool(true) }, [2, 1], [2, 5], { what: 'keep_dim' }),
  one('reduce_sum', X, { dim: ints(1) }, [2], [6, 15]),
  whole([21], 'reduce_all', { reduce_all: bool(true) }),
  whole([21], 'empty dim', { dim: ints() }),
  whole([21], 'every axis', { dim: ints(1, 0) }),
  one('reduce_sum', X, { reduce_all: bool(true) }, [], [21], { what: 'rank 0 declared', declared: true }),
  one('reduce_sum', X, { reduce_all: bool(true), keep_dim: bool(true) }, [1, 1], [21], { what: 'all, keep_dim' }),
  one('reduce_max', X, { dim: ints(0) }, [3], [4, 5, 6]),
  one('reduce_min', X, { dim: ints(0) }, [3], [1, 2, 3]),
  one('reduce_prod', X, { dim: ints(1) }, [2], [6, 120]),
  one('reduce_sum', { X: [fed([2, 2, 2], counted(8))] }, { dim: ints(0, 2) }, [2], [14, 22], {
    what: 'scattered axes',
  }),
  one('mean', X, {}, [1], [3.5]),
  one('arg_max', { X: [fed([2, 3], [1, 9, 9, 5, 4, 3])] }, { axis: long(-1) }, [2], [1, 0], {
    what: 'first of equals',
  }),
  one('arg_max', { X: [fed([2, 2], [1, 9, 5, 4])] }, { axis: long(0), keepdims: bool(true) }, [1, 2], [1, 0], {
    what: 'keepdims',
  }),
  one('arg_max', { X: [fed([2, 2], [1, 9, 5, 4])] }, { axis: long(0), flatten: bool(true), dtype: int(2) }, [1], [1], {
    what: 'flatten, int32',
  }),
];
