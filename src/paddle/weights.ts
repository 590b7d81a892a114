/**
 * Parameters as constants of the graph. PaddleSlim (WeightQuantization) keeps the scales of a quantised weight as an
 * attribute `<variable>_quant_scale` of the ops that use it; the parameter itself is saved as INT8 or INT16 under a
 * variable that still says FP32. w = scale[c] · q.
 */
import { EdgeDeployError } from '../base/errors.js';
import { type Constant, elementCount, strides, type TensorType, type WeightQuantization } from '../ir/tensor.js';
import { type Attribute, AttributeType, type Op, type Program, VarKind } from './messages.js';
import { DTYPES, recordData, type TensorRecord } from './tensor-record.js';

const SUFFIX = '_quant_scale';

/** Ops whose weights have a scale per row of axis 0; all others (mul, fc) have one per column. */
const ROW_OPS: ReadonlySet<string> = new Set(['conv2d', 'depthwise_conv2d']);

interface Scales {
  readonly attribute: Attribute;
  readonly op: Op;
}

/**
 * The scale attribute of every quantised variable. Where several ops share a weight, the first in program order has the
 * true scales: Paddle's quantiser visits the weight once more for each further op and finds integers, scale 1.
 */
export function findScales(program: Program): ReadonlyMap<string, Scales> {
  const result = new Map<string, Scales>();
  for (const op of program.blocks.flatMap((block) => block.ops)) {
    for (const attribute of op.attrs) {
      const variable = attribute.name.endsWith(SUFFIX) ? attribute.name.slice(0, -SUFFIX.length) : undefined;
      if (variable !== undefined && !result.has(variable)) result.set(variable, { attribute, op });
    }
  }
  return result;
}

/**
 * A parameter as a constant, its data a view into the file where possible. Throws E_WEIGHTS for integers whose scales
 * are missing or lost, and for element types the compiler does not know.
 */
export function weightConstant(name: string, record: TensorRecord, scales: Scales | undefined): Constant {
  const dtype = DTYPES[record.dataType];
  if (dtype === undefined) {
    throw new EdgeDeployError(
      'E_WEIGHTS',
      `the parameter '${name}' has an unsupported element type (${record.dataType})`,
    );
  }
  const type: TensorType = { dtype, shape: record.dims };
  const data = recordData(record);
  const quantized = record.dataType === VarKind.INT8 || record.dataType === VarKind.INT16;
  // A test model of PaddleSlim carries the scales too, but its weights are fp32 again.
  if (!quantized) return { type, data };
  return { type, data, quantization: quantization(name, record, scales) };
}

function quantization(name: string, record: TensorRecord, scales: Scales | undefined): WeightQuantization {
  const bits = record.dataType === VarKind.INT8 ? 8 : 16;
  if (scales === undefined) {
    throw new EdgeDeployError('E_WEIGHTS', `the weights '${name}' are int${bits}, but no op holds their scales`, {
      hint: 'A later export dropped the attribute; quantise the original model again.',
    });
  }
  if (scales.attribute.type !== AttributeType.FLOATS) {
    throw new EdgeDeployError(
      'E_WEIGHTS',
      `the scales of the quantised weights '${name}' are lost: they were saved as integers`,
      {
        hint: 'PaddleSlim with NumPy 2 damages them; quantise the original model again (edge-deploy quantize does it right).',
      },
    );
  }
  const axis = ROW_OPS.has(scales.op.type) || record.dims.length < 2 ? 0 : 1;
  const channels = record.dims[axis] ?? 1;
  const stored = scales.attribute.floats ?? [];
  const perChannel = new Float32Array(channels);
  if (stored.length === 1) perChannel.fill(stored[0]!);
  // Rank ≥ 3 in `mul`: Paddle counts channels along the last axis but scales along axis 1; those it missed hold zeros.
  else if (stored.length === channels || (record.dims.length > 2 && stored.length === record.dims.at(-1))) {
    perChannel.set(stored.slice(0, channels));
  } else {
    throw new EdgeDeployError(
      'E_WEIGHTS',
      `the quantised weights '${name}' of shape [${record.dims}] have ${stored.length} scales instead of 1 or ${channels}`,
      { hint: 'The program is damaged: quantise the original model again.' },
    );
  }
  return { bits, axis, scales: perChannel };
}

/** The real numbers of a quantised constant, fround(scale · q); any other constant as it is. */
export function dequantized(constant: Constant): Constant {
  const { quantization: rule, type, data } = constant;
  if (rule === undefined) return constant;
  const inner = strides(type.shape)[rule.axis] ?? 1;
  const values = new Float32Array(elementCount(type.shape));
  for (let i = 0; i < values.length; i++) {
    values[i] = rule.scales[Math.floor(i / inner) % rule.scales.length]! * Number(data[i]);
  }
  return { type: { dtype: 'f32', shape: type.shape }, data: values };
}

/** Whether every weight, or every scale of quantised ones, is a finite number. */
export function allFinite(constant: Constant): boolean {
  const values = constant.quantization?.scales ?? constant.data;
  if (!(values instanceof Float32Array || values instanceof Float64Array)) return true;
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) return false;
  return true;
}
