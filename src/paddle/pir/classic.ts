/**
 * A Paddle 3 program as a classic one that Paddle itself can load. readPirProgram makes what an importer can read; here
 * attributes get the types that Paddle's op definitions ask for, values that stand for attributes become attributes, and
 * what only a file needs (feed and fetch variables, results that no op reads) is added.
 */
import { EdgeDeployError } from '../../base/errors.js';
import {
  type Attribute,
  AttributeType,
  type Op,
  type Program,
  type Slot,
  toNumber,
  type Var,
  VarKind,
} from '../messages.js';
import { PIR_OPS } from './ops.js';
import { readPirProgram } from './read.js';

/** Attributes of 64 bits; all other integers have 32. */
const LONG_ATTRIBUTES: ReadonlySet<string> = new Set([
  'fill_constant.shape',
  'arg_max.axis',
  'lookup_table_v2.padding_idx',
]);

/** Attributes that PIR hands over as values and that are one number; all others of that kind are lists. */
const SCALARS: ReadonlySet<string> = new Set(['axis', 'dropout_prob']);

const KNOWN_TYPES: ReadonlySet<string> = new Set(['feed', 'fetch', ...Object.values(PIR_OPS).map(({ type }) => type)]);

/** Throws E_MODEL as readPirProgram does, E_OP for an operation that has no classic form, or none we know. */
export function classicProgram(bytes: Uint8Array, file: string): Program {
  const [{ vars, ops, ...block }] = readPirProgram(bytes, file).blocks as [Program['blocks'][0]];
  const unknown = [...new Set(ops.map(({ type }) => type).filter((type) => !KNOWN_TYPES.has(type)))];
  if (unknown.length > 0) throw noClassicForm(file, `the operations ${unknown.join(', ')}`);
  const constants = new Map(ops.flatMap((op) => constantOf(op)));
  const classic = ops.map((op) => classicOp(op, constants, file));
  const read = new Set(classic.flatMap((op) => op.inputs.flatMap((slot) => slot.arguments)));
  const live = classic.filter((op) => !(op.type in MAKERS) || op.outputs.some((slot) => read.has(slot.arguments[0]!)));
  const statistics = live.filter(({ type }) => type === 'batch_norm').map(addStatistics);
  const written = new Set(live.flatMap((op) => op.outputs.flatMap((slot) => slot.arguments)));
  const declared = vars.filter(({ name, persistable }) => persistable || written.has(name));
  const holders = [holder('feed', VarKind.FEED_MINIBATCH), holder('fetch', VarKind.FETCH_LIST)];
  return { blocks: [{ ...block, vars: [...holders, ...declared, ...statistics.flat()], ops: live }] };
}

/** How the values of constants are read from the ops that make them. */
const MAKERS: Readonly<Record<string, (op: Op) => number[]>> = {
  assign_value: (op) => numbersOf(op, 'values'),
  fill_constant: (op) => numbersOf(op, 'value'),
};

function numbersOf({ attrs }: Op, name: string): number[] {
  const { l, longs, f, float64, i } = attrs.find((attribute) => attribute.name === name) ?? ({} as Attribute);
  const single = l ?? f ?? float64 ?? i;
  return (longs ?? (single === undefined ? [] : [single])).map(toNumber);
}

function constantOf(op: Op): [string, number[]][] {
  const maker = MAKERS[op.type];
  return maker ? [[op.outputs[0]!.arguments[0]!, maker(op)]] : [];
}

function classicOp(op: Op, constants: ReadonlyMap<string, number[]>, file: string): Op {
  if (op.type === 'feed') return { ...op, inputs: [{ parameter: 'X', arguments: ['feed'] }] };
  if (op.type === 'fetch') return { ...op, outputs: [{ parameter: 'Out', arguments: ['fetch'] }] };
  const attrs = op.attrs
    .filter(({ name }) => name !== 'struct_name')
    .map((attribute) => typed(op, resolved(op, attribute, constants, file)))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return { ...op, inputs: [...op.inputs].sort(bySlot), attrs: op.type === 'assign_value' ? assigned(attrs) : attrs };
}

const bySlot = (a: Slot, b: Slot) => (a.parameter < b.parameter ? -1 : 1);

/** An attribute that names variables as one that has their value. */
function resolved(op: Op, attribute: Attribute, constants: ReadonlyMap<string, number[]>, file: string): Attribute {
  if (attribute.type !== AttributeType.VARS) return attribute;
  const { name } = attribute;
  const values = (attribute.vars_name ?? []).map((variable) => constants.get(variable));
  if (values.includes(undefined)) throw noClassicForm(file, `${op.type} with a computed ${name}`);
  const numbers = values.flatMap((value) => value!);
  if (!SCALARS.has(name)) return { name, type: AttributeType.LONGS, longs: numbers };
  const [value = 0] = numbers;
  return name === 'axis' ? { name, type: AttributeType.LONG, l: value } : { name, type: AttributeType.FLOAT, f: value };
}

/** The attribute with the type of Paddle's definition of the op. */
function typed(op: Op, attribute: Attribute): Attribute {
  const { name, type } = attribute;
  const long = LONG_ATTRIBUTES.has(`${op.type}.${name}`);
  switch (type) {
    case AttributeType.INT:
      return long ? { name, type: AttributeType.LONG, l: attribute.i ?? 0 } : attribute;
    case AttributeType.LONG:
      return long ? attribute : { name, type: AttributeType.INT, i: toNumber(attribute.l ?? 0) };
    case AttributeType.LONGS:
      return long ? attribute : { name, type: AttributeType.INTS, ints: (attribute.longs ?? []).map(toNumber) };
    case AttributeType.FLOAT64:
      return { name, type: AttributeType.FLOAT, f: Math.fround(attribute.float64 ?? 0) };
    default:
      return attribute;
  }
}

/** The values of a constant tensor of int64 where Paddle 2 looks for them. */
function assigned(attrs: readonly Attribute[]): Attribute[] {
  return attrs.map((attribute) =>
    attribute.name === 'values'
      ? { name: 'int64_values', type: AttributeType.LONGS, longs: attribute.ints ?? [] }
      : attribute,
  );
}

/** The results that batch_norm has beside its output: its statistics once more, and two that are of no use. */
function addStatistics(op: Op): Var[] {
  const own = (parameter: string) => op.inputs.find((slot) => slot.parameter === parameter)!.arguments;
  const saved = ['SavedMean', 'SavedVariance'].map((parameter) => ({
    parameter,
    arguments: [`${op.outputs[0]!.arguments[0]}.${parameter}`],
  }));
  op.outputs.push(
    { parameter: 'MeanOut', arguments: own('Mean') },
    { parameter: 'VarianceOut', arguments: own('Variance') },
  );
  op.outputs.push(...saved);
  return saved.map((slot) => ({
    name: slot.arguments[0]!,
    type: { type: VarKind.LOD_TENSOR, lod_tensor: { tensor: { data_type: VarKind.FP32, dims: [] }, lod_level: 0 } },
    persistable: false,
    need_check_feed: false,
  }));
}

function holder(name: string, type: number): Var {
  return { name, type: { type }, persistable: true, need_check_feed: false };
}

function noClassicForm(file: string, what: string): EdgeDeployError {
  return new EdgeDeployError(
    'E_OP',
    `${file} is a program of Paddle 3 (PIR), and has ${what}: there is no classic form to quantise`,
    {
      hint: 'Export the model in the classic form: set the environment variable FLAGS_enable_pir_api=0 and save it again.',
    },
  );
}
