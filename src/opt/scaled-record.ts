import type { Channels } from '../ir/channels.js';
import { weightKernels } from '../ir/weight-kernels.js';
import { floatPieces, PiecewiseRecord, type TensorRecord } from '../paddle/model.js';

/** An fp32 parameter times the factors of its channels, each product rounded to fp32. Computed when its elements are asked for. */
export class ScaledRecord extends PiecewiseRecord {
  readonly source: TensorRecord;
  readonly channels: Channels;
  readonly factors: Float32Array;

  constructor(source: TensorRecord, channels: Channels, factors: Float32Array) {
    super(source.dataType, source.dims, () => products(this));
    this.source = source;
    this.channels = channels;
    this.factors = factors;
  }
}

function* products({ source, channels, factors }: ScaledRecord): Generator<Uint8Array, void, undefined> {
  let start = 0;
  for (const piece of floatPieces(source)) {
    // What is in memory is not ours to change.
    const into = source instanceof PiecewiseRecord ? piece : new Float32Array(piece.length);
    weightKernels().multiply(piece, start, channels, factors, into);
    yield new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
    start += piece.length;
  }
}

/** A record as the kernels take it: without factors they can apply themselves, those of the same channels. */
export function withoutFactors(
  record: TensorRecord,
  { inner, period, slicesPerGroup }: Channels,
): { source: TensorRecord; factors: Float32Array | undefined } {
  if (!(record instanceof ScaledRecord)) return { source: record, factors: undefined };
  const { channels } = record;
  const isSame = channels.inner === inner && channels.period === period && channels.slicesPerGroup === slicesPerGroup;
  return isSame ? record : { source: record, factors: undefined };
}
