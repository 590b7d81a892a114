import { EdgeDeployError } from '../base/errors.js';
import type { Activation } from '../ir/graph.js';
import { type Constant, elementCount } from '../ir/tensor.js';
import { realValues } from '../ops/evaluate.js';
import type { Operand } from '../steps/lowered.js';
import { activationFields, type Lowering } from './context.js';
import type { Layout } from './layout.js';
import { columnSums, type FilterView, packChannels, packPanels, type WeightArray } from './pack.js';

/** Everything a `conv2d` step needs besides its weights; sizes in elements. */
export interface GemmGeometry {
  readonly n: number;
  readonly ih: number;
  readonly iw: number;
  readonly oh: number;
  readonly ow: number;
  readonly kh: number;
  readonly kw: number;
  readonly strides: readonly number[];
  readonly padTop: number;
  readonly padLeft: number;
  readonly dilations: readonly number[];
  readonly xPixel: number;
  readonly yBatch: number;
  readonly yRow: number;
  readonly yPixel: number;
}

export interface GemmStep {
  readonly name: string;
  readonly x: string;
  readonly xLayout: Layout;
  readonly weights: Constant;
  /** Names the packed data; phases of one transposed convolution differ. */
  readonly weightsName: string;
  /** The weight tensor seen by the GEMM, over `weights.data` or its dequantised twin. */
  view<T extends WeightArray>(source: T): FilterView<T>;
  readonly bias: Float32Array | undefined;
  readonly residual:
    | { readonly operand: Operand; readonly batch: number; readonly row: number; readonly pixel: number }
    | undefined;
  readonly y: Operand;
  readonly geometry: GemmGeometry;
  readonly activation: Activation | undefined;
  /** Set where x holds int8 and the weights are integers of the model: the arithmetic is integer whatever the precision. */
  readonly int8?: { readonly scales: Float32Array };
}

/** int8 taken as it is: {f32 scale 1; i32 zero_point 0}. */
const UNSCALED = Float32Array.of(1, 0);

/** Fewer input channels than this are not worth quantising: the first layer of a network keeps fp32 arithmetic. */
export const MIN_INT8_DEPTH = 8;

/** More products than this may not fit the 32 bits they are summed in: (activation − zero point) · weight reaches 255 · 127. */
const MAX_INT8_DEPTH = Math.floor((2 ** 31 - 1) / (255 * 127));

const WEIGHT_TYPES = { f32: 0, i8: 1, i16: 2 } as const;

/** Emits one `conv2d` step (and the quantisation of its input where the precision wants integer arithmetic). */
export function emitGemm(lowering: Lowering, gemm: GemmStep): void {
  const { weights, geometry, residual, int8 } = gemm;
  const { precision } = lowering.options;
  const fp32 = precision === 'fp32' && !int8;
  const stored = fp32 ? realValues(weights) : weights;
  const scales = fp32 ? undefined : (int8 ?? weights.quantization)?.scales;
  const view = gemm.view(stored.data as WeightArray);
  const { groups, co, ci, taps } = view;
  const possible = taps * ci <= MAX_INT8_DEPTH && isSymmetric(view.source);
  if (int8 && !possible) throw unfitForInt8(gemm.name);
  const integer = possible && (int8 !== undefined || (precision === 'int8' && ci >= MIN_INT8_DEPTH));
  const tile = lowering.tile(integer ? 's8' : 'f32');
  const key = `${gemm.weightsName}`;
  const perChannel = (suffix: string, values: Float32Array | Int32Array) =>
    lowering.data(`${key} ${suffix}`, () => packChannels(values, groups, co, tile.nr));
  const source =
    integer && !int8
      ? lowering.quantized(gemm.x, gemm.xLayout)
      : { x: lowering.in(gemm.x, gemm.xLayout), params: int8 ? lowering.data('int8 as it is', () => UNSCALED) : null };
  const pixels = geometry.n * geometry.oh * geometry.ow;
  lowering.step(
    'conv2d',
    gemm.name,
    {
      x: source.x,
      x_params: source.params,
      w: lowering.data(`${key} packed`, () => packPanels(view, tile)),
      bias: gemm.bias ? perChannel(`bias of ${gemm.name}`, gemm.bias) : null,
      scale: scales ? perChannel(int8 ? `scales of ${gemm.name}` : 'scales', spread(scales, groups * co)) : null,
      sums: integer ? perChannel('sums', columnSums(view as FilterView<Int8Array>)) : null,
      residual: residual?.operand ?? null,
      y: gemm.y,
      n: geometry.n,
      ih: geometry.ih,
      iw: geometry.iw,
      ci,
      oh: geometry.oh,
      ow: geometry.ow,
      co,
      groups,
      kh: geometry.kh,
      kw: geometry.kw,
      stride_h: geometry.strides[0]!,
      stride_w: geometry.strides[1]!,
      pad_top: geometry.padTop,
      pad_left: geometry.padLeft,
      dilation_h: geometry.dilations[0]!,
      dilation_w: geometry.dilations[1]!,
      x_pixel: geometry.xPixel,
      y_batch: geometry.yBatch,
      y_row: geometry.yRow,
      y_pixel: geometry.yPixel,
      r_batch: residual?.batch ?? 0,
      r_row: residual?.row ?? 0,
      r_pixel: residual?.pixel ?? 0,
      weight_type: WEIGHT_TYPES[stored.type.dtype as 'f32' | 'i8' | 'i16'],
      input_type: integer ? 1 : 0,
      block_rows: blockRows(
        pixels,
        taps * ci * (integer ? 1 : 4),
        tile.mr,
        lowering.options.l2,
        scales !== undefined && !integer,
      ),
      ...activationFields(gemm.activation),
    },
    ['y'],
    pixels * co * groups * taps * ci,
  );
}

function unfitForInt8(name: string): EdgeDeployError {
  return new EdgeDeployError('E_OP', `the int8 layer '${name}' has weights of −128, or sums too long for 32 bits`, {
    hint: 'Quantise the model with weights within ±127, as PaddleSlim does.',
  });
}

/** int8 within ±127, as PaddleSlim makes it: with −128, two products would not fit the 16 bits some kernels add them in. */
function isSymmetric(weights: WeightArray): weights is Int8Array {
  return weights instanceof Int8Array && !weights.includes(-128);
}

/** A scale for every output channel: transposed convolutions have one per channel within a group. */
function spread(scales: Float32Array, channels: number): Float32Array {
  return scales.length === channels
    ? scales
    : Float32Array.from({ length: channels }, (_, c) => scales[c % scales.length]!);
}

/**
 * Pixels per block, a multiple of mr: their input rows should fill about half of the L2 so that they stay while the weight
 * panels pass by. Where weights are dequantised on the way, a block is at least 128 pixels, so that this cost disappears.
 */
function blockRows(pixels: number, rowBytes: number, mr: number, l2: number, dequantized: boolean): number {
  const fitting = Math.floor(l2 / 2 / Math.max(rowBytes, 1));
  const wanted = Math.min(Math.max(fitting, dequantized ? 128 : 2 * mr), 512, pixels);
  return Math.max(1, Math.ceil(wanted / mr)) * mr;
}

/** Elements of a whole residual tensor addressed like the result. */
export function sameGeometryResidual(operand: Operand | undefined, geometry: GemmGeometry): GemmStep['residual'] {
  return operand && { operand, batch: geometry.yBatch, row: geometry.yRow, pixel: geometry.yPixel };
}

/** Rows of a [..., K] tensor. */
export function rowsOf(shape: readonly number[]): number {
  return elementCount(shape.slice(0, -1));
}
