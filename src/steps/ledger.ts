/**
 * The step ledger: everything a board can execute, and the exact layout of each step's record in a program file. The
 * C header `kernels/core/program.h` is generated from this file (`npm run generate`), its `ED_ABI` is a hash of it, and
 * a test fails when the header is stale.
 *
 * A field is 4 bytes: `ref` (an operand's address), `u32`, `i32`, `f32`; `u32[n]`/`i32[n]` are arrays. Images are NHWC:
 * element (n, y, x, c) of a tensor stands at ((n·H + y)·W + x)·C + c. All strides are in elements unless a name says bytes.
 */
export type FieldType = 'ref' | 'u32' | 'i32' | 'f32' | `u32[${number}]` | `i32[${number}]`;

export type StepName = keyof typeof STEPS;

/** Shared tail of steps with a fused activation: `activation` is 0 for none, else 1 + index in ACTIVATION_KINDS. */
const activation = { activation: 'u32', act_a: 'f32', act_b: 'f32', act_c: 'f32' } as const;

export const MAX_RANK = 8;

// biome-ignore format: a record reads as a table, its lines are its parts.
export const STEPS = {
  /**
   * Convolution, fully connected layer and one phase of a transposed convolution: for each of n images, oh × ow pixels of
   * `co` channels per group. y = act(x ∗ w · scale + bias + residual). A fully connected layer is ih = iw = 1 … ow = rows.
   *
   * Weights are packed for the path's GEMM tile (nr columns, kr values deep): per group, per panel of nr output channels,
   * per tap (kh·kw, row-major), ceil(ci/kr) blocks of nr × kr values; missing values are 0. With panels = ceil(co/nr), the
   * value of (group g, channel c, tap t, depth k) stands at
   *   (((g·panels + ⌊c/nr⌋)·kh·kw + t)·ceil(ci/kr) + ⌊k/kr⌋)·nr·kr + (c mod nr)·kr + (k mod kr)
   * and bias, scale and sums, which hold groups·panels·nr values, at g·panels·nr + c. `weight_type`: 0 f32, 1 i8, 2 i16. `input_type`: 0 f32, 1 i8 (quantised at run time:
   * `x_params` → {f32 scale; i32 zero_point}; then weights are i8 and `sums` holds Σ w per output channel as i32).
   * Pixel (b, oy, ox) of the result starts at y + b·y_batch + oy·y_row + ox·y_pixel, of residual likewise with its own.
   * `block_rows`: pixels handled before the next weight panel is taken up (chosen for the cache).
   */
  conv2d: {
    x: 'ref', w: 'ref', bias: 'ref', scale: 'ref', sums: 'ref', x_params: 'ref', residual: 'ref', y: 'ref',
    n: 'u32', ih: 'u32', iw: 'u32', ci: 'u32', oh: 'u32', ow: 'u32', co: 'u32', groups: 'u32',
    kh: 'u32', kw: 'u32', stride_h: 'u32', stride_w: 'u32', pad_top: 'i32', pad_left: 'i32', dilation_h: 'u32', dilation_w: 'u32',
    x_pixel: 'u32', y_batch: 'u32', y_row: 'u32', y_pixel: 'u32', r_batch: 'u32', r_row: 'u32', r_pixel: 'u32',
    weight_type: 'u32', input_type: 'u32', block_rows: 'u32', ...activation,
  },
  /** One filter per channel, always computed in fp32. w: [kh·kw][c] of weight_type; scale: [c] or absent; bias: [c]. */
  depthwise_conv2d: {
    x: 'ref', w: 'ref', bias: 'ref', scale: 'ref', residual: 'ref', y: 'ref',
    n: 'u32', ih: 'u32', iw: 'u32', c: 'u32', oh: 'u32', ow: 'u32', kh: 'u32', kw: 'u32',
    stride_h: 'u32', stride_w: 'u32', pad_top: 'i32', pad_left: 'i32', dilation_h: 'u32', dilation_w: 'u32',
    weight_type: 'u32', ...activation,
  },
  /**
   * Dynamic quantisation: range of x (with 0, without NaN) → params {f32 scale; i32 zero_point}, y[i] = clamp(round(x[i] ·
   * (1/scale)) + zp, −128, 127). Every operation rounds to f32, the reciprocal too; round takes ties to even. A scale that
   * would not be a normal number is 1; NaN becomes zp.
   */
  quantize: { x: 'ref', y: 'ref', params: 'ref', count: 'u32' },
  /**
   * Quantisation with a scale of the model: y[i] = x[i] · factor (one rounding to f32), halves rounded away from zero, within
   * ±127; NaN becomes 0.
   */
  static_quantize: { x: 'ref', y: 'ref', count: 'u32', factor: 'f32' },
  /** y[b] = alpha · x[b] · y[b] for batches in up to 4 dimensions; strides in elements, 0 = broadcast. out is contiguous. */
  matmul: {
    x: 'ref', y: 'ref', out: 'ref', m: 'u32', n: 'u32', k: 'u32', batch: 'u32[4]', x_batch: 'u32[4]', y_batch: 'u32[4]',
    x_row: 'u32', x_col: 'u32', y_row: 'u32', y_col: 'u32', alpha: 'f32', ...activation,
  },
  /** y = act(x · a[c] + b[c]) over [outer][c][inner]. */
  affine: { x: 'ref', a: 'ref', b: 'ref', y: 'ref', outer: 'u32', c: 'u32', inner: 'u32', ...activation },
  /** kind: index in BINARY_KINDS; dtype: 0 f32, 1 i32, 2 i64 (the last two without activation). out is contiguous. */
  binary: {
    x: 'ref', y: 'ref', out: 'ref', kind: 'u32', dtype: 'u32', rank: 'u32', dims: 'u32[8]', x_strides: 'u32[8]', y_strides: 'u32[8]',
    ...activation,
  },
  unary: { x: 'ref', y: 'ref', count: 'u32', ...activation },
  /** y = x > 0 ? x : alpha[c]·x over [outer][c][inner]. */
  prelu: { x: 'ref', alpha: 'ref', y: 'ref', outer: 'u32', c: 'u32', inner: 'u32' },
  softmax: { x: 'ref', y: 'ref', outer: 'u32', n: 'u32', inner: 'u32' },
  /**
   * NHWC. kind: 0 max, 1 average. Windows as Paddle cuts them: start = o·stride − pad; end = min(start + k, in + pad), then
   * clipped to the image; adaptive windows are floor(o·in/out) … ceil((o+1)·in/out). exclusive: divide by the clipped area.
   */
  pool2d: {
    x: 'ref', y: 'ref', kind: 'u32', n: 'u32', ih: 'u32', iw: 'u32', c: 'u32', oh: 'u32', ow: 'u32', kh: 'u32', kw: 'u32',
    stride_h: 'u32', stride_w: 'u32', pad_top: 'i32', pad_left: 'i32', exclusive: 'u32', adaptive: 'u32',
  },
  /** NHWC. mode: 0 nearest, 1 bilinear. ratio as in Paddle; align_corners, half_pixel as flags. */
  resize: {
    x: 'ref', y: 'ref', mode: 'u32', n: 'u32', ih: 'u32', iw: 'u32', c: 'u32', oh: 'u32', ow: 'u32',
    ratio_h: 'f32', ratio_w: 'f32', align_corners: 'u32', half_pixel: 'u32',
  },
  /** Strided copy: transposes, slices, concatenations, tiles. x_strides may be 0 or negative; element size in bytes 1, 2, 4, 8. */
  copy: { x: 'ref', y: 'ref', element: 'u32', rank: 'u32', dims: 'u32[8]', x_strides: 'i32[8]', y_strides: 'u32[8]' },
  /** count elements of `element` bytes with the bit pattern (low, high). */
  fill: { y: 'ref', element: 'u32', count: 'u32', low: 'u32', high: 'u32' },
  /** f32 padding of a row-major tensor. mode: 0 constant, 1 reflect, 2 edge, 3 circular. dims are x's. */
  pad: {
    x: 'ref', y: 'ref', mode: 'u32', value: 'f32', rank: 'u32', dims: 'u32[8]', before: 'u32[8]', after: 'u32[8]',
  },
  /** Types: index in DTYPES. */
  cast: { x: 'ref', y: 'ref', count: 'u32', from: 'u32', to: 'u32' },
  /** First maximum over [outer][n][inner]; y_type: index in DTYPES (i32 or i64). */
  arg_max: { x: 'ref', y: 'ref', outer: 'u32', n: 'u32', inner: 'u32', y_type: 'u32' },
  /** kind: 0 mean, 1 sum, 2 max, 3 min, 4 prod over n of [outer][n][inner], f32. */
  reduce: { x: 'ref', y: 'ref', kind: 'u32', outer: 'u32', n: 'u32', inner: 'u32' },
  /** Over rows of n values, population variance; scale and bias [n] may be absent. */
  layer_norm: { x: 'ref', scale: 'ref', bias: 'ref', y: 'ref', rows: 'u32', n: 'u32', epsilon: 'f32' },
  /** y[o][i] = x[o][indices[i]], slices of `inner_bytes`; index_type: index in DTYPES. An index out of range reads slice 0 … n−1 clamped. */
  gather: {
    x: 'ref', indices: 'ref', y: 'ref', outer: 'u32', n: 'u32', inner_bytes: 'u32', count: 'u32', index_type: 'u32',
  },
} as const satisfies Record<string, Record<string, FieldType>>;

export const BINARY_KINDS = ['add', 'sub', 'mul', 'div', 'max', 'min', 'pow', 'mod', 'floordiv'] as const;
export type BinaryKind = (typeof BINARY_KINDS)[number];

export const DTYPES = ['f32', 'f64', 'i8', 'u8', 'i16', 'i32', 'i64', 'bool'] as const;

/** Paths in the order of the ladder; a program names the one its weights are packed for. */
export const PATHS = ['ref', 'neon', 'dotprod', 'i8mm'] as const;
export type Path = (typeof PATHS)[number];

/** GEMM tile of a path: `nr` output channels and `kr` consecutive input channels are packed together. */
export interface Tile {
  readonly mr: number;
  readonly nr: number;
  readonly kr: number;
}

/**
 * Tiles by architecture and path. f32 (also int8w and int16w, which compute in f32) and s8 (integer arithmetic). The C side
 * states the same beside its kernels, and a kernel check compares.
 */
export const TILES: Readonly<
  Record<'arm' | 'aarch64' | 'x86_64', Readonly<Partial<Record<Path, { f32: Tile; s8: Tile }>>>>
> = {
  arm: {
    ref: { f32: { mr: 4, nr: 8, kr: 1 }, s8: { mr: 2, nr: 4, kr: 16 } },
    neon: { f32: { mr: 4, nr: 8, kr: 1 }, s8: { mr: 2, nr: 4, kr: 16 } },
  },
  aarch64: {
    ref: { f32: { mr: 8, nr: 8, kr: 1 }, s8: { mr: 4, nr: 4, kr: 16 } },
    neon: { f32: { mr: 8, nr: 8, kr: 1 }, s8: { mr: 4, nr: 4, kr: 16 } },
    dotprod: { f32: { mr: 8, nr: 8, kr: 1 }, s8: { mr: 8, nr: 8, kr: 4 } },
    i8mm: { f32: { mr: 8, nr: 8, kr: 1 }, s8: { mr: 8, nr: 8, kr: 8 } },
  },
  x86_64: {
    ref: { f32: { mr: 4, nr: 8, kr: 1 }, s8: { mr: 4, nr: 8, kr: 4 } },
  },
};
