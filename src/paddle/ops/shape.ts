import type { Importer, OpContext } from '../context.js';

const product = (dimensions: readonly number[]) => dimensions.reduce((a, b) => a * b, 1);

/** An attribute that an optional tensor, or a list of one-element tensors, overrides. */
export function listOf(
  c: OpContext,
  tensor: string,
  tensors: string,
  attribute: string,
  fallback?: readonly number[],
): number[] {
  const list = c.inputs(tensors);
  if (list.length > 0) return list.flatMap((value) => c.integers(value));
  const one = c.optional(tensor);
  return one === undefined ? c.attributes.ints(attribute, fallback) : c.integers(one);
}

function reshapeTo(c: OpContext, slot: string, shape: readonly number[]): void {
  c.output('Out', 'reshape', [c.input(slot)], { shape });
}

/** 0 copies a dimension, one −1 is what is left. */
const reshape: Importer = (c) => {
  const input = c.shapeOf(c.input('X'));
  const wanted = listOf(c, 'Shape', 'ShapeTensor', 'shape').map((size, axis) =>
    size === 0 ? (input[axis] ?? 0) : size,
  );
  const open = wanted.indexOf(-1);
  if (open >= 0) {
    const known = product(wanted.filter((_, axis) => axis !== open));
    if (wanted.indexOf(-1, open + 1) >= 0 || known === 0 || product(input) % known !== 0) {
      throw c.fail(`cannot give [${input}] the shape [${wanted}]`);
    }
    wanted[open] = product(input) / known;
  }
  reshapeTo(c, 'X', wanted);
};

const flatten: Importer = (c) => {
  const shape = c.shapeOf(c.input('X'));
  const axis = c.attributes.int('axis', 1);
  if (axis < 0 || axis > shape.length) throw c.fail(`cannot flatten [${shape}] at axis ${axis}`);
  reshapeTo(c, 'X', [product(shape.slice(0, axis)), product(shape.slice(axis))]);
};

const flattenRange: Importer = (c) => {
  const shape = c.shapeOf(c.input('X'));
  if (shape.length === 0) return reshapeTo(c, 'X', [1]);
  const start = c.axis(c.attributes.int('start_axis', 1), shape.length);
  const stop = c.axis(c.attributes.int('stop_axis', 1), shape.length);
  if (start > stop) throw c.fail(`flattens the axes ${start} to ${stop}`);
  reshapeTo(c, 'X', [...shape.slice(0, start), product(shape.slice(start, stop + 1)), ...shape.slice(stop + 1)]);
};

const squeeze: Importer = (c) => {
  const shape = c.shapeOf(c.input('X'));
  const axes = c.attributes.ints('axes', []).map((axis) => c.axis(axis, shape.length));
  reshapeTo(
    c,
    'X',
    shape.filter((size, axis) => size !== 1 || (axes.length > 0 && !axes.includes(axis))),
  );
};

const unsqueeze: Importer = (c) => {
  const shape = [...c.shapeOf(c.input('X'))];
  for (const axis of listOf(c, 'AxesTensor', 'AxesTensorList', 'axes'))
    shape.splice(c.axis(axis, shape.length + 1), 0, 1);
  reshapeTo(c, 'X', shape);
};

const shape: Importer = (c) => {
  const dimensions = c.shapeOf(c.input('Input'));
  c.outputConstant('Out', { type: { dtype: 'i32', shape: [dimensions.length] }, data: Int32Array.from(dimensions) });
};

const transpose: Importer = (c) => {
  const x = c.input('X');
  const rank = c.shapeOf(x).length;
  c.output('Out', 'transpose', [x], { permutation: c.attributes.ints('axis').map((axis) => c.axis(axis, rank)) });
};

const identity: Importer = (c) => c.output('Out', 'identity', [c.input('X')], {});

/** Broadcasts X to a shape; −1 keeps a dimension. */
function expandTo(c: OpContext, wanted: readonly number[]): void {
  let x = c.input('X');
  const own = c.shapeOf(x);
  const missing = wanted.length - own.length;
  if (missing < 0) throw c.fail(`cannot expand [${own}] to [${wanted}]`);
  const from = [...new Array<number>(missing).fill(1), ...own];
  if (missing > 0) x = c.reshaped(x, from);
  const repeats = wanted.map((size, axis) => {
    if (size === -1 || size === from[axis]) return 1;
    if (from[axis] !== 1 || size < 1) throw c.fail(`cannot expand [${own}] to [${wanted}]`);
    return size;
  });
  c.output('Out', 'tile', [x], { repeats });
}

const tile: Importer = (c) => {
  let x = c.input('X');
  const own = c.shapeOf(x);
  const repeats = listOf(c, 'RepeatTimes', 'repeat_times_tensor', 'repeat_times');
  const rank = Math.max(own.length, repeats.length);
  if (own.length < rank) x = c.reshaped(x, [...new Array<number>(rank - own.length).fill(1), ...own]);
  c.output('Out', 'tile', [x], { repeats: [...new Array<number>(rank - repeats.length).fill(1), ...repeats] });
};

/** The oldest form: a factor for every axis. */
const expand: Importer = (c) =>
  c.output('Out', 'tile', [c.input('X')], { repeats: listOf(c, 'ExpandTimes', 'expand_times_tensor', 'expand_times') });

const expandAs: Importer = (c) => {
  const like = c.optional('Y') ?? c.optional('target_tensor');
  expandTo(c, like === undefined ? c.attributes.ints('target_shape') : c.shapeOf(like));
};

export const shapes: Readonly<Record<string, Importer>> = {
  reshape,
  reshape2: reshape,
  flatten,
  flatten2: flatten,
  flatten_contiguous_range: flattenRange,
  squeeze,
  squeeze2: squeeze,
  unsqueeze,
  unsqueeze2: unsqueeze,
  shape,
  transpose,
  transpose2: transpose,
  assign: identity,
  expand,
  expand_v2: (c) => expandTo(c, listOf(c, 'Shape', 'expand_shapes_tensor', 'shape')),
  expand_as_v2: expandAs,
  tile,
};
