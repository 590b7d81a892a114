import { EdgeDeployError } from '../base/errors.js';
import type { Node } from '../ir/graph.js';
import { elementCount, strides } from '../ir/tensor.js';
import type { ArgMaxAttributes } from '../ops/arg-max.js';
import type { LayerNormAttributes } from '../ops/layer-norm.js';
import { type MatmulAttributes, matrixOf } from '../ops/matmul.js';
import { attributesOf } from '../ops/op.js';
import { REDUCE_KINDS, type ReduceAttributes } from '../ops/reduce.js';
import { around, broadcastStrides } from '../ops/shape.js';
import type { SoftmaxAttributes } from '../ops/softmax.js';
import { DTYPES } from '../steps/ledger.js';
import { activationFields, type Lowering } from './context.js';
import { axisOrder, type Layout, layoutStrides, memoryShape } from './layout.js';

/** [outer, n, inner] of one logical axis as the tensor stands in memory. */
function extentsInMemory(shape: readonly number[], axis: number, layout: Layout): readonly [number, number, number] {
  return around(memoryShape(shape, layout), axisOrder(shape.length, layout).indexOf(axis));
}

export function lowerSoftmax(lowering: Lowering, node: Node): void {
  const [x = ''] = node.inputs;
  const { operand, layout } = lowering.anywhere(x);
  const [outer, n, inner] = extentsInMemory(lowering.shapeOf(x), attributesOf<SoftmaxAttributes>(node).axis, layout);
  lowering.step('softmax', node.name, { x: operand, y: lowering.result(node.outputs[0]!, layout), outer, n, inner });
}

export function lowerArgMax(lowering: Lowering, node: Node): void {
  const [x = ''] = node.inputs;
  const { axis, to } = attributesOf<ArgMaxAttributes>(node);
  // Without its channels, a channels_last tensor is in plain order.
  const layout = axis === 1 ? lowering.layoutOf(x) : 'plain';
  const [outer, n, inner] = extentsInMemory(lowering.shapeOf(x), axis, layout);
  lowering.step('arg_max', node.name, {
    x: lowering.in(x, layout),
    y: lowering.result(node.outputs[0]!, 'plain'),
    ...{ outer, n, inner },
    y_type: DTYPES.indexOf(to),
  });
}

export function lowerReduce(lowering: Lowering, node: Node): void {
  const [x = ''] = node.inputs;
  const [y = ''] = node.outputs;
  const { kind, axes } = attributesOf<ReduceAttributes>(node);
  const { dtype, shape } = lowering.typeOf(x);
  if (dtype !== 'f32') {
    throw new EdgeDeployError('E_OP', `reduce '${node.name}' reduces ${dtype}, which no step does`, {
      hint: 'Cast the tensor to float32 before.',
    });
  }
  const layout = leavesPlainOrder(axes) ? lowering.layoutOf(x) : 'plain';
  const order = axisOrder(shape.length, layout);
  const inMemory = axes.map((axis) => order.indexOf(axis)).toSorted((a, b) => a - b);
  const memory = memoryShape(shape, layout);
  let operand = lowering.in(x, layout);
  let [first, last] = [inMemory[0] ?? shape.length, inMemory.at(-1) ?? shape.length - 1];
  let extents = memory;
  if (inMemory.some((axis, i) => axis !== first + i)) {
    // Scattered axes: bring them together at the end first.
    const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
    const permutation = [...kept, ...axes];
    const from = layoutStrides(shape, layout);
    extents = permutation.map((axis) => shape[axis]!);
    const turned = lowering.buffer(`${x} (reduced axes last)`, { dtype, shape: extents });
    lowering.copy(
      node.name,
      { dtype, shape: extents },
      operand,
      permutation.map((axis) => from[axis]!),
      turned,
      strides(extents),
    );
    operand = turned;
    [first, last] = [kept.length, shape.length - 1];
  }
  lowering.step('reduce', node.name, {
    x: operand,
    y: lowering.result(y, 'plain'),
    kind: REDUCE_KINDS.indexOf(kind),
    outer: elementCount(extents.slice(0, first)),
    n: elementCount(extents.slice(first, last + 1)),
    inner: elementCount(extents.slice(last + 1)),
  });
}

/** True when reducing these axes of a channels_last tensor leaves the others in plain order. */
function leavesPlainOrder(axes: readonly number[]): boolean {
  return axes.includes(1) || (axes.includes(2) && axes.includes(3));
}

export function lowerLayerNorm(lowering: Lowering, node: Node): void {
  const [x = '', scale, bias] = node.inputs;
  const { axis, epsilon } = attributesOf<LayerNormAttributes>(node);
  const shape = lowering.shapeOf(x);
  const n = elementCount(shape.slice(axis));
  lowering.step('layer_norm', node.name, {
    x: lowering.in(x, 'plain'),
    scale: scale ? lowering.in(scale, 'plain') : null,
    bias: bias ? lowering.in(bias, 'plain') : null,
    y: lowering.result(node.outputs[0]!, 'plain'),
    rows: elementCount(shape) / n,
    ...{ n, epsilon },
  });
}

export function lowerMatmul(lowering: Lowering, node: Node): void {
  const [x = '', y = ''] = node.inputs;
  const { transposeX, transposeY, alpha, activation } = attributesOf<MatmulAttributes>(node);
  const [xShape, yShape, shape] = [lowering.shapeOf(x), lowering.shapeOf(y), lowering.shapeOf(node.outputs[0]!)];
  const batch = shape.slice(0, -2);
  if (batch.length > 4) {
    throw new EdgeDeployError('E_OP', `matmul '${node.name}' has ${batch.length} batch axes, more than four`, {
      hint: 'Flatten the outer axes before the product.',
    });
  }
  const [m, k] = matrixOf(xShape, transposeX);
  const [, n] = matrixOf(yShape, transposeY);
  const lead = (list: readonly number[], fill: number) => [...new Array<number>(4 - list.length).fill(fill), ...list];
  const steps = (own: readonly number[], size: number) =>
    lead(
      broadcastStrides(own.slice(0, -2), batch).map((stride) => stride * size),
      0,
    );
  lowering.step(
    'matmul',
    node.name,
    {
      x: lowering.in(x, 'plain'),
      y: lowering.in(y, 'plain'),
      out: lowering.result(node.outputs[0]!, 'plain'),
      ...{ m, n, k },
      batch: lead(batch, 1),
      x_batch: steps(xShape, m * k),
      y_batch: steps(yShape, k * n),
      x_row: transposeX ? 1 : k,
      x_col: transposeX ? m : 1,
      y_row: transposeY ? 1 : n,
      y_col: transposeY ? k : 1,
      alpha,
      ...activationFields(activation),
    },
    ['out'],
    elementCount(shape) * k,
  );
}
