import type { Node } from '../ir/graph.js';
import { BYTES_PER_ELEMENT, elementCount, strides } from '../ir/tensor.js';
import type { ConcatAttributes } from '../ops/concat.js';
import type { GatherAttributes } from '../ops/gather.js';
import { attributesOf } from '../ops/op.js';
import { PAD_MODES, type PadAttributes } from '../ops/pad.js';
import { around } from '../ops/shape.js';
import type { SliceAttributes } from '../ops/slice.js';
import { type TileAttributes, tileView } from '../ops/tile.js';
import type { TransposeAttributes } from '../ops/transpose.js';
import { DTYPES } from '../steps/ledger.js';
import { checkRank, type Lowering } from './context.js';
import { resultLayout } from './elementwise.js';
import { axisOrder, layoutStrides, toRank8 } from './layout.js';

/** No step: the result is the plain input's memory under another shape. */
export function lowerReshape(lowering: Lowering, node: Node): void {
  lowering.place(node.outputs[0]!, lowering.in(node.inputs[0]!, 'plain'), 'plain');
}

export function lowerTranspose(lowering: Lowering, node: Node): void {
  const [x = ''] = node.inputs;
  const [y = ''] = node.outputs;
  const { operand, layout } = lowering.anywhere(x);
  const from = layoutStrides(lowering.shapeOf(x), layout);
  const xStrides = attributesOf<TransposeAttributes>(node).permutation.map((axis) => from[axis]!);
  const type = lowering.typeOf(y);
  lowering.copy(node.name, type, operand, xStrides, lowering.result(y, 'plain'), strides(type.shape));
}

export function lowerSlice(lowering: Lowering, node: Node): void {
  const [x = ''] = node.inputs;
  const [y = ''] = node.outputs;
  const { operand, layout } = lowering.anywhere(x);
  const attributes = attributesOf<SliceAttributes>(node);
  const from = layoutStrides(lowering.shapeOf(x), layout);
  let start = 0;
  attributes.axes.forEach((axis, i) => {
    start += attributes.starts[i]! * from[axis]!;
    from[axis]! *= attributes.steps[i]!;
  });
  const type = lowering.typeOf(y);
  lowering.copy(node.name, type, operand, from, lowering.result(y, layout), layoutStrides(type.shape, layout), start);
}

export function lowerConcat(lowering: Lowering, node: Node): void {
  const [y = ''] = node.outputs;
  const { axis } = attributesOf<ConcatAttributes>(node);
  const { shape } = lowering.typeOf(y);
  const layout = resultLayout(lowering, node.inputs, shape.length);
  const target = layoutStrides(shape, layout);
  const out = lowering.result(y, layout);
  let position = 0;
  for (const input of node.inputs) {
    const from = lowering.anywhere(input);
    const type = lowering.typeOf(input);
    lowering.copy(
      node.name,
      type,
      from.operand,
      layoutStrides(type.shape, from.layout),
      out,
      target,
      0,
      position * target[axis]!,
    );
    position += type.shape[axis]!;
  }
}

export function lowerPad(lowering: Lowering, node: Node): void {
  const [x = ''] = node.inputs;
  const { before, after, mode, value } = attributesOf<PadAttributes>(node);
  const shape = lowering.shapeOf(x);
  const { operand, layout } = lowering.anywhere(x);
  const order = axisOrder(shape.length, layout);
  const pick = (list: readonly number[]) => order.map((axis) => list[axis]!);
  checkRank(node.name, shape.length);
  lowering.step('pad', node.name, {
    x: operand,
    y: lowering.result(node.outputs[0]!, layout),
    mode: PAD_MODES.indexOf(mode),
    value,
    rank: shape.length,
    dims: toRank8(pick(shape), 1),
    before: toRank8(pick(before), 0),
    after: toRank8(pick(after), 0),
  });
}

export function lowerTile(lowering: Lowering, node: Node): void {
  const [x = ''] = node.inputs;
  const [y = ''] = node.outputs;
  const view = tileView(lowering.shapeOf(x), attributesOf<TileAttributes>(node).repeats);
  const type = { dtype: lowering.typeOf(y).dtype, shape: view.shape };
  lowering.copy(
    node.name,
    type,
    lowering.in(x, 'plain'),
    view.strides,
    lowering.result(y, 'plain'),
    strides(view.shape),
  );
}

export function lowerGather(lowering: Lowering, node: Node): void {
  const [x = '', indices = ''] = node.inputs;
  const { dtype, shape } = lowering.typeOf(x);
  const [outer, n, inner] = around(shape, attributesOf<GatherAttributes>(node).axis);
  const index = lowering.typeOf(indices);
  lowering.step('gather', node.name, {
    x: lowering.in(x, 'plain'),
    indices: lowering.in(indices, 'plain'),
    y: lowering.result(node.outputs[0]!, 'plain'),
    ...{ outer, n },
    inner_bytes: inner * BYTES_PER_ELEMENT[dtype],
    count: elementCount(index.shape),
    index_type: DTYPES.indexOf(index.dtype),
  });
}
