import { read, setInt } from '../attributes.js';
import type { Node } from '../node.js';
import type { Pass } from '../pass.js';

/**
 * transpose + softmax over the last axis + transpose back → softmax over an inner axis (Paddle-Lite:
 * lite_transpose_softmax_transpose_fuse, which knows only exports with XShape outputs).
 */
export const softmaxInPlace: Pass = (graph, { newerExports }) => {
  for (const back of [...graph.nodes]) {
    const softmax = isTranspose(back) ? back.input('X')?.producer : undefined;
    const there = softmax?.type === 'softmax' ? softmax.input('X')?.producer : undefined;
    if (!softmax || !isTranspose(there)) continue;
    const [order, inverse] = [read(there).ints('axis'), read(back).ints('axis')];
    const isInverse = order.length === inverse.length && order.every((axis, i) => inverse[axis] === i);
    const axis = read(softmax).int('axis', -1);
    const isLast = axis === -1 || axis === order.length - 1;
    const isPrivate = there.output('Out')!.onlyUse === softmax && softmax.output('Out')!.onlyUse === back;
    if (!isInverse || !isLast || !isPrivate) continue;
    if (!newerExports && ![there, back].every((node) => node.output('XShape'))) continue;
    if ([there, back].some((node) => node.isRead('XShape'))) continue;
    softmax.setInput('X', there.input('X')!);
    softmax.setOutput('Out', back.output('Out')!);
    setInt(softmax, 'axis', order.at(-1)!);
    graph.remove(there, back);
  }
};

function isTranspose(node: Node | undefined): node is Node {
  return node?.type === 'transpose' || node?.type === 'transpose2';
}
