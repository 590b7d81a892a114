/**
 * Layouts of tensors on the board. `plain` is row-major as the graph declares it; `channels_last` holds a rank-4 tensor
 * [N,C,H,W] as N·H·W·C. A tensor with C = 1 or H·W = 1 is both.
 */
export type Layout = 'plain' | 'channels_last';

/** Order of the logical axes in memory, outermost first. */
export function axisOrder(rank: number, layout: Layout): readonly number[] {
  return layout === 'channels_last' ? [0, 2, 3, 1] : Array.from({ length: rank }, (_, axis) => axis);
}

/** The shape as it stands in memory. */
export function memoryShape(shape: readonly number[], layout: Layout): number[] {
  return axisOrder(shape.length, layout).map((axis) => shape[axis]!);
}

/** Stride in elements of each logical axis. */
export function layoutStrides(shape: readonly number[], layout: Layout): number[] {
  const result = new Array<number>(shape.length).fill(0);
  let stride = 1;
  for (const axis of axisOrder(shape.length, layout).toReversed()) {
    result[axis] = stride;
    stride *= shape[axis]!;
  }
  return result;
}

/** True when both layouts of this shape are the same bytes. */
export function layoutsCoincide(shape: readonly number[]): boolean {
  return shape.length !== 4 || shape[1] === 1 || shape[2]! * shape[3]! === 1;
}

/**
 * Drops axes of size 1 and merges neighbours that every list of strides walks as one: the fewest loops for a kernel.
 * Returns at least one axis.
 */
export function coalesce(
  dims: readonly number[],
  ...strides: (readonly number[])[]
): { dims: number[]; strides: number[][] } {
  const result: number[] = [];
  const lists: number[][] = strides.map(() => []);
  dims.forEach((size, axis) => {
    if (size === 1) return;
    const last = result.length - 1;
    const merges = last >= 0 && lists.every((list, i) => list[last] === strides[i]![axis]! * size);
    if (merges) {
      result[last]! *= size;
      for (const [i, list] of lists.entries()) list[last] = strides[i]![axis]!;
    } else {
      result.push(size);
      for (const [i, list] of lists.entries()) list.push(strides[i]![axis]!);
    }
  });
  if (result.length === 0) {
    result.push(1);
    for (const list of lists) list.push(1);
  }
  return { dims: result, strides: lists };
}

/** A list filled up with `value` to the eight axes of a step record. */
export function toRank8(list: readonly number[], value: number): number[] {
  return [...list, ...new Array<number>(8 - list.length).fill(value)];
}
