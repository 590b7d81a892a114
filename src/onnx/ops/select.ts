import type { Importer, OpContext } from '../context.js';

const concat: Importer = (c) => {
  const inputs = c.inputs();
  const rank = c.shapeOf(inputs[0] ?? c.input(0)).length;
  const axis = c.axis(c.attributes.int('axis', 1), rank);
  if (inputs.length === 1) return c.alias(inputs[0]!);
  c.output('concat', inputs, { axis });
};

const split: Importer = (c) => {
  const x = c.input(0);
  const shape = c.shapeOf(x);
  const axis = c.axis(c.attributes.int('axis', 0), shape.length);
  const sizes = c.list(1, 'split') ?? equalParts(c, shape[axis]!);
  const fits = sizes.every((size) => size >= 0) && sizes.reduce((a, b) => a + b, 0) === shape[axis];
  if (!fits || sizes.length !== c.outputCount) {
    throw c.fail(`cannot split ${shape[axis]} into [${sizes}] for ${c.outputCount} outputs`);
  }
  let start = 0;
  sizes.forEach((size, index) => {
    c.outputAt(index, 'slice', [x], { axes: [axis], starts: [start], ends: [start + size], steps: [1] });
    start += size;
  });
};

/** One part for each output; since version 18 the last may be smaller. */
function equalParts(c: OpContext, total: number): number[] {
  const count = c.outputCount;
  const declared = c.attributes.int('num_outputs', count);
  if (declared !== count) throw c.fail(`has ${count} outputs and num_outputs = ${declared}`);
  const part = Math.ceil(total / count);
  if (c.opset < 18 && total % count !== 0) throw c.fail(`cannot split ${total} into ${count} equal parts`);
  return Array.from({ length: count }, (_, index) => Math.max(0, Math.min(part, total - index * part)));
}

/** Start and end clamped to the axis; −1 as an end of a backward slice means "past the first". */
function bounds(start: number, end: number, stride: number, size: number): [number, number] {
  const clampTo = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);
  const wrap = (value: number) => (value < 0 ? value + size : value);
  if (stride > 0) {
    const first = clampTo(wrap(start), 0, size);
    return [first, Math.max(first, clampTo(wrap(end), 0, size))];
  }
  const first = clampTo(wrap(start), -1, size - 1);
  return [first, Math.min(first, clampTo(wrap(end), -1, size - 1))];
}

const slice: Importer = (c) => {
  const x = c.input(0);
  const shape = c.shapeOf(x);
  const starts = c.list(1, 'starts') ?? [];
  const ends = c.list(2, 'ends') ?? [];
  const axes = (c.list(3, 'axes') ?? starts.map((_, axis) => axis)).map((axis) => c.axis(axis, shape.length));
  const steps = c.integers(4) ?? starts.map(() => 1);
  const uneven = [ends, axes, steps].some((list) => list.length !== starts.length);
  if (uneven || steps.includes(0) || new Set(axes).size !== axes.length) {
    throw c.fail(`has unusable lists: starts [${starts}], ends [${ends}], axes [${axes}], steps [${steps}]`);
  }
  const ranges = axes.map((axis, i) => bounds(starts[i]!, ends[i]!, steps[i]!, shape[axis]!));
  c.output('slice', [x], { axes, starts: ranges.map(([start]) => start), ends: ranges.map(([, end]) => end), steps });
};

/** Indices may count from the end. */
const gather: Importer = (c) => {
  const [x, indices] = [c.input(0), c.input(1)];
  const shape = c.shapeOf(x);
  const axis = c.axis(c.attributes.int('axis', 0), shape.length);
  const size = shape[axis]!;
  const { dtype, shape: indexShape } = c.typeOf(indices);
  if (dtype !== 'i32' && dtype !== 'i64') throw c.fail(`has indices of element type ${dtype}`);
  const whole = (values: readonly number[]) =>
    dtype === 'i32' ? Int32Array.from(values) : BigInt64Array.from(values, BigInt);
  if (c.constantOf(indices) === undefined) {
    const period = c.constant({ dtype, shape: new Array<number>(indexShape.length).fill(1) }, whole([size]));
    return c.output('gather', [x, c.node('binary', [indices, period], { kind: 'mod' })], { axis });
  }
  const given = c.integers(1)!;
  const outside = given.find((index) => index < -size || index >= size);
  if (outside !== undefined) throw c.fail(`has the index ${outside}, outside axis ${axis} of [${shape}]`);
  if (given.every((index) => index >= 0)) return c.output('gather', [x, indices], { axis });
  const wrapped = given.map((index) => (index < 0 ? index + size : index));
  c.output('gather', [x, c.constant({ dtype, shape: indexShape }, whole(wrapped))], { axis });
};

const MODES = { constant: 'constant', reflect: 'reflect', edge: 'edge' } as const;

/** Negative pads cut off. */
const pad: Importer = (c) => {
  const x = c.input(0);
  const shape = c.shapeOf(x);
  const mode = c.attributes.text('mode', 'constant');
  if (!Object.hasOwn(MODES, mode)) throw c.fail(`has the attribute mode = '${mode}', not supported`);
  const pads = c.list(1, 'pads') ?? c.attributes.ints('paddings');
  const axes = c.integers(3)?.map((axis) => c.axis(axis, shape.length)) ?? shape.map((_, axis) => axis);
  if (pads.length !== 2 * axes.length) throw c.fail(`has the pads [${pads}] for the axes [${axes}] of [${shape}]`);
  const at = (axis: number, end: 0 | 1) => (axes.includes(axis) ? pads[axes.indexOf(axis) + end * axes.length]! : 0);
  const before = shape.map((_, axis) => at(axis, 0));
  const after = shape.map((_, axis) => at(axis, 1));
  const all = shape.map((_, axis) => axis);
  const cut = [...before, ...after].some((value) => value < 0);
  const inner = cut
    ? c.node('slice', [x], {
        axes: all,
        starts: before.map((value) => Math.max(-value, 0)),
        ends: after.map((value, axis) => shape[axis]! - Math.max(-value, 0)),
        steps: all.map(() => 1),
      })
    : x;
  const grow = (values: readonly number[]) => values.map((value) => Math.max(value, 0));
  if ([...before, ...after].every((value) => value <= 0)) return c.alias(inner);
  const value = c.scalar(2) ?? c.attributes.float('value', 0);
  const attributes = { before: grow(before), after: grow(after), mode: MODES[mode as keyof typeof MODES], value };
  c.output('pad', [inner], attributes);
};

export const selection: Readonly<Record<string, Importer>> = {
  Concat: concat,
  Split: split,
  Slice: slice,
  Gather: gather,
  Pad: pad,
};
