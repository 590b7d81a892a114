import { read } from '../attributes.js';
import { biasOf, floats, fp32, groupsOf, isConvolution, setBias } from '../conv.js';
import type { Node } from '../node.js';
import type { Pass } from '../pass.js';

/**
 * conv2d + 1×1 conv2d → conv2d where that does not grow the work (Paddle-Lite: lite_conv_conv_fuse): W = W1 · W0 over the
 * channels between them, bias = W1 · bias0 + bias1. Paddle-Lite's product is wrong unless the first is 1×1 as well; ours
 * is the product for any window. Not in models with integer weights.
 */
export const foldConv: Pass = (graph, { isQuantized }) => {
  if (isQuantized) return;
  for (const second of [...graph.nodes]) {
    const first = isPointwise(second) ? second.input('Input')?.producer : undefined;
    if (!isConvolution(first) || first.type !== 'conv2d' || first.output('Output')!.onlyUse !== second) continue;
    if (groupsOf(first) !== 1 || read(first).bool('with_act', false)) continue;
    const filter = second.input('Filter')!;
    const [outer, middle] = filter.dims as [number, number];
    const [between, inner, height, width] = first.input('Filter')!.dims as [number, number, number, number];
    const growth = inner * (outer - middle);
    if (middle !== between || filter.onlyUse !== second || growth <= 0 || growth > middle * outer) continue;

    const [w0, w1] = [floats(first.input('Filter')!), floats(filter)];
    const [bias0, bias1] = [biasOf(first), biasOf(second)];
    const own = bias1 ? second.input('Bias')! : first.input('Bias');
    const weights = product(w1, w0, [outer, middle, inner * height * width]);
    first.setOutput('Output', second.output('Output')!);
    graph.remove(second);
    const target = graph.own(first, 'Filter');
    target.record = fp32([outer, inner, height, width], weights);
    if (bias0 || bias1) {
      const moved = bias0 ? product(w1, bias0, [outer, middle, 1]) : new Float32Array(outer);
      const bias = bias1 ? moved.map((value, i) => value + bias1[i]!) : moved;
      const isFree = own!.uses.every((node) => node === first);
      setBias(first, isFree ? own! : graph.parameter(`${own!.name}_bias`, own!.record!), bias);
    }
  }
};

function isPointwise(node: Node): boolean {
  if (!isConvolution(node) || node.type !== 'conv2d') return false;
  const [, , height, width] = node.input('Filter')!.dims;
  const attributes = read(node);
  const ones = [...attributes.ints('strides', [1, 1]), ...attributes.ints('dilations', [1, 1])];
  const isPadded = attributes.ints('paddings', [0, 0]).some((size) => size !== 0);
  const isExplicit = attributes.text('padding_algorithm', 'EXPLICIT') !== 'SAME';
  return height === 1 && width === 1 && groupsOf(node) === 1 && ones.every((n) => n === 1) && !isPadded && isExplicit;
}

/** Matrix product [rows, depth] × [depth, columns], sums in fp32 from the first to the last. */
function product(
  a: Float32Array,
  b: Float32Array,
  [rows, depth, columns]: readonly [number, number, number],
): Float32Array {
  const result = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < depth; k++) {
      const factor = a[row * depth + k]!;
      for (let column = 0; column < columns; column++) {
        const at = row * columns + column;
        result[at] = result[at]! + Math.fround(factor * b[k * columns + column]!);
      }
    }
  }
  return result;
}
