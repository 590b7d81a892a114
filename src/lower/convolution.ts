import { EdgeDeployError } from '../base/errors.js';
import type { Node } from '../ir/graph.js';
import type { Constant } from '../ir/tensor.js';
import type { Conv2dAttributes } from '../ops/conv2d.js';
import type { Conv2dTransposeAttributes } from '../ops/conv2d-transpose.js';
import { realValues } from '../ops/evaluate.js';
import type { FcAttributes } from '../ops/fc.js';
import { attributesOf } from '../ops/op.js';
import { activationFields, type Fields, type Lowering } from './context.js';
import { emitGemm, type GemmStep, rowsOf, sameGeometryResidual } from './gemm.js';
import type { WeightArray } from './pack.js';

/** Steps that one transposed convolution may become: strides of 64 × 64. */
const MAX_PHASES = 4096;

export type Shape4 = readonly [number, number, number, number];

/** What a layer's weights and shapes alone decide of its step. */
export type GemmShape = Pick<
  GemmStep,
  'name' | 'x' | 'xLayout' | 'weights' | 'weightsName' | 'view' | 'geometry' | 'activation'
>;

/** Weights must be known when the model is compiled: they are packed then. */
export function weightsOf(lowering: Lowering, node: Node): Constant {
  const constant = lowering.constantOf(node.inputs[1]);
  if (constant) return constant;
  throw new EdgeDeployError('E_OP', `${node.op} '${node.name}' takes its weights '${node.inputs[1]}' from another op`, {
    hint: 'Only weights stored in the model can be compiled; export the model for inference.',
  });
}

/** A bias is packed with the weights. `place` is its place among the inputs. */
export function biasOf(lowering: Lowering, node: Node, place = 2): Float32Array | undefined {
  const bias = node.inputs[place];
  const values = lowering.floatsOf(bias);
  if (values || !bias) return values;
  throw new EdgeDeployError('E_OP', `${node.op} '${node.name}' takes its bias '${bias}' from another op`, {
    hint: 'Only a bias stored in the model can be compiled; add it with an elementwise_add instead.',
  });
}

export function lowerConv2d(lowering: Lowering, node: Node): void {
  const residual = node.inputs[3];
  const weights = weightsOf(lowering, node);
  if (isDepthwise(lowering, node)) {
    lowerDepthwise(lowering, node, weights);
    return;
  }
  const gemm = convolutionGemm(lowering, node, weights);
  const skip = residual ? lowering.in(residual, 'channels_last') : undefined;
  emitGemm(lowering, {
    ...gemm,
    bias: biasOf(lowering, node),
    residual: sameGeometryResidual(skip, gemm.geometry),
    y: lowering.result(node.outputs[0]!, 'channels_last'),
  });
}

/** One filter per channel, and more than one channel. */
export function isDepthwise(lowering: Lowering, node: Node): boolean {
  const channels = lowering.shapeOf(node.inputs[0]!)[1]!;
  const { groups } = attributesOf<Conv2dAttributes>(node);
  return groups === channels && lowering.shapeOf(node.outputs[0]!)[1] === channels && channels > 1;
}

export function convolutionGemm(lowering: Lowering, node: Node, weights: Constant): GemmShape {
  const [x = ''] = node.inputs;
  const { strides, pads, dilations, groups, activation } = attributesOf<Conv2dAttributes>(node);
  const [n, c, ih, iw] = lowering.shapeOf(x) as Shape4;
  const [, o, oh, ow] = lowering.shapeOf(node.outputs[0]!) as Shape4;
  const [, perGroup, kh, kw] = weights.type.shape as Shape4;
  return {
    name: node.name,
    x,
    xLayout: 'channels_last',
    weights,
    weightsName: `${node.inputs[1]} /${groups}`,
    view: (source) => ({
      ...{ groups, co: o / groups, ci: perGroup, taps: kh * kw, source },
      index: (channel, tap, k) => (channel * perGroup + k) * kh * kw + tap,
    }),
    geometry: {
      ...{ n, ih, iw, oh, ow, kh, kw, strides, dilations },
      ...{ padTop: pads[0]!, padLeft: pads[2]!, xPixel: c, yBatch: oh * ow * o, yRow: ow * o, yPixel: o },
    },
    activation,
  };
}

function lowerDepthwise(lowering: Lowering, node: Node, weights: Constant): void {
  const [x = '', w, , residual] = node.inputs;
  const fp32 = lowering.options.precision === 'fp32';
  const source = (fp32 ? realValues(weights) : weights).data as WeightArray;
  const scales = fp32 ? undefined : weights.quantization?.scales;
  const biases = biasOf(lowering, node);
  emitDepthwise(lowering, node, source, {
    x: lowering.in(x, 'channels_last'),
    bias: biases ? lowering.data(`${w} bias of ${node.name}`, () => biases) : null,
    scale: scales ? lowering.data(`${w} scales`, () => scales) : null,
    residual: residual ? lowering.in(residual, 'channels_last') : null,
    y: lowering.result(node.outputs[0]!, 'channels_last'),
    ...activationFields(attributesOf<Conv2dAttributes>(node).activation),
  });
}

/** One `depthwise_conv2d` step of `node` with these operands and activation; the weights are packed tap by tap. */
export function emitDepthwise(lowering: Lowering, node: Node, source: WeightArray, fields: Fields): void {
  const [x = '', w = ''] = node.inputs;
  const [n, c, ih, iw] = lowering.shapeOf(x) as Shape4;
  const [, , oh, ow] = lowering.shapeOf(node.outputs[0]!) as Shape4;
  const [, , kh, kw] = lowering.shapeOf(w) as Shape4;
  const { strides, pads, dilations } = attributesOf<Conv2dAttributes>(node);
  lowering.step(
    'depthwise_conv2d',
    node.name,
    {
      ...fields,
      w: lowering.data(`${w} depthwise`, () => {
        const packed = source.slice();
        for (let channel = 0; channel < c; channel++) {
          for (let tap = 0; tap < kh * kw; tap++) packed[tap * c + channel] = source[channel * kh * kw + tap]!;
        }
        return packed;
      }),
      ...{ n, ih, iw, c, oh, ow, kh, kw },
      stride_h: strides[0]!,
      stride_w: strides[1]!,
      pad_top: pads[0]!,
      pad_left: pads[2]!,
      dilation_h: dilations[0]!,
      dilation_w: dilations[1]!,
      weight_type: source instanceof Float32Array ? 0 : source instanceof Int8Array ? 1 : 2,
    },
    ['y'],
    n * c * oh * ow * kh * kw,
  );
}

export function lowerFc(lowering: Lowering, node: Node): void {
  const residual = node.inputs[3];
  const gemm = fcGemm(lowering, node, weightsOf(lowering, node));
  const skip = residual ? lowering.in(residual, 'plain') : undefined;
  emitGemm(lowering, {
    ...gemm,
    bias: biasOf(lowering, node),
    residual: sameGeometryResidual(skip, gemm.geometry),
    y: lowering.result(node.outputs[0]!, 'plain'),
  });
}

export function fcGemm(lowering: Lowering, node: Node, weights: Constant): GemmShape {
  const [x = ''] = node.inputs;
  const [k, columns] = weights.type.shape as [number, number];
  const rows = rowsOf(lowering.shapeOf(x));
  return {
    name: node.name,
    x,
    xLayout: 'plain',
    weights,
    weightsName: `${node.inputs[1]} fc`,
    view: (source) => ({
      ...{ groups: 1, co: columns, ci: k, taps: 1, source },
      index: (channel, _tap, depth) => depth * columns + channel,
    }),
    geometry: {
      ...{ n: 1, ih: 1, iw: rows, oh: 1, ow: rows, kh: 1, kw: 1, strides: [1, 1], dilations: [1, 1] },
      ...{ padTop: 0, padLeft: 0, xPixel: k, yBatch: rows * columns, yRow: rows * columns, yPixel: columns },
    },
    activation: attributesOf<FcAttributes>(node).activation,
  };
}

/**
 * A transposed convolution is stride_h × stride_w ordinary ones: result rows oy ≡ phase (mod stride) only meet every
 * stride-th row of the filter. Each phase is a `conv2d` step whose results stand a stride apart.
 */
export function lowerConv2dTranspose(lowering: Lowering, node: Node): void {
  const [x = ''] = node.inputs;
  const { strides, pads, dilations, groups, activation } = attributesOf<Conv2dTransposeAttributes>(node);
  const [n, c, ih, iw] = lowering.shapeOf(x) as Shape4;
  const [, o, oh, ow] = lowering.shapeOf(node.outputs[0]!) as Shape4;
  if (Math.min(strides[0]!, oh) * Math.min(strides[1]!, ow) > MAX_PHASES) {
    throw new EdgeDeployError(
      'E_OP',
      `conv2d_transpose '${node.name}' has the strides [${strides}], too large to compile`,
      {
        hint: `At most ${MAX_PHASES} steps are made of one; upsample with several layers or an interpolation.`,
      },
    );
  }
  const weights = weightsOf(lowering, node);
  const [, perGroup, kh, kw] = weights.type.shape as Shape4;
  const y = lowering.result(node.outputs[0]!, 'channels_last');
  const rows = phases(kh, strides[0]!, dilations[0]!, pads[0]!, oh);
  const columns = phases(kw, strides[1]!, dilations[1]!, pads[2]!, ow);
  for (const row of rows) {
    for (const column of columns) {
      const taps = row.taps.length * column.taps.length;
      emitGemm(lowering, {
        name: node.name,
        x,
        xLayout: 'channels_last',
        weights,
        weightsName: `${node.inputs[1]} /${groups} phase ${row.phase},${column.phase}`,
        view: (source) => ({
          ...{ groups, co: perGroup, ci: c / groups, taps, source },
          index: (channel, tap, k) => {
            const ky = row.taps[Math.floor(tap / column.taps.length)]!;
            const kx = column.taps[tap % column.taps.length]!;
            const input = Math.floor(channel / perGroup) * (c / groups) + k;
            return ((input * perGroup + (channel % perGroup)) * kh + ky) * kw + kx;
          },
        }),
        bias: biasOf(lowering, node),
        residual: undefined,
        y: { ...y, offset: y.offset + 4 * (row.phase * ow + column.phase) * o },
        geometry: {
          ...{ n, ih, iw, oh: row.count, ow: column.count, kh: row.taps.length, kw: column.taps.length },
          ...{ strides: [1, 1], dilations: [row.step, column.step], padTop: row.pad, padLeft: column.pad, xPixel: c },
          ...{ yBatch: oh * ow * o, yRow: strides[0]! * ow * o, yPixel: strides[1]! * o },
        },
        activation,
      });
    }
  }
}

interface Phase {
  readonly phase: number;
  /** Results o = phase, phase + stride, … */
  readonly count: number;
  /** Filter positions that meet this phase, in the order of rising input positions; empty means bias only. */
  readonly taps: readonly number[];
  /** Distance in input pixels between taps, and the first tap's offset: input = i + tap·step − pad for the i-th result. */
  readonly step: number;
  readonly pad: number;
}

/** One axis: result o takes input (o + pad − k·dilation) / stride for every filter position k that divides evenly. */
export function phases(kernel: number, stride: number, dilation: number, pad: number, size: number): Phase[] {
  const result: Phase[] = [];
  for (let phase = 0; phase < Math.min(stride, size); phase++) {
    const taps = Array.from({ length: kernel }, (_, k) => kernel - 1 - k).filter(
      (k) => (phase + pad - k * dilation) % stride === 0,
    );
    const inputs = taps.map((k) => (phase + pad - k * dilation) / stride);
    result.push({
      phase,
      count: Math.ceil((size - phase) / stride),
      taps,
      step: inputs.length > 1 ? inputs[1]! - inputs[0]! : 1,
      pad: inputs.length > 0 ? -inputs[0]! : 0,
    });
  }
  return result;
}
