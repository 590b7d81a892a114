/**
 * What Paddle's WeightQuantization does to a program and its parameters, in memory and visit by visit: every parameter
 * that is an input of an op of the given types becomes integers, and the op gets the attributes that lead back. Nothing
 * else of the program changes. Upstream visits a shared parameter once per use, and so do we: records and scales come
 * out equal, with a warning where they are not what the user wants.
 */
import { EdgeDeployError } from '../base/errors.js';
import { dequantizeExactly, type QuantizationMode, type QuantizationRule, quantizeTensor } from '../ir/quantization.js';
import { measureError, type WeightReport } from '../ir/weight-report.js';
import { type Op, type Program, VarKind } from './messages.js';
import { type Parameters, parameterNames } from './parameters.js';
import { refuseQuantized, setWeightAttributes } from './quant-attributes.js';
import { recordData, type TensorRecord } from './tensor-record.js';

export interface ProgramRule {
  /** Types of the ops whose parameters are quantised. */
  readonly opTypes: ReadonlySet<string>;
  readonly bits: 8 | 16;
  readonly mode: QuantizationMode;
  /** Fraction of a tensor's values that abs_max may clip. */
  readonly thresholdRate: number;
  /** 'integers' as for a board; 'dequantized' writes q · scale in fp32, to measure the accuracy in Paddle. */
  readonly store: 'integers' | 'dequantized';
  /** Whether ops get `with_quant_attr`, as newer Paddle versions write it. */
  readonly marksOps: boolean;
}

export interface QuantizedProgram {
  readonly program: Program;
  readonly parameters: Parameters;
  readonly report: readonly WeightReport[];
  /** Where upstream says nothing and a user would like to know. */
  readonly warnings: readonly string[];
}

/** The input of an op that is meant for its weights. */
const WEIGHT_SLOT: Readonly<Record<string, string>> = { conv2d: 'Filter', depthwise_conv2d: 'Filter', mul: 'Y' };

/** Ops with weights that upstream can not quantise, or does not by default. */
const OPS_WITH_WEIGHTS: readonly string[] = [
  ...Object.keys(WEIGHT_SLOT),
  'conv2d_transpose',
  'depthwise_conv2d_transpose',
  'fc',
  'matmul',
  'matmul_v2',
];

/**
 * Quantises `program` in place (decode it again for another run) and returns it with its new parameters. Throws
 * E_WEIGHTS, naming the tensor, where upstream loses data or breaks: NaN and infinities, `mul` by a tensor that is not a
 * matrix, a model that is quantised already.
 */
export function quantizeProgram(program: Program, parameters: Parameters, rule: ProgramRule): QuantizedProgram {
  refuseQuantized(program, parameters);
  const records = new Map(parameters);
  const persistable = new Set(parameterNames(program));
  const visited = new Set<string>();
  const report: WeightReport[] = [];
  const warnings = new Set<string>();
  for (const op of program.blocks.flatMap((block) => block.ops)) {
    for (const { slot, name } of argumentsOf(op)) {
      if (!persistable.has(name)) continue;
      if (!rule.opTypes.has(op.type)) continue;
      const tensorRule = ruleFor(op, name, records.get(name)!, rule);
      const entry = quantizeRecord(op, name, records.get(name)!, tensorRule, visited.has(name));
      records.set(name, rule.store === 'integers' ? entry.integers : entry.dequantized);
      setWeightAttributes(op, name, { ...rule, scales: entry.scales });
      if (visited.has(name)) warnings.add(shared(name, op, rule));
      else report.push(entry.report);
      if (slot !== WEIGHT_SLOT[op.type])
        warnings.add(`${slot} '${name}' of ${op.type} is quantised as if it were weights`);
      visited.add(name);
    }
  }
  for (const warning of leftAlone(program, persistable, visited, rule)) warnings.add(warning);
  return { program, parameters: records, report, warnings: [...warnings] };
}

/** An op's input variables in the order upstream visits them: inputs by name. */
function argumentsOf(op: Op): { slot: string; name: string }[] {
  const slots = [...op.inputs].sort((a, b) => (a.parameter < b.parameter ? -1 : 1));
  return slots.flatMap((slot) => slot.arguments.map((name) => ({ slot: slot.parameter, name })));
}

function ruleFor(op: Op, name: string, { dims }: TensorRecord, rule: ProgramRule): QuantizationRule {
  const { bits, mode, thresholdRate } = rule;
  if (op.type !== 'mul') return { bits, mode, thresholdRate, axis: 0 };
  if (mode === 'channel_wise_abs_max' && (dims.length < 2 || dims.at(-1) !== dims[1])) {
    throw new EdgeDeployError(
      'E_WEIGHTS',
      `the weights '${name}' of mul have the shape [${dims}]: PaddleSlim counts channels along the last axis but cuts along axis 1, which loses data`,
      {
        hint: "Quantise with weight_quantize_type 'abs_max', or leave mul out of quantizable_op_type.",
        details: { tensor: name },
      },
    );
  }
  return { bits, mode, thresholdRate, axis: 1 };
}

interface QuantizedRecord {
  readonly integers: TensorRecord;
  readonly dequantized: TensorRecord;
  readonly scales: Float32Array;
  readonly report: WeightReport;
}

/** `again`: the parameter was quantised for another op already, and upstream takes its integers for weights. */
function quantizeRecord(
  op: Op,
  name: string,
  record: TensorRecord,
  rule: QuantizationRule,
  again: boolean,
): QuantizedRecord {
  const { dims, dataType } = record;
  if ((dataType !== VarKind.FP32 && !again) || record.data.length === 0) {
    throw new EdgeDeployError(
      'E_WEIGHTS',
      `the weights '${name}' of ${op.type} are not fp32 numbers (VarType ${dataType}, shape [${dims}])`,
      {
        hint: 'Export the model in fp32.',
        details: { tensor: name },
      },
    );
  }
  const values = recordData(record) as Float32Array;
  const quantized = quantizeTensor(name, values, dims, rule);
  const real = dequantizeExactly(quantized, dims, rule);
  const { data, scales } = quantized;
  return {
    integers: { dataType: rule.bits === 8 ? VarKind.INT8 : VarKind.INT16, dims, data: bytesOf(data) },
    dequantized: { dataType: VarKind.FP32, dims, data: bytesOf(real) },
    scales,
    report: {
      name,
      node: op.outputs[0]?.arguments[0] ?? op.type,
      bits: rule.bits,
      bytesBefore: values.byteLength,
      bytesAfter: data.byteLength + scales.byteLength,
      ...measureError(values, real),
      minScale: scales.reduce((a, b) => Math.min(a, b)),
      maxScale: scales.reduce((a, b) => Math.max(a, b)),
    },
  };
}

function bytesOf(data: Int8Array | Int16Array | Float32Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function shared(name: string, op: Op, { store }: ProgramRule): string {
  const effect = store === 'integers' ? 'this use gets scale 1, as PaddleSlim writes it' : 'they are rounded twice';
  return `the weights '${name}' of ${op.type} are quantised for another op already: ${effect}`;
}

/** Weights that stay fp32 in ops one would expect to be quantised, and integers in ops that are not told their scales. */
function leftAlone(
  program: Program,
  persistable: ReadonlySet<string>,
  quantized: ReadonlySet<string>,
  { opTypes }: ProgramRule,
): string[] {
  const warnings: string[] = [];
  const counts = new Map<string, number>();
  for (const op of program.blocks.flatMap((block) => block.ops)) {
    if (opTypes.has(op.type)) continue;
    const names = argumentsOf(op).map(({ name }) => name);
    for (const name of names.filter((candidate) => quantized.has(candidate))) {
      warnings.push(
        `${op.type} also reads the weights '${name}', which are integers now, and is not told their scales`,
      );
    }
    const isWeighted = OPS_WITH_WEIGHTS.includes(op.type) && names.some((name) => persistable.has(name));
    if (isWeighted) counts.set(op.type, (counts.get(op.type) ?? 0) + 1);
  }
  for (const [type, count] of counts) {
    const remedy = type in WEIGHT_SLOT ? `add it to quantizable_op_type` : 'PaddleSlim does not quantise it';
    warnings.push(`the weights of ${count} ${type} stay fp32 (${remedy})`);
  }
  return warnings;
}
