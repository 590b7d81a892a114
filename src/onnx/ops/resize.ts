import type { ResizeAttributes } from '../../ops/resize.js';
import { resizeTap } from '../../ops/resize.js';
import type { Importer, OpContext } from '../context.js';
import { type Axis, sourceIndex, sourcePosition } from './coordinates.js';

/** Longer axes are not resized: their tables would exhaust the compiler. */
const MAX_AXIS = 2 ** 20;

interface Plan {
  readonly axes: readonly Axis[];
  readonly transformation: string;
  readonly nearest: string;
}

/** The result's size and the scale of every axis, from `scales` or `sizes`. */
function axesOf(c: OpContext, scalesAt: number | undefined, sizesAt: number | undefined): Axis[] {
  const shape = c.shapeOf(c.input(0));
  const named = c.attributes.ints('axes', [...shape.keys()]).map((axis) => c.axis(axis, shape.length));
  const scales = (scalesAt === undefined ? c.attributes.floats('scales', []) : c.numbers(scalesAt)) ?? [];
  const sizes = sizesAt === undefined ? [] : (c.integers(sizesAt) ?? []);
  const given = scales.length > 0 ? scales : sizes;
  if (given.length !== named.length || !given.every((value) => Number.isFinite(value) && value > 0)) {
    throw c.fail(`has the scales [${scales}] and the sizes [${sizes}] for [${shape}]`);
  }
  const policy = c.attributes.text('keep_aspect_ratio_policy', 'stretch');
  const ratios = named.map((axis, i) => (scales.length > 0 ? scales[i]! : Math.fround(sizes[i]! / shape[axis]!)));
  const common = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios);
  return shape.map((input, axis) => {
    const i = named.indexOf(axis);
    if (i < 0) return { input, output: input, scale: 1 };
    if (scales.length > 0) return { input, output: Math.floor(Math.fround(input * scales[i]!)), scale: scales[i]! };
    if (policy === 'stretch') return { input, output: sizes[i]!, scale: ratios[i]! };
    if (policy !== 'not_larger' && policy !== 'not_smaller') {
      throw c.fail(`has the attribute keep_aspect_ratio_policy = '${policy}', not supported`);
    }
    return { input, output: Math.floor(Math.fround(input * common) + 0.5), scale: common };
  });
}

/** Nearest pixels: our resize where it picks the same ones, otherwise rows and columns picked by number. */
function nearest(c: OpContext, { axes, transformation, nearest: rounding }: Plan): void {
  const tables = axes.map((axis) =>
    Array.from({ length: axis.output }, (_, i) => sourceIndex(c, i, axis, transformation, rounding)),
  );
  const picks = (axis: number, ratio: number, alignCorners: boolean) => {
    const attributes = { mode: 'nearest', size: [], ratios: [], alignCorners, halfPixel: false } as const;
    return tables[axis]!.every((source, i) => resizeTap(i, axes[axis]!.input, ratio, attributes)[0] === source);
  };
  if (isImage(axes)) {
    for (const alignCorners of [false, true]) {
      const ratios = [2, 3].map((axis) => ratiosOf(axes[axis]!).find((ratio) => picks(axis, ratio, alignCorners)));
      if (ratios.every((ratio) => ratio !== undefined)) {
        const size = [axes[2]!.output, axes[3]!.output];
        c.output('resize', [c.input(0)], { mode: 'nearest', size, ratios, alignCorners, halfPixel: false });
        return;
      }
    }
  }
  let x = c.input(0);
  const changed = axes.map((_, axis) => axis).filter((axis) => tables[axis]!.some((source, i) => source !== i));
  for (const axis of axes.map((_, index) => index)) {
    if (axes[axis]!.input !== axes[axis]!.output && !changed.includes(axis)) changed.push(axis);
  }
  const last = changed.pop();
  if (last === undefined) {
    c.alias(x);
    return;
  }
  const indices = (axis: number) =>
    c.constant({ dtype: 'i32', shape: [tables[axis]!.length] }, Int32Array.from(tables[axis]!));
  for (const axis of changed) x = c.node('gather', [x, indices(axis)], { axis });
  c.output('gather', [x, indices(last)], { axis: last });
}

/** Linear interpolation of images: by our resize, in one of the three ways it places pixels. */
function linear(c: OpContext, { axes, transformation }: Plan): void {
  if (!isImage(axes)) {
    const sizes = `[${axes.map(({ input }) => input)}] to [${axes.map(({ output }) => output)}]`;
    throw c.fail(
      `has the attribute mode = 'linear' and resizes ${sizes}: only the last two of four axes are supported`,
    );
  }
  for (const [alignCorners, halfPixel] of [
    [false, true],
    [true, false],
    [false, false],
  ] as const) {
    const attributes = { mode: 'bilinear', size: [], ratios: [], alignCorners, halfPixel } as const;
    const ratios = [2, 3].map((axis) =>
      ratiosOf(axes[axis]!).find((ratio) => interpolatesAt(c, axes[axis]!, transformation, ratio, attributes)),
    );
    if (ratios.some((ratio) => ratio === undefined)) continue;
    const size = [axes[2]!.output, axes[3]!.output];
    const found = ratios as number[];
    c.output('resize', [c.input(0)], { mode: 'bilinear', size, ratios: found, alignCorners, halfPixel });
    return;
  }
  throw c.fail(
    `has the attribute coordinate_transformation_mode = '${transformation}', not supported for these sizes with mode = 'linear'`,
  );
}

function interpolatesAt(
  c: OpContext,
  axis: Axis,
  transformation: string,
  ratio: number,
  attributes: ResizeAttributes,
): boolean {
  return Array.from({ length: axis.output }, (_, i) => i).every((i) => {
    const wanted = Math.min(Math.max(sourcePosition(c, i, axis, transformation), 0), axis.input - 1);
    const [low, high, weight] = resizeTap(i, axis.input, ratio, attributes);
    return Math.abs(low + (high - low) * weight - wanted) <= 1e-6 * axis.input;
  });
}

/** Source pixels per result pixel that our resize may use for an axis. */
function ratiosOf({ input, output, scale }: Axis): number[] {
  return [1 / scale, input / output, output > 1 ? (input - 1) / (output - 1) : 0].map(Math.fround);
}

function isImage(axes: readonly Axis[]): boolean {
  return axes.length === 4 && axes[0]!.input === axes[0]!.output && axes[1]!.input === axes[1]!.output;
}

function resizeTo(c: OpContext, mode: string, plan: Plan): void {
  const sizes = plan.axes.map(({ output }) => output);
  if (sizes.some((size) => size < 1 || size > MAX_AXIS)) throw c.fail(`has no usable result size: [${sizes}]`);
  if (plan.axes.every(({ input, output, scale }) => input === output && scale === 1)) c.alias(c.input(0));
  else if (mode === 'nearest') nearest(c, plan);
  else if (mode === 'linear' || mode === 'bilinear') linear(c, plan);
  else throw c.fail(`has the attribute mode = '${mode}', not supported`);
}

/** Before version 11 pixels are placed without offset, and shrinking rounds up. */
const simple = (axes: Axis[]): Plan => ({ axes, transformation: 'asymmetric', nearest: 'simple' });

const resize: Importer = (c) => {
  const mode = c.attributes.text('mode', 'nearest');
  if (c.opset < 11) {
    resizeTo(c, mode, simple(axesOf(c, 1, undefined)));
    return;
  }
  const axes = axesOf(c, 2, 3);
  if (c.attributes.bool('antialias', false) && axes.some(({ scale }) => scale < 1)) {
    throw c.fail('has the attribute antialias = 1, not supported');
  }
  const transformation = c.attributes.text('coordinate_transformation_mode', 'half_pixel');
  resizeTo(c, mode, { axes, transformation, nearest: c.attributes.text('nearest_mode', 'round_prefer_floor') });
};

const upsample: Importer = (c) => {
  const axes = axesOf(c, c.opset < 9 ? undefined : 1, undefined);
  resizeTo(c, c.attributes.text('mode', 'nearest'), simple(axes));
};

export const resizes: Readonly<Record<string, Importer>> = { Resize: resize, Upsample: upsample };
