import { binaryFunction } from '../../../src/ops/binary.js';
import { BINARY_KINDS, DTYPES } from '../../../src/steps/ledger.js';
import type { AnyArray, Frame } from './frame.js';
import { forEachOffset } from './movement.js';

export function unary(frame: Frame): void {
  const { count } = frame.numbers('count');
  const [x, y, activate] = [frame.floats('x'), frame.floats('y'), frame.activation()];
  for (let i = 0; i < count; i++) y[i] = activate(x[i]!);
}

export function affine(frame: Frame): void {
  const [x, y, a, b] = ['x', 'y', 'a', 'b'].map((field) => frame.floats(field)) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const activate = frame.activation();
  perChannel(frame, (i, c) => {
    y[i] = activate(x[i]! * a[c]! + b[c]!);
  });
}

export function prelu(frame: Frame): void {
  const [x, y, alpha] = [frame.floats('x'), frame.floats('y'), frame.floats('alpha')];
  perChannel(frame, (i, c) => {
    y[i] = x[i]! > 0 ? x[i]! : alpha[c]! * x[i]!;
  });
}

function perChannel(frame: Frame, visit: (index: number, channel: number) => void): void {
  const { outer, c, inner } = frame.numbers('outer', 'c', 'inner');
  for (let i = 0; i < outer * c * inner; i++) visit(i, Math.floor(i / inner) % c);
}

export function binary(frame: Frame): void {
  const { kind, dtype, rank } = frame.numbers('kind', 'dtype', 'rank');
  const type = (['f32', 'i32', 'i64'] as const)[dtype]!;
  const apply = binaryFunction(BINARY_KINDS[kind]!, type !== 'f32');
  const activate = type === 'f32' ? frame.activation() : Math.trunc;
  const [x, y, out] = [frame.typed('x', type), frame.typed('y', type), frame.typed('out', type)];
  const dims = frame.list('dims').slice(0, rank);
  forEachOffset(dims, [frame.list('x_strides'), frame.list('y_strides')], (index, [from = 0, other = 0]) => {
    store(out, index, activate(apply(Number(x[from]), Number(y[other]))));
  });
}

export function cast(frame: Frame): void {
  const { count, from, to } = frame.numbers('count', 'from', 'to');
  const [x, y] = [frame.typed('x', DTYPES[from]!), frame.typed('y', DTYPES[to]!)];
  for (let i = 0; i < count; i++) {
    const value = Number(x[i]);
    store(y, i, DTYPES[to] === 'bool' ? Number(value !== 0) : value);
  }
}

function store(array: AnyArray, index: number, value: number): void {
  if (array instanceof BigInt64Array) array[index] = BigInt(Math.trunc(value));
  else array[index] = value;
}

/** Calls back for every line of n values along the middle axis: `at(i)` is the index of its i-th. */
function forEachLine(frame: Frame, visit: (line: number, n: number, at: (i: number) => number) => void): void {
  const { outer, n, inner } = frame.numbers('outer', 'n', 'inner');
  for (let line = 0; line < outer * inner; line++) {
    const start = Math.floor(line / inner) * n * inner + (line % inner);
    visit(line, n, (i) => start + i * inner);
  }
}

export function softmax(frame: Frame): void {
  const [x, y] = [frame.floats('x'), frame.floats('y')];
  forEachLine(frame, (_, n, at) => {
    let largest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < n; i++) largest = Math.max(largest, x[at(i)]!);
    let sum = 0;
    for (let i = 0; i < n; i++) sum += Math.exp(x[at(i)]! - largest);
    for (let i = 0; i < n; i++) y[at(i)] = Math.exp(x[at(i)]! - largest) / sum;
  });
}

export function argMax(frame: Frame): void {
  const { y_type } = frame.numbers('y_type');
  const [x, y] = [frame.floats('x'), frame.typed('y', DTYPES[y_type]!)];
  forEachLine(frame, (line, n, at) => {
    let best = 0;
    for (let i = 1; i < n; i++) if (x[at(i)]! > x[at(best)]!) best = i;
    store(y, line, best);
  });
}

export function reduce(frame: Frame): void {
  const { kind } = frame.numbers('kind');
  const [x, y] = [frame.floats('x'), frame.floats('y')];
  const start = [0, 0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 1][kind]!;
  const combine = [
    (a: number, b: number) => a + b,
    (a: number, b: number) => a + b,
    Math.max,
    Math.min,
    (a: number, b: number) => a * b,
  ][kind]!;
  forEachLine(frame, (line, n, at) => {
    let value = start;
    for (let i = 0; i < n; i++) value = combine(value, x[at(i)]!);
    y[line] = kind === 0 ? value / n : value;
  });
}

export function layerNorm(frame: Frame): void {
  const { rows, n } = frame.numbers('rows', 'n');
  const [x, y, scale, bias] = [
    frame.floats('x'),
    frame.floats('y'),
    frame.optionalFloats('scale'),
    frame.optionalFloats('bias'),
  ];
  for (let row = 0; row < rows; row++) {
    const line = x.subarray(row * n, (row + 1) * n);
    const mean = line.reduce((sum, value) => sum + value, 0) / n;
    const variance = line.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n;
    const factor = 1 / Math.sqrt(variance + frame.float('epsilon'));
    for (let i = 0; i < n; i++) y[row * n + i] = (line[i]! - mean) * factor * (scale?.[i] ?? 1) + (bias?.[i] ?? 0);
  }
}
