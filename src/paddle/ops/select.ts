import { allocate, type DType, elementCount } from '../../ir/tensor.js';
import { type Importer, type OpContext, type Step, step } from '../context.js';
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

/** Start and end as Paddle clamps them for a step; −1 as an end of a backward slice means "past the first". */
function bounds(start: number, end: number, stride: number, size: number): [number, number] {
  const clampTo = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);
  if (stride > 0) {
    const first = clampTo(start < 0 ? start + size : start, 0, size);
    return [first, Math.max(first, clampTo(end < 0 ? end + size : end, 0, size))];
  }
  const first = clampTo(start < 0 ? start + size : start, -1, size - 1);
  const last = clampTo(end < 0 ? (end < -size ? -1 : end + size) : end, -1, size - 1);
  return [first, Math.min(first, last)];
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
  const ranges = axes.map((axis, i) => bounds(starts[i]!, ends[i]!, steps[i]!, shape[axis]!));
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
  if (padding !== -1) throw c.fail(`has padding_idx ${padding}, not supported`);
  const shape = c.shapeOf(ids);
  c.output('Out', 'gather', [table, dropLast ? c.reshaped(ids, shape.slice(0, -1)) : ids], { axis: 0 });
}

/** Paddle's numbers of element types (VarType). */
const TYPES: Readonly<Record<number, DType>> = {
  0: 'bool',
  1: 'i16',
  2: 'i32',
  3: 'i64',
  5: 'f32',
  6: 'f64',
  20: 'u8',
  21: 'i8',
};

function typeNumbered(c: OpContext, number: number): DType {
  const type = TYPES[number];
  if (type === undefined) throw c.fail(`uses the unsupported element type ${number}`);
  return type === 'f64' ? 'f32' : type;
}

const cast: Importer = (c) => {
  c.output('Out', 'cast', [c.input('X')], { to: typeNumbered(c, c.attributes.int('out_dtype')) });
};

function filled(c: OpContext, shape: readonly number[]): void {
  const dtype = typeNumbered(c, c.attributes.int('dtype', 5));
  const text = c.attributes.text('str_value', '');
  const value = scalarInput(c, 'ValueTensor') ?? (text === '' ? c.attributes.float('value', 0) : Number(text));
  if (Number.isNaN(value)) throw c.fail(`fills with '${text}', which is no number`);
  const type = { dtype, shape };
  c.checkConstantSize(type);
  const data = allocate(type);
  if (data instanceof BigInt64Array) data.fill(wholeNumber(c, Math.trunc(value)));
  else data.fill(value);
  c.outputConstant('Out', { type, data });
}

function wholeNumber(c: OpContext, value: number): bigint {
  if (!Number.isInteger(value)) throw c.fail(`holds ${value}, which is no integer`);
  return BigInt(value);
}

const fillLike: Importer = (c) => {
  const shape = c.attributes.ints('shape');
  const input = c.shapeOf(c.input('Input'));
  const from = input[c.axis(c.attributes.int('input_dim_idx', 0), input.length)]!;
  filled(c, shape.with(c.axis(c.attributes.int('output_dim_idx', 0), shape.length), from));
};

/** A constant written into the program. */
const assignValue: Importer = (c) => {
  const dtype = typeNumbered(c, c.attributes.int('dtype', 5));
  const lists = { f32: ['fp32_values'], i32: ['int32_values'], i64: ['int64_values'], bool: ['bool_values'] } as Record<
    string,
    string[]
  >;
  const names = [...(lists[dtype] ?? []), 'values'];
  const name = names.find((candidate) => c.attributes.has(candidate) && c.attributes.floats(candidate).length > 0);
  const shape = c.attributes.ints('shape');
  const values = name === undefined ? [] : c.attributes.floats(name);
  const type = { dtype, shape };
  c.checkConstantSize(type);
  if (values.length !== elementCount(shape)) throw c.fail(`has ${values.length} values for the shape [${shape}]`);
  const data = allocate(type);
  values.forEach((value, i) => {
    if (data instanceof BigInt64Array) data[i] = wholeNumber(c, value);
    else data[i] = value;
  });
  c.outputConstant('Out', { type, data });
};

export const selection: Readonly<Record<string, Importer>> = {
  concat,
  stack,
  split,
  unstack,
  slice: (c) => sliceLike(c, false),
  strided_slice: (c) => sliceLike(c, true),
  gather,
  lookup_table: (c) => embedding(c, true),
  lookup_table_v2: (c) => embedding(c, false),
  cast,
  fill_constant: (c) => filled(c, listOf(c, 'ShapeTensor', 'ShapeTensorList', 'shape', [])),
  fill_constant_batch_size_like: fillLike,
  assign_value: assignValue,
};
