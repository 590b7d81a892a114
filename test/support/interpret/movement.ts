import { DTYPES } from '../../../src/steps/ledger.js';
import type { Frame } from './frame.js';

/** Walks `dims` row-major; offsets follow each list of strides, in elements. */
export function forEachOffset(
  dims: readonly number[],
  strides: readonly (readonly number[])[],
  visit: (index: number, offsets: readonly number[]) => void,
): void {
  const count = dims.reduce((a, b) => a * b, 1);
  for (let index = 0; index < count; index++) {
    const offsets = strides.map(() => 0);
    let rest = index;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      const position = rest % dims[axis]!;
      rest = Math.floor(rest / dims[axis]!);
      for (const [list, own] of strides.entries()) offsets[list]! += position * own[axis]!;
    }
    visit(index, offsets);
  }
}

/** x's address is that of the first element read; a negative stride goes back from there, so x is all of its memory. */
export function copy(frame: Frame): void {
  const { element, rank } = frame.numbers('element', 'rank');
  const { buffer, byteOffset } = frame.bytes('x');
  const x = new Uint8Array(buffer);
  const y = frame.bytes('y');
  const dims = frame.list('dims').slice(0, rank);
  forEachOffset(dims, [frame.list('x_strides'), frame.list('y_strides')], (_, [from = 0, to = 0]) => {
    const start = byteOffset + from * element;
    y.set(x.subarray(start, start + element), to * element);
  });
}

export function fill(frame: Frame): void {
  const { element, count, low, high } = frame.numbers('element', 'count', 'low', 'high');
  const pattern = new Uint8Array(Uint32Array.of(low, high).buffer).subarray(0, element);
  const y = frame.bytes('y');
  for (let i = 0; i < count; i++) y.set(pattern, i * element);
}

export function gather(frame: Frame): void {
  const { outer, n, inner_bytes, count, index_type } = frame.numbers(
    'outer',
    'n',
    'inner_bytes',
    'count',
    'index_type',
  );
  const [x, y, indices] = [frame.bytes('x'), frame.bytes('y'), frame.typed('indices', DTYPES[index_type]!)];
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < count; i++) {
      const start = (o * n + Math.min(Math.max(Number(indices[i]), 0), n - 1)) * inner_bytes;
      y.set(x.subarray(start, start + inner_bytes), (o * count + i) * inner_bytes);
    }
  }
}
