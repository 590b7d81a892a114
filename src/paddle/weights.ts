/** Parameters as constants of the graph. */
import { EdgeDeployError } from '../base/errors.js';
import { describeNotFinite, findNotFinite } from '../ir/finite.js';
import type { Constant, TensorType } from '../ir/tensor.js';
import { VarKind } from './messages.js';
import { type Scales, weightQuantization } from './scales.js';
import { DTYPES, recordData, type TensorRecord } from './tensor-record.js';

/**
 * A parameter as a constant, its data a view into the file where possible. Throws E_WEIGHTS for integers whose scales
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
  return { type, data, quantization: weightQuantization(name, record, scales) };
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
