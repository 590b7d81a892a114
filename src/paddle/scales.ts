/**
 * The scales of quantised weights. PaddleSlim (WeightQuantization) keeps them as an attribute `<variable>_quant_scale` of
 * the ops that use the weight; the parameter itself is saved as INT8 or INT16 under a variable that still says FP32.
 * w = scale[c] · q.
 */
import { EdgeDeployError } from '../base/errors.js';
import { elementCount, type WeightQuantization } from '../ir/tensor.js';
import { type Attribute, AttributeType, type Op, type Program, VarKind } from './messages.js';
import { SCALE_SUFFIX } from './quant-attributes.js';
import { recordData, type TensorRecord } from './tensor-record.js';

/** Ops whose weights have a scale per row of axis 0; all others (mul, fc) have one per column. */
const ROW_OPS: ReadonlySet<string> = new Set(['conv2d', 'depthwise_conv2d']);

/** One op's scale attribute of a variable. */
export interface Scales {
  readonly attribute: Attribute;
  readonly op: Op;
  /** Set on scales that are all 1 and may be meant: no other weight of the program has such scales. */
  readonly mayBeOnes?: boolean;
}

/** The scale attributes of every quantised variable, in program order. */
export function findScales(program: Program): ReadonlyMap<string, readonly Scales[]> {
  const result = new Map<string, Scales[]>();
  for (const op of program.blocks.flatMap((block) => block.ops)) {
    for (const attribute of op.attrs) {
      const variable = attribute.name.endsWith(SCALE_SUFFIX)
        ? attribute.name.slice(0, -SCALE_SUFFIX.length)
        : undefined;
      if (variable === undefined) continue;
      const known = result.get(variable);
      if (known) known.push({ attribute, op });
      else result.set(variable, [{ attribute, op }]);
    }
  }
  const ones = [...result].filter(([, scales]) => scales.every(isOnes));
  const [only] = ones;
  if (ones.length === 1 && only![1].length === 1) result.set(only![0], [{ ...only![1][0]!, mayBeOnes: true }]);
  return result;
}

function isOnes({ attribute }: Scales): boolean {
  return (attribute.floats ?? []).length > 0 && attribute.floats!.every((scale) => scale === 1);
}

/** What a record of integers stands for. Throws E_WEIGHTS where its scales are missing, lost, or do not fit it. */
export function weightQuantization(name: string, record: TensorRecord, scales: readonly Scales[]): WeightQuantization {
  const bits = record.dataType === VarKind.INT8 ? 8 : 16;
  if (scales.length === 0) {
    throw lost(`the weights '${name}' are int${bits}, but no op holds their scales`, 'A later export dropped them');
  }
  const { op, values } = trueScales(name, scales);
  checkBits(name, op, bits);
  const { dims } = record;
  if (dims.length === 0)
    throw lost(`the quantised weights '${name}' have no axis for their scales`, 'They are damaged');
  const axis = ROW_OPS.has(op.type) || dims.length < 2 ? 0 : 1;
  const channels = dims[axis]!;
  const perChannel = new Float32Array(channels);
  if (values.length === 1) perChannel.fill(values[0]!);
  // Rank ≥ 3 in `mul`: Paddle counts channels along the last axis but scales along axis 1; those it missed hold zeros.
  else if (values.length === channels || (dims.length > 2 && values.length === dims.at(-1))) {
    perChannel.set(values.slice(0, channels));
  } else {
    throw lost(
      `the quantised weights '${name}' of shape [${dims}] have ${values.length} scales in ${op.type} instead of 1 or ${channels}`,
      'The program is damaged',
    );
  }
  checkZeros(name, record, perChannel, elementCount(dims.slice(axis + 1)));
  return { bits, axis, scales: perChannel };
}

/**
 * Where several ops share a weight, the quantiser visits it again for each further op, finds integers, and writes 1; a
 * model that is quantised twice has nothing else. Those are not meant: real weights hardly ever have a maximum of 127. Throws when nothing else is there, or scales that disagree.
 */
function trueScales(name: string, scales: readonly Scales[]): { op: Op; values: readonly number[] } {
  if (scales.some(({ attribute }) => attribute.type !== AttributeType.FLOATS)) {
    throw lost(
      `the scales of the quantised weights '${name}' are lost: they were saved as integers`,
      'PaddleSlim with NumPy 2 damages them',
    );
  }
  const meant = scales
    .filter((one) => one.mayBeOnes || !isOnes(one))
    .map(({ op, attribute }) => ({ op, values: attribute.floats ?? [] }));
  const [first, ...others] = meant;
  if (first === undefined) {
    throw lost(`the scales of the quantised weights '${name}' are lost: all are 1`, 'The model was quantised twice');
  }
  if (others.some(({ values }) => String(values) !== String(first.values))) {
    throw lost(`the ops that share the quantised weights '${name}' have different scales for them`, 'They contradict');
  }
  return first;
}

function checkBits(name: string, op: Op, bits: number): void {
  const attribute = op.attrs.find((one) => one.name === 'quantize_weight_bits');
  if (attribute === undefined || attribute.i === bits) return;
  throw lost(
    `the weights '${name}' are int${bits}, and quantize_weight_bits of ${op.type} says ${attribute.i}`,
    'Program and parameters do not belong together',
  );
}

/** A scale of 0 belongs to a channel of zeros. */
function checkZeros(name: string, record: TensorRecord, scales: Float32Array, inner: number): void {
  const integers = recordData(record) as Int8Array | Int16Array;
  const index = integers.findIndex((q, i) => q !== 0 && scales[Math.floor(i / inner) % scales.length] === 0);
  if (index < 0) return;
  throw lost(
    `the scales of the quantised weights '${name}' are lost: one is 0, and the integer ${integers[index]} (element ${index}) is not`,
    'The program is damaged',
  );
}

function lost(message: string, reason: string): EdgeDeployError {
  return new EdgeDeployError('E_WEIGHTS', message, {
    hint: `${reason}: quantise the original model again (edge-deploy quantize does it right).`,
  });
}
