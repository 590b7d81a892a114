import { bool, float, int, text } from '../../../support/programs.js';
import { counted, fed, known, type OpCase, one } from './op-case.js';

/** [[1, 2, 3], [4, 5, 6]] · [[1, 2], [3, 4], [5, 6]] */
const PRODUCT = [22, 28, 49, 64];
const X = fed([2, 3], counted(6));
const Y = known([3, 2], counted(6));
/** [[1, 2, 3], [4, 5, 6]] and the transpose of [[1, 3, 5], [2, 4, 6]]. */
const Y_TURNED = [1, 3, 5, 2, 4, 6];

export const matrix: readonly OpCase[] = [
  one('mul', { X: [X], Y: [Y] }, {}, [2, 2], PRODUCT),
  one('mul', { X: [fed([1, 2, 3], counted(6))], Y: [Y] }, { x_num_col_dims: int(2) }, [1, 2, 2], PRODUCT, {
    what: 'x_num_col_dims 2',
  }),
  one('mul', { X: [fed([2, 3], counted(6))], Y: [known([3, 1, 2], counted(6))] }, {}, [2, 1, 2], PRODUCT, {
    what: 'Y of rank 3',
  }),
  one('mul', { X: [X], Y: [fed([3, 2], counted(6))] }, {}, [2, 2], PRODUCT, { what: 'Y computed' }),
  one('fc', { Input: [X], W: [Y], Bias: [known([1, 2], [1, -100])] }, {}, [2, 2], [23, -72, 50, -36]),
  one(
    'fc',
    { Input: [fed([1, 2, 3], counted(6))], W: [Y], Bias: [known([2], [1, -100])] },
    { in_num_col_dims: int(2), activation_type: text('relu') },
    [1, 2, 2],
    [23, 0, 50, 0],
    { what: 'relu' },
  ),
  one('matmul', { X: [X], Y: [Y] }, { alpha: float(2) }, [2, 2], [44, 56, 98, 128]),
  one('matmul', { X: [fed([3, 2], [1, 4, 2, 5, 3, 6])], Y: [Y] }, { transpose_X: bool(true) }, [2, 2], PRODUCT, {
    what: 'transpose_X',
  }),
  one('matmul', { X: [X], Y: [known([2, 3], Y_TURNED)] }, { transpose_Y: bool(true) }, [2, 2], PRODUCT, {
    what: 'transpose_Y',
  }),
  one('matmul', { X: [fed([3], counted(3))], Y: [fed([3], counted(3))] }, {}, [1], [14], { what: 'two vectors' }),
  one('matmul_v2', { X: [X], Y: [Y] }, {}, [2, 2], PRODUCT),
  one('matmul_v2', { X: [X], Y: [known([2, 3], Y_TURNED)] }, { trans_y: bool(true) }, [2, 2], PRODUCT, {
    what: 'trans_y',
  }),
  one('matmul_v2', { X: [fed([3], counted(3))], Y: [Y] }, {}, [2], [22, 28], { what: 'vector · matrix' }),
  one('matmul_v2', { X: [X], Y: [known([3], counted(3))] }, {}, [2], [14, 32], { what: 'matrix · vector' }),
  one('matmul_v2', { X: [fed([3], counted(3))], Y: [fed([3], counted(3))] }, {}, [], [14], {
    what: 'two vectors, rank 0 declared',
    declared: true,
  }),
  one('matmul_v2', { X: [fed([2, 1, 3], counted(6))], Y: [fed([1, 3, 2], counted(6))] }, {}, [2, 1, 2], PRODUCT, {
    what: 'batches broadcast',
  }),
  one('bmm', { X: [fed([2, 1, 2], counted(4))], Y: [fed([2, 2, 1], counted(4))] }, {}, [2, 1, 1], [5, 25]),
];
