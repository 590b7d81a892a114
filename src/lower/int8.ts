/** Layers of models that were quantised, activations included, before they came here. Precisions do not change them. */
import type { Node } from '../ir/graph.js';
import { elementCount, type TensorType } from '../ir/tensor.js';
import type { Conv2dAttributes } from '../ops/conv2d.js';
import { attributesOf } from '../ops/op.js';
import { type QuantizeAttributes, quantizationFactor } from '../ops/quantize.js';
import { DTYPES } from '../steps/ledger.js';
import type { Operand } from '../steps/lowered.js';
import { activationFields, type Lowering } from './context.js';
import { biasOf, convolutionGemm, emitDepthwise, fcGemm, isDepthwise, type Shape4, weightsOf } from './convolution.js';
import { emitGemm } from './gemm.js';
import type { WeightArray } from './pack.js';

/** Places of the inputs of int8_conv2d and int8_fc. */
const [SCALE, BIAS] = [2, 3];

export function lowerQuantize(lowering: Lowering, node: Node): void {
  const [x = ''] = node.inputs;
  const { operand, layout } = lowering.anywhere(x);
  lowering.step('static_quantize', node.name, {
    x: operand,
    y: lowering.result(node.outputs[0]!, layout),
    count: elementCount(lowering.shapeOf(x)),
    factor: quantizationFactor(attributesOf<QuantizeAttributes>(node).scale),
  });
}

export function lowerInt8Conv2d(lowering: Lowering, node: Node): void {
  const weights = weightsOf(lowering, node);
  if (isDepthwise(lowering, node)) {
    lowerInt8Depthwise(lowering, node, weights.data as WeightArray);
    return;
  }
  emitGemm(lowering, {
    ...convolutionGemm(lowering, node, weights),
    int8: { scales: lowering.floatsOf(node.inputs[SCALE])! },
    bias: biasOf(lowering, node, BIAS),
    residual: undefined,
    y: lowering.result(node.outputs[0]!, 'channels_last'),
  });
}

export function lowerInt8Fc(lowering: Lowering, node: Node): void {
  emitGemm(lowering, {
    ...fcGemm(lowering, node, weightsOf(lowering, node)),
    int8: { scales: lowering.floatsOf(node.inputs[SCALE])! },
    bias: biasOf(lowering, node, BIAS),
    residual: undefined,
    y: lowering.result(node.outputs[0]!, 'plain'),
  });
}

/**
 * Depthwise kernels compute in fp32. Their sums stay exact as long as the scale comes after them: integers within ±127 add up
 * to less than 2^24 for filters of up to 1040 taps.
 */
function lowerInt8Depthwise(lowering: Lowering, node: Node, source: WeightArray): void {
  const [x = ''] = node.inputs;
  const [n, c, oh, ow] = lowering.shapeOf(node.outputs[0]!) as Shape4;
  const sums = lowering.buffer(`${node.name} (sums)`, lowering.typeOf(node.outputs[0]!));
  const bias = biasOf(lowering, node, BIAS);
  emitDepthwise(lowering, node, source, {
    x: asFloats(lowering, node, x),
    bias: null,
    scale: lowering.data(`ones of ${node.name}`, () => new Float32Array(c).fill(1)),
    residual: null,
    y: sums,
    ...activationFields(undefined),
  });
  lowering.step('affine', node.name, {
    x: sums,
    a: lowering.in(node.inputs[SCALE]!, 'plain'),
    b: lowering.data(`bias of ${node.name}`, () => bias ?? new Float32Array(c)),
    y: lowering.result(node.outputs[0]!, 'channels_last'),
    ...{ outer: n * oh * ow, c, inner: 1 },
    ...activationFields(attributesOf<Conv2dAttributes>(node).activation),
  });
}

function asFloats(lowering: Lowering, node: Node, x: string): Operand {
  const type: TensorType = { dtype: 'f32', shape: lowering.shapeOf(x) };
  const y = lowering.buffer(`${x} (f32)`, type);
  lowering.step('cast', node.name, {
    x: lowering.in(x, 'channels_last'),
    y,
    count: elementCount(type.shape),
    from: DTYPES.indexOf('i8'),
    to: DTYPES.indexOf('f32'),
  });
  return y;
}
