/** Parameters as constants of the graph. */
import { EdgeDeployError } from '../base/errors.js';
import { ChannelWalk } from '../ir/channels.js';
import { describeNotFinite, findNotFinite } from '../ir/finite.js';
import type { Integers } from '../ir/quantization.js';
import { type Constant, elementCount, type TensorType, type WeightQuantization } from '../ir/tensor.js';
import { VarKind } from './messages.js';
import { type Scales, type WeightScales, weightScales } from './scales.js';
import { DTYPES, recordData, type TensorRecord } from './tensor-record.js';

/**
 * A parameter as a constant, its data a view into the file where possible. Integers with scales that no axis of a graph's
 * constant could have become real numbers. Throws E_WEIGHTS for integers whose scales
 * are missing or lost, and for element types the compiler does not know.
 */
export function weightConstant(name: string, record: TensorRecord, scales: readonly Scales[] = []): Constant {
  const dtype = DTYPES[record.dataType];
  if (dtype === undefined) {
    throw new EdgeDeployError(
      'E_WEIGHTS',
      `the parameter '${name}' has an unsupported element type (${record.dataType})`,
      { hint: 'Export the model in fp32.' },
    );
  }
  const type: TensorType = { dtype, shape: record.dims };
  const data = recordData(record);
  const quantized = record.dataType === VarKind.INT8 || record.dataType === VarKind.INT16;
  // A test model of PaddleSlim carries the scales too, but its weights are fp32 again.
  if (!quantized) return { type, data };
  const found = weightScales(name, record, scales);
  const quantization = alongOneAxis(found, record.dims);
  if (quantization === undefined)
    return { type: { dtype: 'f32', shape: record.dims }, data: realWeights(data as Integers, found) };
  return { type, data, quantization };
}

/** The scales as a graph has them, one for each index of an axis; undefined where that is not enough. */
function alongOneAxis(
  { bits, axis, channels, scales }: WeightScales,
  dims: readonly number[],
): WeightQuantization | undefined {
  const { count, inner } = channels;
  if (count === dims[axis] && inner === elementCount(dims.slice(axis + 1))) return { bits, axis, scales };
  // Each channel of a depthwise transposed convolution is a group of its own.
  if (count === dims[0] && dims[1] === 1) return { bits, axis: 0, scales };
  return undefined;
}

function realWeights(integers: Integers, { channels, scales }: WeightScales): Float32Array {
  const real = new Float32Array(integers.length);
  const walk = new ChannelWalk(channels, 0);
  for (let i = 0; i < real.length; walk.next()) {
    const end = i + walk.left;
    for (let { channel } = walk; i < end; i++, channel += walk.step) real[i] = scales[channel]! * integers[i]!;
  }
  return real;
}

/** The integers of a record that an int8 kernel takes as they are: the scales belong to that op. */
export function integerConstant(record: TensorRecord, taken: boolean): Constant | undefined {
  if (!taken || record.dataType !== VarKind.INT8) return undefined;
  return { type: { dtype: 'i8', shape: record.dims }, data: recordData(record) };
}

/** What of the weights, or of the scales of quantised ones, is NaN or infinite; undefined if nothing is. */
export function notFiniteIn({ data, quantization: rule }: Constant): string | undefined {
  const values = rule?.scales ?? data;
  if (!(values instanceof Float32Array || values instanceof Float64Array)) return undefined;
  const found = findNotFinite(values);
  return found && `${rule ? 'has the scale' : 'holds'} ${describeNotFinite(found, values.length)}`;
}
