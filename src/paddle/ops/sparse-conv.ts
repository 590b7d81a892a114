/** `sparse_conv2d`: what opt's --sparse_model makes of a 1 × 1 convolution with many zeros. Read back as a plain filter. */
import type { Importer, OpContext } from '../context.js';
import { convolution } from './conv.js';
import { imageSize } from './layout.js';

/**
 * Non-zero weights, output channel by output channel (in blocks of two where `paired`), each channel's by rising input
 * channel. `ends[b]` is the number of columns up to the end of block b. `steps[i]` leads, in input channels, from column i
 * to the next one of its block; the last one of a block instead from the first column of all to the next block's first.
 */
interface Sparse {
  readonly values: Float32Array | Int8Array;
  readonly ends: readonly number[];
  readonly steps: readonly number[];
  readonly first: number;
  readonly paired: boolean;
}

const sparseConv2d: Importer = (c) => {
  const x = c.input('Input');
  const [height, width] = imageSize(c, x);
  const values = c.constantOf(c.input('NonZeroWeights'))?.data;
  if (!(values instanceof Float32Array || values instanceof Int8Array)) {
    throw c.fail("needs stored weights of fp32 or int8 in 'NonZeroWeights'");
  }
  const counts = c.integers(c.input('OcNonZeros'));
  // Opt writes distances in memory: bytes, for the size of image it was run with.
  const unit = values.BYTES_PER_ELEMENT * height * width;
  const steps = c.integers(c.input('Diffs')).map((bytes) => bytes / unit);
  const first = c.attributes.int('first_ic', 0);
  const paired = c.attributes.int('flag_semi', 0) !== 0;
  const shape = [counts.length, c.shapeOf(x)[1]!, 1, 1];
  const type = { dtype: values instanceof Int8Array ? 'i8' : 'f32', shape } as const;
  c.checkConstantSize(type);
  const ends = paired ? counts.slice(0, Math.ceil(counts.length / 2)) : counts;
  const dense = filled({ values, ends, steps, first, paired }, shape[0]!, shape[1]!);
  if (dense === undefined) throw unfit(c, [height, width]);
  convolution(c, c.constant(type, dense));
};

function unfit(c: OpContext, [height, width]: readonly [number, number]) {
  return c.fail(
    `has sparse weights that do not fit an input of ${height} × ${width}`,
    'opt wrote them for one size of input: give the model the input shape that opt was run with.',
  );
}

/** The filter [rows, columns], or undefined where steps leave it. Versions of opt differ: only one reading can be right. */
function filled(sparse: Sparse, rows: number, columns: number): Float32Array | Int8Array | undefined {
  return (
    fill(sparse, rows, columns, 1) ??
    fill(sparse, rows, columns, 4) ??
    fill({ ...sparse, ...fromCounts(sparse) }, rows, columns, 1)
  );
}

/** At first, `ends` were counts of every row for itself, and all steps led to the next column. */
function fromCounts({ ends: counts, steps }: Sparse): Pick<Sparse, 'ends' | 'steps'> {
  let total = 0;
  const ends = counts.map((count) => {
    total += count;
    return total;
  });
  const last = new Set(ends.map((end) => end - 1));
  let distance = 0;
  const relative = steps.map((step, i) => {
    distance += step;
    return last.has(i) ? distance : step;
  });
  return { ends, steps: relative };
}

/** Reads rows whose values begin at multiples of `multiple`. */
function fill(
  { values, ends, steps, first, paired }: Sparse,
  rows: number,
  columns: number,
  multiple: number,
): Float32Array | Int8Array | undefined {
  const dense = new (values.constructor as new (length: number) => Float32Array | Int8Array)(rows * columns);
  let next = 0;
  for (let row = 0, block = 0; row < rows; block++) {
    const height = paired && row + 1 < rows ? 2 : 1;
    const before = block === 0 ? 0 : ends[block - 1]!;
    if (ends[block]! < before) return undefined;
    next = Math.ceil(next / multiple) * multiple;
    let column = first + (before === 0 ? 0 : (steps[before - 1] ?? Number.NaN));
    let previous = -1;
    for (let i = Math.ceil(before / multiple) * multiple; i < ends[block]!; i++) {
      if (!Number.isInteger(column) || column <= previous || column >= columns) return undefined;
      for (let k = 0; k < height; k++) dense[(row + k) * columns + column] = values[next++] ?? Number.NaN;
      previous = column;
      column += steps[i] ?? Number.NaN;
    }
    row += height;
  }
  return Math.ceil(next / multiple) * multiple === values.length ? dense : undefined;
}

export const sparse: Readonly<Record<string, Importer>> = { sparse_conv2d: sparseConv2d };
