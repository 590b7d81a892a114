import { allocate, type DType, elementCount } from '../../ir/tensor.js';
import type { Importer, OpContext } from '../context.js';
import { VarKind } from '../messages.js';
import { scalarInput } from './activation.js';
import { listOf } from './shape.js';

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

function nameOfType(number: number): string {
  return Object.entries(VarKind).find(([, value]) => value === number)?.[0] ?? String(number);
}

function typeNumbered(c: OpContext, number: number): DType {
  const type = TYPES[number];
  if (type === undefined)
    throw c.fail(`uses the unsupported element type ${nameOfType(number)}`, 'Export the model in fp32.');
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

export const constants: Readonly<Record<string, Importer>> = {
  cast,
  fill_constant: (c) => filled(c, listOf(c, 'ShapeTensor', 'ShapeTensorList', 'shape', [])),
  fill_constant_batch_size_like: fillLike,
  assign_value: assignValue,
};
