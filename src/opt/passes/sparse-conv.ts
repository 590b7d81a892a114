import { VarKind } from '../../paddle/model.js';
import { read, setInt } from '../attributes.js';
import { floats, groupsOf } from '../conv.js';
import type { Node } from '../node.js';
import type { Pass } from '../pass.js';

/** What `sparse_conv2d` keeps of a filter [rows, columns]. */
interface Sparse {
  readonly values: number[];
  /** Behind the last place of each block of rows. */
  readonly ends: number[];
  /** From the column of a place to the one that follows it. */
  readonly steps: number[];
  readonly first: number;
}

/**
 * 1 × 1 conv2d in which a fraction of at least `sparsity` of the weights is zero → sparse_conv2d (Paddle-Lite:
 * sparse_conv_detect), for fp32 filters. It stores distances in memory between input channels, so the size of the image has to
 * be known; Paddle-Lite takes an unknown one for one pixel, and int8 weights of an fp32 model for fp32: those stay conv2d here.
 */
export const sparseConv: Pass = (graph, { sparsity, warn }) => {
  if (sparsity === undefined) return;
  for (const node of [...graph.nodes]) {
    if (!isPointwise(node)) continue;
    const filter = node.input('Filter')!;
    if (filter.record!.dataType !== VarKind.FP32) {
      warn(`the integer weights '${filter.name}' stay dense`);
      continue;
    }
    const weights = floats(filter);
    const zeros = weights.reduce((count, weight) => count + Number(weight === 0), 0);
    if (weights.length === 0 || Math.fround(zeros / weights.length) < Math.fround(sparsity)) continue;
    const [height = -1, width = -1] = node.input('Input')!.dims.slice(2);
    if (height < 1 || width < 1) {
      warn(`'${filter.name}' stays dense: the size of the image is not known`);
      continue;
    }
    const [rows, columns] = filter.dims as [number, number];
    const image = height * width * Float32Array.BYTES_PER_ELEMENT;
    if (columns * image >= 2 ** 31) {
      warn(`'${filter.name}' stays dense: its input is larger than 2 GB`);
      continue;
    }
    const paired = isPaired(weights, rows, columns);
    const { values, ends, steps, first } = (paired ? inPairs : inRows)(weights, rows, columns);
    const counts = Int32Array.from({ length: rows }, (_, row) => ends[row] ?? 0);
    const diffs = Int32Array.from(steps, (step) => step * image);
    node.type = 'sparse_conv2d';
    node.clearInput('Filter');
    const add = (slot: string, suffix: string, dataType: number, data: Float32Array | Int32Array) =>
      node.setInput(
        slot,
        graph.parameter(`${filter.name}_${suffix}`, {
          dataType,
          dims: [data.length],
          data: new Uint8Array(data.buffer),
        }),
      );
    add('NonZeroWeights', 'nonzeros_output', VarKind.FP32, Float32Array.from(values));
    add('OcNonZeros', 'oc_nonzeros', VarKind.INT32, counts);
    add('Diffs', 'ic_diffs', VarKind.INT32, diffs);
    setInt(node, 'first_ic', first);
    setInt(node, 'flag_semi', Number(paired));
    graph.moveToEnd(node);
  }
};

function isPointwise(node: Node): boolean {
  const filter = node.type === 'conv2d' ? node.input('Filter') : undefined;
  if (filter?.record === undefined || filter.dims.length !== 4 || groupsOf(node) !== 1) return false;
  const attributes = read(node);
  return (
    filter.dims[2] === 1 &&
    filter.dims[3] === 1 &&
    attributes.ints('strides', [1, 1]).every((stride) => stride === 1) &&
    attributes.ints('paddings', [0, 0]).every((padding) => padding === 0)
  );
}

/** Two rows at a time pay when nine tenths of what is stored are not zero; a last row alone does not count. */
function isPaired(weights: Float32Array, rows: number, columns: number): boolean {
  let [nonZero, blocks] = [0, 0];
  for (let row = 0; row + 1 < rows; row += 2) {
    for (let column = 0; column < columns; column++) {
      const two = [weights[row * columns + column]!, weights[(row + 1) * columns + column]!];
      const count = two.filter((weight) => weight !== 0).length;
      nonZero += count;
      blocks += Number(count > 0);
    }
  }
  return 5 * nonZero >= 9 * blocks;
}

/** Every row by itself; its values begin at a multiple of four. */
function inRows(weights: Float32Array, rows: number, columns: number): Sparse {
  const values: number[] = [];
  const steps: number[] = [];
  const ends: number[] = [];
  const firsts: (number | undefined)[] = [];
  for (let row = 0; row < rows; row++) {
    let previous: number | undefined;
    firsts.push(undefined);
    for (let column = 0; column < columns; column++) {
      const weight = weights[row * columns + column]!;
      if (weight === 0) continue;
      if (previous !== undefined) steps[values.length - 1] = column - previous;
      firsts[row] ??= column;
      previous = column;
      values.push(weight);
    }
    ends.push(values.length);
    while (values.length % 4 !== 0) values.push(0);
  }
  const first = link(steps, ends, firsts);
  return { values, ends, steps: Array.from(values, (_, i) => steps[i] ?? 0), first };
}

/** Two rows at a time, the last alone where their number is odd; the last step leads back to the first column. */
function inPairs(weights: Float32Array, rows: number, columns: number): Sparse {
  const values: number[] = [];
  const steps: number[] = [];
  const ends: number[] = [];
  const firsts: (number | undefined)[] = [];
  let places = 0;
  let last: number | undefined;
  for (let row = 0; row < rows; row += 2) {
    const block = row + 1 < rows ? [row, row + 1] : [row];
    let previous: number | undefined;
    firsts.push(undefined);
    for (let column = 0; column < columns; column++) {
      const stored = block.map((one) => weights[one * columns + column]!);
      if (stored.every((weight) => weight === 0)) continue;
      if (previous !== undefined) steps[places - 1] = column - previous;
      firsts[firsts.length - 1] ??= column;
      previous = column;
      values.push(...stored);
      places++;
    }
    last = previous ?? last;
    ends.push(places);
  }
  const first = link(steps, ends, firsts);
  if (places > 0) steps[places - 1] = first - last!;
  return { values, ends, steps: Array.from({ length: places }, (_, i) => steps[i] ?? 0), first };
}

/** At the end of a block stands the step from the first column of all to the next block's. Returns the first of all. */
function link(steps: number[], ends: readonly number[], firsts: readonly (number | undefined)[]): number {
  const first = firsts.find((column) => column !== undefined) ?? 0;
  let next = first;
  for (let block = ends.length - 1; block >= 0; block--) {
    if (ends[block]! > 0) steps[ends[block]! - 1] = next - first;
    next = firsts[block] ?? next;
  }
  return first;
}
