import type { Node } from '../ir/graph.js';
import { attributesOf } from '../ops/op.js';
import type { Pool2dAttributes } from '../ops/pool2d.js';
import type { ResizeAttributes } from '../ops/resize.js';
import type { Lowering } from './context.js';

/** n, ih, iw, c, oh, ow of an op that maps an image to an image. */
function extents(lowering: Lowering, node: Node) {
  const [n = 0, c = 0, ih = 0, iw = 0] = lowering.shapeOf(node.inputs[0]!);
  const [, , oh = 0, ow = 0] = lowering.shapeOf(node.outputs[0]!);
  return { n, ih, iw, c, oh, ow };
}

export function lowerPool2d(lowering: Lowering, node: Node): void {
  const { kind, ksize, strides, pads, exclusive, adaptive } = attributesOf<Pool2dAttributes>(node);
  const [kh = 0, kw = 0] = ksize;
  lowering.step('pool2d', node.name, {
    x: lowering.in(node.inputs[0]!, 'channels_last'),
    y: lowering.result(node.outputs[0]!, 'channels_last'),
    kind: kind === 'max' ? 0 : 1,
    ...extents(lowering, node),
    ...{ kh, kw },
    stride_h: strides[0]!,
    stride_w: strides[1]!,
    pad_top: pads[0]!,
    pad_left: pads[2]!,
    exclusive: Number(exclusive),
    adaptive: Number(adaptive),
  });
}

export function lowerResize(lowering: Lowering, node: Node): void {
  const { mode, ratios, alignCorners, halfPixel } = attributesOf<ResizeAttributes>(node);
  lowering.step('resize', node.name, {
    x: lowering.in(node.inputs[0]!, 'channels_last'),
    y: lowering.result(node.outputs[0]!, 'channels_last'),
    mode: mode === 'nearest' ? 0 : 1,
    ...extents(lowering, node),
    ratio_h: ratios[0]!,
    ratio_w: ratios[1]!,
    align_corners: Number(alignCorners),
    half_pixel: Number(halfPixel),
  });
}
