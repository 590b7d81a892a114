import type { Graph } from '../ir/graph.js';
import type { Constant, TensorType } from '../ir/tensor.js';
import { elementCount } from '../ir/tensor.js';
import type { WeightReport } from '../ir/weight-report.js';
import { realValues } from '../ops/evaluate.js';
import { quantizeWeights } from '../quantize/index.js';
import { type Histogram, histogram, rangeOf } from './histogram.js';

/** How weights are stored. int8 arithmetic stores them as int8w does. */
export const STORAGES = ['fp32', 'int8w', 'int16w'] as const;
export type Storage = (typeof STORAGES)[number];

/** Bytes of weights by storage, scales included; a storage that the weights can no longer take is left out. */
export type StoredBytes = Readonly<Partial<Record<Storage, number>>>;

/** A constant of the model, and what becomes of it in each storage. */
export interface InspectedWeight {
  readonly name: string;
  readonly type: TensorType;
  readonly bytes: StoredBytes;
  /** What quantisation does to it; left out where it stays as it is: biases, integers, weights quantised before. */
  readonly int8w?: WeightReport;
  readonly int16w?: WeightReport;
  /** Smallest and largest scale of weights that are quantised in the model. */
  readonly scales?: { readonly low: number; readonly high: number };
  /** Distribution of the real values; left out for other element types than f32 and quantised integers. */
  readonly values?: Histogram;
  /** The same for what the int8 integers stand for. */
  readonly int8Values?: Histogram;
}

export interface InspectedWeights {
  readonly weights: readonly InspectedWeight[];
  /** The graph with weights of 8 and of 16 bits; undefined when the model is quantised to the other width. */
  readonly int8: Graph | undefined;
  readonly int16: Graph | undefined;
}

/** Measures every constant as it is and in 8 and 16 bits. Throws E_WEIGHTS for NaN and infinity. */
export function inspectWeights(graph: Graph): InspectedWeights {
  const bits = [...graph.constants.values()].find(({ quantization }) => quantization)?.quantization?.bits;
  const quantized = (wanted: 8 | 16) => {
    if (bits !== undefined) return bits === wanted ? { graph, report: [] } : undefined;
    return quantizeWeights(graph, { bits: wanted, mode: 'channel_wise_abs_max' });
  };
  const [int8, int16] = [quantized(8), quantized(16)];
  const [reports8, reports16] = [int8, int16].map((one) => new Map(one?.report.map((report) => [report.name, report])));
  const weights = [...graph.constants].map(([name, constant]): InspectedWeight => {
    const [report8, report16] = [reports8!.get(name), reports16!.get(name)];
    const distribution = isReal(constant) ? distributionOf(constant, report8 && int8?.graph.constants.get(name)) : {};
    return {
      name,
      type: constant.type,
      bytes: {
        fp32: constant.quantization ? 4 * elementCount(constant.type.shape) : constant.data.byteLength,
        ...(int8 ? { int8w: report8?.bytesAfter ?? ownBytes(constant) } : {}),
        ...(int16 ? { int16w: report16?.bytesAfter ?? ownBytes(constant) } : {}),
      },
      ...(constant.quantization ? { scales: rangeOf(constant.quantization.scales) } : {}),
      ...(report8 ? { int8w: report8 } : {}),
      ...(report16 ? { int16w: report16 } : {}),
      ...distribution,
    };
  });
  return { weights, int8: int8?.graph, int16: int16?.graph };
}

/** A constant that compilation made of others: how it is quantised is decided, and measured, before. */
export function inspectConstant(name: string, constant: Constant): InspectedWeight {
  const { type, data } = constant;
  return {
    name,
    type,
    bytes: { fp32: data.byteLength },
    ...(isReal(constant) ? distributionOf(constant, undefined) : {}),
  };
}

function isReal({ type, quantization }: Constant): boolean {
  return type.dtype === 'f32' || quantization !== undefined;
}

function distributionOf(constant: Constant, int8: Constant | undefined): Partial<InspectedWeight> {
  const real = realValues(constant).data as Float32Array;
  const range = rangeOf(real);
  return {
    values: histogram(real, range),
    ...(int8 ? { int8Values: histogram(realValues(int8).data as Float32Array, range) } : {}),
  };
}

function ownBytes({ data, quantization }: Constant): number {
  return data.byteLength + (quantization?.scales.byteLength ?? 0);
}

/** Adds up; a storage that one of them cannot take is left out. */
export function sumBytes(all: readonly StoredBytes[]): StoredBytes {
  const sums = STORAGES.flatMap((storage) => {
    const bytes = all.map((one) => one[storage]);
    return bytes.includes(undefined) ? [] : [[storage, bytes.reduce((a: number, b) => a + b!, 0)] as const];
  });
  return Object.fromEntries(sums);
}
