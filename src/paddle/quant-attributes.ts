/** The attributes by which PaddleSlim's quantiser tells a consumer how to get an op's real weights back. */
import { EdgeDeployError } from '../base/errors.js';
import type { QuantizationMode } from '../ir/quantization.js';
import { type Attribute, AttributeType, type Op, type Program, VarKind } from './messages.js';
import type { TensorRecord } from './tensor-record.js';

/** `<variable>_quant_scale`: the name of the attribute that holds a weight's scales. */
export const SCALE_SUFFIX = '_quant_scale';

/**
 * `<variable>_quant_axis`: the first axis of the channels. Paddle has no such attribute; we write it where its readers'
 * rule, axis 0 in convolutions and 1 in matrix products, is not enough.
 */
export const AXIS_SUFFIX = '_quant_axis';

/** Ops whose weights have a scale per row of axis 0; all others (mul, fc) have one per column. */
export const ROW_OPS: ReadonlySet<string> = new Set(['conv2d', 'depthwise_conv2d']);

export interface WeightAttributes {
  readonly bits: 8 | 16;
  readonly mode: QuantizationMode;
  /** First axis of the channels; undefined: as Paddle has it. */
  readonly axis: number | undefined;
  /** One scale per channel, or one. */
  readonly scales: Float32Array;
  /** Whether to write `with_quant_attr`, which Paddle from about 2.5 on does. */
  readonly marksOps: boolean;
}

/** Writes the attributes for a quantised input of the op. */
export function setWeightAttributes(
  op: Op,
  { name, tensor }: { readonly name: string; readonly tensor: Pick<TensorRecord, 'dims'> },
  { bits, mode, axis, scales, marksOps }: WeightAttributes,
): void {
  const type = Buffer.from(`post_weight_${mode}`);
  setAttribute(op, { name: 'quantization_type', type: AttributeType.STRING, s: type });
  setAttribute(op, { name: 'quantize_weight_bits', type: AttributeType.INT, i: bits });
  setAttribute(op, { name: `${name}${SCALE_SUFFIX}`, type: AttributeType.FLOATS, floats: [...scales] });
  const known = ROW_OPS.has(op.type) ? axis === 0 : axis === 1 && tensor.dims.length === 2;
  if (axis !== undefined && !known) {
    setAttribute(op, { name: `${name}${AXIS_SUFFIX}`, type: AttributeType.INT, i: axis });
  }
  if (marksOps) setAttribute(op, { name: 'with_quant_attr', type: AttributeType.BOOLEAN, b: true });
}

/** Replaces the attribute of this name, or inserts it where Paddle would: attributes are sorted by name. */
function setAttribute(op: Op, attribute: Attribute): void {
  const same = op.attrs.findIndex(({ name }) => name === attribute.name);
  if (same >= 0) {
    op.attrs[same] = attribute;
    return;
  }
  const later = op.attrs.findIndex(({ name }) => name > attribute.name);
  op.attrs.splice(later < 0 ? op.attrs.length : later, 0, attribute);
}

/**
 * Throws E_WEIGHTS when the model went through PaddleSlim's quantiser before. A second run would take the integers for
 * weights and replace their scales by 1.
 */
export function refuseQuantized(
  program: Program,
  parameters: ReadonlyMap<string, Pick<TensorRecord, 'dataType'>>,
): void {
  for (const op of program.blocks.flatMap((block) => block.ops)) {
    const scale = op.attrs.find(({ name }) => name.endsWith(SCALE_SUFFIX));
    if (scale === undefined) continue;
    const weights = scale.name.slice(0, -SCALE_SUFFIX.length);
    if (scale.type === AttributeType.INTS) {
      throw new EdgeDeployError(
        'E_WEIGHTS',
        `the weights '${weights}' are quantised already, and their scales are lost`,
        {
          hint: 'PaddleSlim under NumPy 2 saved the scales as integers. Quantise the original fp32 model.',
          details: { tensor: weights },
        },
      );
    }
    const stored = parameters.get(weights)?.dataType;
    const what = stored === VarKind.FP32 ? "are a quantiser's test model" : 'are quantised already';
    throw new EdgeDeployError('E_WEIGHTS', `the weights '${weights}' of ${op.type} ${what}`, {
      hint: 'Quantise the original fp32 model.',
      details: { tensor: weights },
    });
  }
}
