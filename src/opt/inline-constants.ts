/**
 * Paddle 2.5 and later, and Paddle 3 above all, write constants as ops whose outputs are attributes or inputs of others.
 * Paddle-Lite wants them as plain attributes.
 */
import { EdgeDeployError } from '../base/errors.js';
import { type Attribute, Attributes, AttributeType, type Op } from '../paddle/index.js';

/**
 * Puts constants in the place of attributes that name variables, and of a scale's ScaleTensor; constant ops nobody reads any
 * more are left out. Throws E_OP for an attribute that is a variable without a known value.
 */
export function inlineConstants(ops: readonly Op[]): Op[] {
  const constants = new Map<string, Op>();
  for (const op of ops) {
    const [output] = op.outputs.flatMap((slot) => slot.arguments);
    if (output !== undefined && CONSTANTS.has(op.type)) constants.set(output, op);
    else for (const name of op.outputs.flatMap((slot) => slot.arguments)) constants.delete(name);
  }
  const inlined = new Set<string>();
  const valuesOf = (variable: string): number[] | undefined => {
    const op = constants.get(variable);
    if (op) inlined.add(variable);
    return op && valuesOfOp(op);
  };
  const changed = ops.map((op) =>
    withScale({ ...op, attrs: op.attrs.map((one) => plain(op, one, valuesOf)) }, valuesOf),
  );
  const read = new Set(changed.flatMap((op) => op.inputs.flatMap((slot) => slot.arguments)));
  const isLeft = (op: Op) =>
    op.outputs.some((slot) => slot.arguments.some((name) => !inlined.has(name) || read.has(name)));
  return changed.filter((op) => !CONSTANTS.has(op.type) || isLeft(op));
}

const CONSTANTS: ReadonlySet<string> = new Set(['assign_value', 'fill_constant']);

/** The numbers a constant op makes; undefined where they hang on its inputs. */
function valuesOfOp(op: Op): number[] | undefined {
  if (op.inputs.some((slot) => slot.arguments.length > 0)) return undefined;
  const attributes = new Attributes(new Map(op.attrs.map((one) => [one.name, one])), op.type);
  if (op.type === 'fill_constant') {
    const text = attributes.text('str_value', '');
    const value = text === '' ? attributes.float('value', 0) : Number(text);
    const count = attributes.ints('shape', []).reduce((product, size) => product * size, 1);
    return count >= 0 && count <= MOST && !Number.isNaN(value) ? new Array<number>(count).fill(value) : undefined;
  }
  const lists = ['int32_values', 'int64_values', 'fp32_values', 'values'];
  return lists.map((name) => attributes.floats(name, [])).find((list) => list.length > 0);
}

/** An attribute is a handful of numbers. */
const MOST = 4096;

type ValuesOf = (variable: string) => number[] | undefined;

function plain(op: Op, attribute: Attribute, valuesOf: ValuesOf): Attribute {
  const { name, type } = attribute;
  if (type !== AttributeType.VAR && type !== AttributeType.VARS) return attribute;
  const variables = type === AttributeType.VAR ? [attribute.var_name ?? ''] : (attribute.vars_name ?? []);
  const values = variables.map(valuesOf);
  if (values.every((list) => list !== undefined)) return numbers(name, values.flat());
  throw new EdgeDeployError(
    'E_OP',
    `the attribute '${name}' of ${op.type} is a variable, which Paddle-Lite cannot read`,
    {
      hint: 'Export the model with constant sizes.',
    },
  );
}

function numbers(name: string, values: number[]): Attribute {
  const areIntegers = values.every(Number.isInteger);
  return areIntegers
    ? { name, type: AttributeType.INTS, ints: values }
    : { name, type: AttributeType.FLOATS, floats: values };
}

/** A scale whose factor is a constant of its own. */
function withScale(op: Op, valuesOf: ValuesOf): Op {
  const slot = op.type === 'scale' ? op.inputs.find(({ parameter }) => parameter === 'ScaleTensor') : undefined;
  const [name] = slot?.arguments ?? [];
  const values = name === undefined ? undefined : valuesOf(name);
  if (values?.length !== 1) return op;
  const attrs = op.attrs.filter((one) => one.name !== 'scale');
  const scale = { name: 'scale', type: AttributeType.FLOAT, f: Math.fround(values[0]!) };
  return { ...op, inputs: op.inputs.filter((one) => one !== slot), attrs: [...attrs, scale] };
}
