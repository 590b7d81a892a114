/**
 * The scales of quantised weights. PaddleSlim (WeightQuantization) keeps them as an attribute `<variable>_quant_scale` of
 * the ops that use the weight; the parameter itself is saved as INT8 or INT16 under a variable that still says FP32.
 * w = scale[c] · q.
 */
import { EdgeDeployError } from '../base/errors.js';
import { type Channels, ChannelWalk, channelsAlong } from '../ir/channels.js';
import type { Integers } from '../ir/quantization.js';
import { type Attribute, AttributeType, type Op, type Program, VarKind } from './messages.js';
import { AXIS_SUFFIX, ROW_OPS, SCALE_SUFFIX } from './quant-attributes.js';
import { recordData, type TensorRecord } from './tensor-record.js';
import { LAID_OUT, type WeightLayout, weightLayout } from './weight-layout.js';

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

/** What the integers of a record stand for: w = scales[channel] · q. */
export interface WeightScales extends WeightLayout {
  readonly bits: 8 | 16;
  readonly scales: Float32Array;
}

/** Throws E_WEIGHTS where the scales of a record of integers are missing, lost, or do not fit it. */
export function weightScales(name: string, record: TensorRecord, scales: readonly Scales[]): WeightScales {
  const bits = record.dataType === VarKind.INT8 ? 8 : 16;
  if (scales.length === 0) {
    throw lost(`the weights '${name}' are int${bits}, but no op holds their scales`, 'A later export dropped them');
  }
  const { op, values } = trueScales(name, scales);
  checkBits(name, op, bits);
  const { dims } = record;
  if (dims.length === 0)
    throw lost(`the quantised weights '${name}' have no axis for their scales`, 'They are damaged');
  const { axis, channels } = layoutOf(name, op, dims);
  const { count } = channels;
  const perChannel = new Float32Array(count);
  if (values.length === 1) perChannel.fill(values[0]!);
  // Rank ≥ 3 in `mul`: Paddle counts channels along the last axis but scales along axis 1; those it missed hold zeros.
  else if (values.length === count || (dims.length > 2 && values.length === dims.at(-1))) {
    perChannel.set(values.slice(0, count));
  } else {
    throw lost(
      `the quantised weights '${name}' of shape [${dims}] have ${values.length} scales in ${op.type} instead of 1 or ${count}`,
      'The program is damaged',
    );
  }
  checkZeros(name, record, perChannel, channels);
  return { bits, axis, channels, scales: perChannel };
}

/** As our own quantiser wrote it where Paddle's rule is not enough. */
function layoutOf(name: string, op: Op, dims: readonly number[]): WeightLayout {
  const attribute = op.attrs.find((one) => one.name === `${name}${AXIS_SUFFIX}`);
  if (attribute === undefined) {
    const axis = ROW_OPS.has(op.type) || dims.length < 2 ? 0 : 1;
    return { axis, channels: channelsAlong(dims, axis) };
  }
  const layout = LAID_OUT.includes(op.type) ? weightLayout(op, dims) : 'it takes no integers';
  if (typeof layout === 'string' || layout.axis !== attribute.i) {
    const reason = typeof layout === 'string' ? layout : `its channels begin at axis ${layout.axis}`;
    throw lost(
      `the quantised weights '${name}' of shape [${dims}] have scales from axis ${attribute.i} on, which ${op.type} does not (${reason})`,
      'The program is damaged',
    );
  }
  return layout;
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
function checkZeros(name: string, record: TensorRecord, scales: Float32Array, channels: Channels): void {
  if (!scales.includes(0)) return;
  const integers = recordData(record) as Integers;
  const walk = new ChannelWalk(channels, 0);
  for (let i = 0; i < integers.length; walk.next()) {
    const end = i + walk.left;
    for (let { channel } = walk; i < end; i++, channel += walk.step) {
      if (integers[i] === 0 || scales[channel] !== 0) continue;
      throw lost(
        `the scales of the quantised weights '${name}' are lost: one is 0, and the integer ${integers[i]} (element ${i}) is not`,
        'The program is damaged',
      );
    }
  }
}

function lost(message: string, reason: string): EdgeDeployError {
  return new EdgeDeployError('E_WEIGHTS', message, {
    hint: `${reason}: quantise the original model again (edge-deploy quantize does it right).`,
  });
}
