import { elementCount } from '../../ir/tensor.js';
import { broadcastShapes } from '../../ops/shape.js';
import type { Importer, OpContext } from '../context.js';

const reshapeTo = (c: OpContext, shape: readonly number[]) => c.output('reshape', [c.input(0)], { shape });

/** 0 copies a dimension (unless allowzero), one −1 is what is left. */
const reshape: Importer = (c) => {
  const input = c.shapeOf(c.input(0));
  const zero = c.attributes.bool('allowzero', false);
  const wanted = (c.integers(1) ?? c.attributes.ints('shape')).map((size, axis) =>
    size === 0 && !zero ? (input[axis] ?? 0) : size,
  );
  const open = wanted.indexOf(-1);
  const known = elementCount(wanted.filter((_, axis) => axis !== open));
  const total = elementCount(input);
  if (open >= 0) wanted[open] = total / known;
  if (!wanted.every((size) => Number.isSafeInteger(size) && size >= 0) || elementCount(wanted) !== total) {
    throw c.fail(`cannot give [${input}] the shape [${c.integers(1) ?? c.attributes.ints('shape')}]`);
  }
  reshapeTo(c, wanted);
};

const flatten: Importer = (c) => {
  const shape = c.shapeOf(c.input(0));
  const given = c.attributes.int('axis', 1);
  const axis = given === shape.length ? given : c.axis(given, shape.length);
  reshapeTo(c, [elementCount(shape.slice(0, axis)), elementCount(shape.slice(axis))]);
};

const squeeze: Importer = (c) => {
  const shape = c.shapeOf(c.input(0));
  const axes = c.list(1, 'axes')?.map((axis) => c.axis(axis, shape.length));
  if (axes?.some((axis) => shape[axis] !== 1)) throw c.fail(`cannot squeeze the axes [${axes}] of [${shape}]`);
  reshapeTo(
    c,
    shape.filter((size, axis) => (axes ? !axes.includes(axis) : size !== 1)),
  );
};

const unsqueeze: Importer = (c) => {
  const shape = c.shapeOf(c.input(0));
  const given = c.list(1, 'axes');
  if (given === undefined) throw c.fail('has no axes');
  const axes = given.map((axis) => c.axis(axis, shape.length + given.length));
  if (new Set(axes).size !== axes.length) throw c.fail(`names an axis twice: [${given}]`);
  const result = [...shape];
  for (const axis of axes.toSorted((a, b) => a - b)) result.splice(axis, 0, 1);
  reshapeTo(c, result);
};

const transpose: Importer = (c) => {
  const x = c.input(0);
  const rank = c.shapeOf(x).length;
  const reversed = Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  c.output('transpose', [x], { permutation: c.attributes.ints('perm', reversed).map((axis) => c.axis(axis, rank)) });
};

const shape: Importer = (c) => {
  const dimensions = c.shapeOf(c.input(0));
  const part = dimensions.slice(c.attributes.int('start', 0), c.attributes.int('end', dimensions.length));
  c.outputConstant({
    type: { dtype: 'i64', shape: [part.length] },
    data: BigInt64Array.from(part, BigInt),
  });
};

const size: Importer = (c) => {
  const count = elementCount(c.shapeOf(c.input(0)));
  c.outputConstant({ type: { dtype: 'i64', shape: [] }, data: BigInt64Array.of(BigInt(count)) });
};

/** Both shapes stretch. */
const expand: Importer = (c) => {
  const own = c.shapeOf(c.input(0));
  const wanted = c.integers(1) ?? [];
  if (wanted.some((dimension) => dimension < 0)) throw c.fail(`cannot expand [${own}] to [${wanted}]`);
  const target = broadcastShapes(own, wanted);
  const lifted = [...new Array<number>(target.length - own.length).fill(1), ...own];
  const x = lifted.length === own.length ? c.input(0) : c.reshaped(c.input(0), lifted);
  c.output('tile', [x], { repeats: target.map((dimension, axis) => (lifted[axis] === dimension ? 1 : dimension)) });
};

const tile: Importer = (c) => {
  const repeats = c.integers(1);
  if (repeats === undefined) throw c.fail('has no repeats');
  c.output('tile', [c.input(0)], { repeats });
};

/** [N, C·b², H, W] → [N, C, H·b, W·b]; the block's place comes first in the channels (DCR) or last (CRD). */
const depthToSpace: Importer = (c) => {
  const [n, channels, h, w] = blocked(c);
  const b = c.attributes.int('blocksize');
  const mode = c.attributes.text('mode', 'DCR');
  if (mode !== 'DCR' && mode !== 'CRD') throw c.fail(`has the unknown mode '${mode}'`);
  if (!(b >= 1) || channels % (b * b) !== 0) throw c.fail(`cannot deal ${channels} channels to blocks of ${b}`);
  const depth = channels / (b * b);
  const split = c.reshaped(c.input(0), mode === 'DCR' ? [n, b, b, depth, h, w] : [n, depth, b, b, h, w]);
  const permutation = mode === 'DCR' ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3];
  c.output('reshape', [c.node('transpose', [split], { permutation })], { shape: [n, depth, h * b, w * b] });
};

/** The inverse of DCR. */
const spaceToDepth: Importer = (c) => {
  const [n, channels, h, w] = blocked(c);
  const b = c.attributes.int('blocksize');
  if (!(b >= 1) || h % b !== 0 || w % b !== 0) throw c.fail(`cannot cut [${h}, ${w}] into blocks of ${b}`);
  const split = c.reshaped(c.input(0), [n, channels, h / b, b, w / b, b]);
  const mixed = c.node('transpose', [split], { permutation: [0, 3, 5, 1, 2, 4] });
  c.output('reshape', [mixed], { shape: [n, channels * b * b, h / b, w / b] });
};

function blocked(c: OpContext): [number, number, number, number] {
  const dimensions = c.shapeOf(c.input(0));
  if (dimensions.length !== 4) throw c.fail(`needs an input of rank 4, not [${dimensions}]`);
  return dimensions as unknown as [number, number, number, number];
}

export const shapes: Readonly<Record<string, Importer>> = {
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Shape: shape,
  Size: size,
  Expand: expand,
  Tile: tile,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
};
