import { read, setInt } from '../attributes.js';
import type { Node } from '../node.js';
import type { Pass } from '../pass.js';

/**
 * reshape to [N, G, C/G, H, W] + transpose of axes 1 and 2 + reshape back → shuffle_channel (Paddle-Lite:
 * lite_shuffle_channel_fuse, which knows only exports with XShape outputs).
 */
export const fuseShuffleChannel: Pass = (graph, { newerExports }) => {
  for (const last of [...graph.nodes]) {
    const transpose = isReshape(last) ? last.input('X')?.producer : undefined;
    const first = transpose && isTranspose(transpose) ? transpose.input('X')?.producer : undefined;
    if (!transpose || !first || !isReshape(first)) continue;
    const chain = [first, transpose, last];
    if (!newerExports && !chain.every(hasShape)) continue;
    const isPrivate = first.output('Out')!.onlyUse === transpose && transpose.output('Out')!.onlyUse === last;
    const [split, merged] = [read(first).ints('shape', []), read(last).ints('shape', [])];
    const axes = read(transpose).ints('axis');
    if (!isPrivate || split.length !== 5 || merged.length !== 4 || axes.join() !== '0,2,1,3,4') continue;
    const [groups, perGroup] = split.slice(1) as [number, number];
    if (groups < 1 || perGroup < 1 || merged[1] !== groups * perGroup) continue;
    if (chain.some((node) => node.isRead('XShape'))) continue;
    const shuffle = graph.insertBefore(last, 'shuffle_channel');
    shuffle.setInput('X', first.input('X')!);
    shuffle.setOutput('Out', last.output('Out')!);
    setInt(shuffle, 'group', groups);
    graph.remove(...chain);
  }
};

function isReshape(node: Node | undefined): node is Node {
  const isOne = node?.type === 'reshape' || node?.type === 'reshape2';
  return isOne && !['Shape', 'ShapeTensor'].some((slot) => node.inputs.get(slot)?.length);
}

function isTranspose(node: Node): boolean {
  return node.type === 'transpose' || node.type === 'transpose2';
}

function hasShape(node: Node): boolean {
  return !node.type.endsWith('2') || node.output('XShape') !== undefined;
}
