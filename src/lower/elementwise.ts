import type { Node } from '../ir/graph.js';
import { elementCount } from '../ir/tensor.js';
import type { AffineAttributes } from '../ops/affine.js';
import type { BinaryAttributes } from '../ops/binary.js';
import { attributesOf } from '../ops/op.js';
import { type PreluAttributes, preluExtents } from '../ops/prelu.js';
import { around } from '../ops/shape.js';
import type { UnaryAttributes } from '../ops/unary.js';
import { BINARY_KINDS, DTYPES } from '../steps/ledger.js';
import { activationFields, checkRank, type Lowering } from './context.js';
import { axisOrder, coalesce, type Layout, layoutStrides, memoryShape, toRank8 } from './layout.js';

export function lowerUnary(lowering: Lowering, node: Node): void {
  const [x = ''] = node.inputs;
  const { operand, layout } = lowering.anywhere(x);
  const y = lowering.result(node.outputs[0]!, layout);
  const count = elementCount(lowering.shapeOf(x));
  lowering.step('unary', node.name, {
    x: operand,
    y,
    count,
    ...activationFields(attributesOf<UnaryAttributes>(node).activation),
  });
}

export function lowerCast(lowering: Lowering, node: Node): void {
  const [x = ''] = node.inputs;
  const [from, to] = [lowering.typeOf(x), lowering.typeOf(node.outputs[0]!)];
  const { operand, layout } = lowering.anywhere(x);
  const y = lowering.result(node.outputs[0]!, layout);
  lowering.step('cast', node.name, {
    x: operand,
    y,
    count: elementCount(from.shape),
    from: DTYPES.indexOf(from.dtype),
    to: DTYPES.indexOf(to.dtype),
  });
}

export function lowerAffine(lowering: Lowering, node: Node): void {
  const [x = '', a = '', b = ''] = node.inputs;
  const { operand, layout } = lowering.anywhere(x);
  const [outer, c, inner] = channelExtents(lowering.shapeOf(x), layout);
  lowering.step('affine', node.name, {
    x: operand,
    a: lowering.in(a, 'plain'),
    b: lowering.in(b, 'plain'),
    y: lowering.result(node.outputs[0]!, layout),
    ...{ outer, c, inner },
    ...activationFields(attributesOf<AffineAttributes>(node).activation),
  });
}

export function lowerPrelu(lowering: Lowering, node: Node): void {
  const [x = '', alpha = ''] = node.inputs;
  const { mode } = attributesOf<PreluAttributes>(node);
  const shape = lowering.shapeOf(x);
  const layout = mode === 'element' ? 'plain' : lowering.layoutOf(x);
  const extents = mode === 'channel' ? channelExtents(shape, layout) : preluExtents(shape, mode);
  lowering.step('prelu', node.name, {
    x: lowering.in(x, layout),
    alpha: lowering.in(alpha, 'plain'),
    y: lowering.result(node.outputs[0]!, layout),
    outer: extents[0],
    c: extents[1],
    inner: extents[2],
  });
}

/** [outer, channels, inner] of axis 1 as it stands in memory. */
function channelExtents(shape: readonly number[], layout: Layout): readonly [number, number, number] {
  return layout === 'channels_last' ? [elementCount(shape) / shape[1]!, shape[1]!, 1] : around(shape, 1);
}

export function lowerBinary(lowering: Lowering, node: Node): void {
  const [x = '', y = ''] = node.inputs;
  const type = lowering.typeOf(node.outputs[0]!);
  const { kind, activation } = attributesOf<BinaryAttributes>(node);
  const layout = resultLayout(lowering, [x, y], type.shape.length);
  const [left, right] = [lowering.anywhere(x), lowering.anywhere(y)];
  const order = axisOrder(type.shape.length, layout);
  const view = (value: string, from: Layout) => {
    const strides = stretched(lowering.shapeOf(value), from, type.shape);
    return order.map((axis) => strides[axis]!);
  };
  const { dims, strides } = coalesce(memoryShape(type.shape, layout), view(x, left.layout), view(y, right.layout));
  checkRank(node.name, dims.length);
  lowering.step(
    'binary',
    node.name,
    {
      x: left.operand,
      y: right.operand,
      out: lowering.result(node.outputs[0]!, layout),
      kind: BINARY_KINDS.indexOf(kind),
      dtype: ['f32', 'i32', 'i64'].indexOf(type.dtype),
      rank: dims.length,
      dims: toRank8(dims, 1),
      x_strides: toRank8(strides[0]!, 0),
      y_strides: toRank8(strides[1]!, 0),
      ...activationFields(activation),
    },
    ['out'],
  );
}

/** A rank-4 result stays channels_last as soon as one rank-4 operand of full size stands so. */
export function resultLayout(lowering: Lowering, inputs: readonly string[], rank: number): Layout {
  const candidates = inputs.filter(
    (input) => lowering.constantOf(input) === undefined && lowering.shapeOf(input).length === rank,
  );
  return candidates.some((input) => lowering.layoutOf(input) === 'channels_last') ? 'channels_last' : 'plain';
}

/** Strides of a tensor read as if broadcast to `target`, by the target's logical axes. */
function stretched(shape: readonly number[], layout: Layout, target: readonly number[]): number[] {
  const own = layoutStrides(shape, layout);
  const lead = target.length - shape.length;
  return target.map((_, axis) => (axis < lead || shape[axis - lead] === 1 ? 0 : own[axis - lead]!));
}
