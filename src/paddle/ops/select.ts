import { type Step, step } from '../../ops/chain.js';
import type { Importer, OpContext } from '../context.js';
import { scalarInput } from './activation.js';
import { listOf } from './shape.js';

const concat: Importer = (c) => {
  const inputs = c.inputs('X');
  const rank = c.shapeOf(inputs[0] ?? c.input('X')).length;
  const axis = c.axis(scalarInput(c, 'AxisTensor') ?? c.attributes.int('axis', 0), rank);
  if (inputs.length === 1) return c.output('Out', 'identity', inputs, {});
  c.output('Out', 'concat', inputs, { axis });
};

/** New axis, then one after the other. */
const stack: Importer = (c) => {
  const inputs = c.inputs('X');
  const shape = c.shapeOf(inputs[0] ?? c.input('X'));
  const axis = c.axis(c.attributes.int('axis', 0), shape.length + 1);
  const lifted = inputs.map((value) => c.node('reshape', [value], { shape: shape.toSpliced(axis, 0, 1) }));
  c.output('Y', 'concat', lifted, { axis });
};

const split: Importer = (c) => {
  const x = c.input('X');
  const shape = c.shapeOf(x);
  const axis = c.axis(scalarInput(c, 'AxisTensor') ?? c.attributes.int('axis', 0), shape.length);
  const outputs = c.outputCount('Out');
  const sizes = splitSizes(c, shape[axis]!, outputs);
  if (sizes.length !== outputs) throw c.fail(`makes ${sizes.length} parts for ${outputs} outputs`);
  let start = 0;
  sizes.forEach((size, index) => {
    c.outputAt('Out', index, 'slice', [x], { axes: [axis], starts: [start], ends: [start + size], steps: [1] });
    start += size;
  });
};

function splitSizes(c: OpContext, total: number, outputs: number): number[] {
  const count = c.attributes.int('num', 0);
  if (count > 0) {
    if (total % count !== 0) throw c.fail(`cannot split ${total} into ${count} equal parts`);
    if (count !== outputs) throw c.fail(`makes ${count} parts for ${outputs} outputs`);
    return new Array<number>(count).fill(total / count);
  }
  const tensors = c.inputs('SectionsTensorList');
  const sizes = tensors.length > 0 ? tensors.flatMap((value) => c.integers(value)) : c.attributes.ints('sections', []);
  const known = sizes.filter((size) => size >= 0).reduce((a, b) => a + b, 0);
  const result = sizes.map((size) => (size === -1 ? total - known : size));
  if (result.some((size) => size < 0) || result.reduce((a, b) => a + b, 0) !== total)
    throw c.fail(`cannot split ${total} into [${sizes}]`);
  return result;
}

const unstack: Importer = (c) => {
  const x = c.input('X');
  const shape = c.shapeOf(x);
  const axis = c.axis(c.attributes.int('axis', 0), shape.length);
  for (let i = 0; i < c.outputCount('Y'); i++) {
    const attributes = { axes: [axis], starts: [i], ends: [i + 1], steps: [1] };
    c.outputAt('Y', i, 'slice', [x], attributes, step('reshape', [], { shape: shape.toSpliced(axis, 1) }));
  }
};

/**
 * Start and end as Paddle clamps them for a step. The end of a backward slice: −1 is "past the first" (Python's None), other
 * negative ones count from the end, and those before the first are the first, or (`legacy`, Paddle 1.x) past it.
 */
function bounds(start: number, end: number, stride: number, size: number, legacy: boolean): [number, number] {
  const clampTo = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);
  if (stride > 0) {
    const first = clampTo(start < 0 ? start + size : start, 0, size);
    return [first, Math.max(first, clampTo(end < 0 ? end + size : end, 0, size))];
  }
  const first = clampTo(start < 0 ? start + size : start, -1, size - 1);
  const last = Math.min(first, end === -1 ? -1 : clampTo(end < 0 ? end + size : end, legacy ? -1 : 0, size - 1));
  // Paddle 1.x counts the steps from the last element.
  return [legacy && last < first ? first - ((first - last - 1) % -stride) : first, last];
}

function sliceLike(c: OpContext, strided: boolean): void {
  const x = c.input('Input');
  const shape = c.shapeOf(x);
  const axes = c.attributes.ints('axes').map((axis) => c.axis(axis, shape.length));
  if (new Set(axes).size < axes.length) throw c.fail(`cuts an axis twice: axes [${axes}]`);
  const starts = listOf(c, 'StartsTensor', 'StartsTensorList', 'starts');
  const ends = listOf(c, 'EndsTensor', 'EndsTensorList', 'ends');
  const steps = strided ? listOf(c, 'StridesTensor', 'StridesTensorList', 'strides') : axes.map(() => 1);
  if (
    starts.length !== axes.length ||
    ends.length !== axes.length ||
    steps.length !== axes.length ||
    steps.includes(0)
  ) {
    throw c.fail(
      `has lists of different lengths: axes [${axes}], starts [${starts}], ends [${ends}], strides [${steps}]`,
    );
  }
  const ranges = axes.map((axis, i) => bounds(starts[i]!, ends[i]!, steps[i]!, shape[axis]!, c.legacy));
  const sizes = [...shape];
  axes.forEach((axis, i) => {
    sizes[axis] = Math.max(0, Math.ceil((ranges[i]![1] - ranges[i]![0]) / steps[i]!));
  });
  if (sizes.includes(0)) throw c.fail(`leaves nothing of [${shape}]`);
  const dropped = c.attributes.ints('decrease_axis', []).map((axis) => c.axis(axis, shape.length));
  const then: Step[] = [];
  if (dropped.length > 0) {
    const kept = sizes.filter((_, axis) => !dropped.includes(axis));
    then.push(step('reshape', [], { shape: kept.length === 0 && c.declaredRank('Out') !== 0 ? [1] : kept }));
  }
  const attributes = { axes, starts: ranges.map(([start]) => start), ends: ranges.map(([, end]) => end), steps };
  c.output('Out', 'slice', [x], attributes, ...then);
}

/** The elements along some axes in reverse. */
const flip: Importer = (c) => {
  const x = c.input('X');
  const shape = c.shapeOf(x);
  const axes = c.attributes.ints('axis').map((axis) => c.axis(axis, shape.length));
  const attributes = {
    axes,
    starts: axes.map((axis) => shape[axis]! - 1),
    ends: axes.map(() => -1),
    steps: axes.map(() => -1),
  };
  c.output('Out', 'slice', [x], attributes);
};

const gather: Importer = (c) => {
  const x = c.input('X');
  const axis = c.axis(scalarInput(c, 'Axis') ?? c.attributes.int('axis', 0), c.shapeOf(x).length);
  const index = c.input('Index');
  const shape = c.shapeOf(index);
  // [n, 1] counts as [n].
  const flat = shape.length === 2 && shape[1] === 1 ? c.reshaped(index, [shape[0]!]) : index;
  c.output('Out', 'gather', [x, flat], { axis });
};

/** Rows of a table; the oldest form carries a last dimension of 1 that goes away. */
function embedding(c: OpContext, dropLast: boolean): void {
  const [table, ids] = [c.input('W'), c.input('Ids')];
  const padding = c.attributes.int('padding_idx', -1);
  const shape = c.shapeOf(ids);
  const rows = padding === -1 ? table : withoutRow(c, table, padding);
  c.output('Out', 'gather', [rows, dropLast ? c.reshaped(ids, shape.slice(0, -1)) : ids], { axis: 0 });
}

/** The table with zeros in one row: what the index `row` stands for. */
function withoutRow(c: OpContext, table: string, row: number): string {
  const constant = c.constantOf(table);
  if (!(constant?.data instanceof Float32Array))
    throw c.fail(`has padding_idx ${row}, and 'W' is no stored fp32 table`);
  const [rows = 0, columns = 0] = constant.type.shape;
  if (row < 0 || row >= rows) throw c.fail(`has padding_idx ${row}, outside a table of ${rows} rows`);
  const data = constant.data.slice();
  data.fill(0, row * columns, (row + 1) * columns);
  return c.constant(constant.type, data);
}

export const selection: Readonly<Record<string, Importer>> = {
  concat,
  stack,
  split,
  unstack,
  slice: (c) => sliceLike(c, false),
  strided_slice: (c) => sliceLike(c, true),
  flip,
  reverse: flip,
  gather,
  lookup_table: (c) => embedding(c, true),
  lookup_table_v2: (c) => embedding(c, false),
};
