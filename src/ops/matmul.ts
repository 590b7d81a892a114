import type { Activation } from '../ir/graph.js';
import { elementCount } from '../ir/tensor.js';
import { activate } from './activation.js';
import { floats } from './data.js';
import { defineOp, type OpDefinition } from './op.js';
import { broadcastShapes, broadcastStrides, forEachStrided, required, shapeError } from './shape.js';

/** out = act(alpha · x · y) over the last two axes, batch axes broadcast. Both inputs have rank ≥ 2. */
export interface MatmulAttributes {
  readonly transposeX: boolean;
  readonly transposeY: boolean;
  readonly alpha: number;
  readonly activation?: Activation | undefined;
}

/** [rows, columns] of a matrix operand after its transposition. */
export function matrixOf(shape: readonly number[], transposed: boolean): readonly [number, number] {
  const [a, b] = shape.slice(-2) as [number, number];
  return transposed ? [b, a] : [a, b];
}

export const matmul: OpDefinition<MatmulAttributes> = defineOp({
  infer([x, y], { transposeX, transposeY }) {
    const [left, right] = [required(x, 'x').shape, required(y, 'y').shape];
    if (left.length < 2 || right.length < 2) throw shapeError(`matmul needs matrices, not [${left}] and [${right}]`);
    const [m, k] = matrixOf(left, transposeX);
    const [k2, n] = matrixOf(right, transposeY);
    if (k !== k2) throw shapeError(`inner dimensions differ: [${left}] and [${right}]`);
    return [{ dtype: 'f32', shape: [...broadcastShapes(left.slice(0, -2), right.slice(0, -2)), m, n] }];
  },

  evaluate([x, y], attributes) {
    const [type] = matmul.infer([x?.type, y?.type], attributes);
    const { transposeX, transposeY, alpha, activation } = attributes;
    const [left, right] = [floats(x), floats(y)];
    const [m, k] = matrixOf(x!.type.shape, transposeX);
    const n = type!.shape.at(-1)!;
    const batch = type!.shape.slice(0, -2);
    const xBatch = broadcastStrides(x!.type.shape.slice(0, -2), batch);
    const yBatch = broadcastStrides(y!.type.shape.slice(0, -2), batch);
    const [xRow, xColumn] = transposeX ? [1, m] : [k, 1];
    const [yRow, yColumn] = transposeY ? [1, k] : [n, 1];
    const data = new Float32Array(elementCount(type!.shape));
    const yOffsets: number[] = [];
    forEachStrided(batch, yBatch, 0, (_, offset) => yOffsets.push(offset * k * n));
    const row = new Float64Array(n);
    forEachStrided(batch, xBatch, 0, (index, offset) => {
      for (let i = 0; i < m; i++) {
        row.fill(0);
        for (let p = 0; p < k; p++) {
          const value = left[offset * m * k + i * xRow + p * xColumn]!;
          const from = yOffsets[index]! + p * yRow;
          for (let j = 0; j < n; j++) row[j]! += value * right[from + j * yColumn]!;
        }
        for (let j = 0; j < n; j++) data[(index * m + i) * n + j] = alpha * row[j]!;
      }
    });
    activate(data, activation);
    return [{ type: type!, data }];
  },

  macs([x], [out], { transposeX }) {
    return elementCount(out!.shape) * matrixOf(x!.shape, transposeX)[1];
  },
});
