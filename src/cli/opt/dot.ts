/** A block of an optimised model as Paddle-Lite's `Block_<n>.dot`. */
import type { Block } from '../../paddle/index.js';

/**
 * Nodes are numbered, variables first in the order of their names, then ops in running order; the lines of ops come in the order of
 * their numbers as text ("10" before "2"), which is how Paddle-Lite's map keeps them.
 */
export function dotOf(block: Block): string {
  const variables = block.vars.map(({ name }) => name).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const numbers = new Map(variables.map((name, i) => [name, i]));
  const opNumber = (index: number): number => variables.length + index;
  const indices = [...block.ops.keys()].sort((a, b) => (String(a) < String(b) ? -1 : 1));
  const lines = [
    ...indices.map((i) => node(opNumber(i), block.ops[i]!.type, 'fillcolor="yellow"')),
    ...variables.map((name, i) => node(i, name, 'fillcolor="gray" shape="record"')),
    ...block.ops.flatMap(({ inputs, outputs }, i) => [
      ...inputs.flatMap((slot) => slot.arguments.map((name) => edge(numbers.get(name), opNumber(i)))),
      ...outputs.flatMap((slot) => slot.arguments.map((name) => edge(opNumber(i), numbers.get(name)))),
    ]),
  ];
  return `digraph G {\n${lines.filter((line) => line !== undefined).join('\n')}\n} // end G`;
}

function node(number: number, label: string, style: string): string {
  const escaped = label.replace(/["\\]/g, '\\$&');
  return `   node_${number}[label="${escaped}" style="filled" ${style}]`;
}

/** Nothing for a variable that the block does not declare. */
function edge(from: number | undefined, to: number | undefined): string | undefined {
  return from === undefined || to === undefined ? undefined : `   node_${from}->node_${to}`;
}
