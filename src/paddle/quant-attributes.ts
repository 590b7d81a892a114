/** The attributes by which PaddleSlim's quantiser tells a consumer how to get an op's real weights back. */
import { EdgeDeployError } from '../base/errors.js';
import type { QuantizationMode } from '../ir/quantization.js';
import { type Attribute, AttributeType, type Op, type Program, VarKind } from './messages.js';
import type { Parameters } from './parameters.js';

/** `<variable>_quant_scale`: the name of the attribute that holds a weight's scales. */
export const SCALE_SUFFIX = '_quant_scale';

export interface WeightAttributes {
  readonly bits: 8 | 16;
  readonly mode: QuantizationMode;
  /** One scale per channel, or one. */
  readonly scales: Float32Array;
  /** Whether to write `with_quant_attr`, which Paddle from about 2.5 on does. */
  readonly marksOps: boolean;
}

/** Writes the attributes for the quantised input `variable` of the op. */
export function setWeightAttributes(
  op: Op,
  variable: string,
  { bits, mode, scales, marksOps }: WeightAttributes,
): void {
  const type = Buffer.from(`post_weight_${mode}`);
  setAttribute(op, { name: 'quantization_type', type: AttributeType.STRING, s: type });
  setAttribute(op, { name: 'quantize_weight_bits', type: AttributeType.INT, i: bits });
  setAttribute(op, { name: `${variable}${SCALE_SUFFIX}`, type: AttributeType.FLOATS, floats: [...scales] });
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
export function refuseQuantized(program: Program, parameters: Parameters): void {
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
