import { type Inspection, macsOf } from '../../inspection/index.js';
import type { Graph, Node } from '../../ir/graph.js';
import type { SkippedOp } from '../../ir/skipped-op.js';
import { formatType, type TensorType } from '../../ir/tensor.js';
import { printAttribute } from '../../ir/text.js';
import { isOpName } from '../../ops/index.js';
import { formatBytes, formatCount, formatShare } from '../format.js';
import { type Line, layOut } from '../layout/index.js';
import { KINDS, titleOf } from './kinds.js';
import { BOX, type Fact, type PageGraph, type PageNode, type PageValue } from './page/data.js';

type Unplaced = Omit<PageNode, 'x' | 'y'>;

/** Longer texts cannot fit a box; the detail pane has them in full. */
const MAX_TEXT = 26;

/**
 * A graph with its inputs and outputs as boxes, and the ops that are missing in it. `weights` gives the place of every
 * constant that the page has figures of.
 */
export function pageGraph(
  graph: Graph,
  { inputs, skipped, integerNodes }: Pick<Inspection, 'inputs' | 'skipped' | 'integerNodes'>,
  weights: ReadonlyMap<string, number>,
): PageGraph {
  const value = valueIn(graph, weights);
  const macs = graph.nodes.map((node) => macsOf(graph, node));
  const total = macs.reduce((sum, one) => sum + one, 0);
  const readers = new Set([...graph.nodes, ...skipped].flatMap((one) => one.inputs));
  const nodes: Unplaced[] = [
    ...inputs.map((name) => endBox('input', name, graph.types.get(name), readers.has(name))),
    ...graph.nodes.map((node, i) =>
      opBox(graph, node, value, { macs: macs[i]!, total, isInteger: integerNodes.has(node.name) }),
    ),
    ...skipped.map((op) => skippedBox(op, value)),
    ...graph.outputs.map((name) => endBox('output', name, graph.types.get(name), true)),
  ];
  const maker = new Map<string, number>();
  for (const [index, { outputs }] of nodes.entries()) for (const { name } of outputs) maker.set(name, index);
  const lines = nodes.flatMap(({ inputs: read }, to): Line[] =>
    [...new Set(read.map(({ name }) => name))].flatMap((name) => {
      const from = maker.get(name);
      return from === undefined || from === to ? [] : [{ from, to, value: name }];
    }),
  );
  const { width, height, places, paths } = layOut(
    nodes.map(() => BOX),
    lines,
  );
  return {
    width,
    height,
    nodes: nodes.map((node, i) => ({ ...places[i]!, ...node })),
    paths: paths.map(({ from, to, d }) => ({ from, to, d })),
  };
}

function shareOf(macs: number, total: number): string {
  return macs / total < 0.001 ? 'under 0.1 %' : formatShare(macs / total);
}

/** An input gives a value, an output takes one. */
function endBox(title: 'input' | 'output', name: string, type: TensorType | undefined, isRead: boolean): Unplaced {
  const own = [{ name, type: type ? formatType(type) : '' }];
  return {
    kind: 'io',
    title,
    subtitle: shapeOf(type),
    name,
    op: title,
    ...(isRead ? {} : { problem: 'No op reads it.' }),
    facts: [],
    attributes: [],
    inputs: title === 'output' ? own : [],
    outputs: title === 'input' ? own : [],
  };
}

interface Cost {
  readonly macs: number;
  /** Of the whole graph. */
  readonly total: number;
  readonly isInteger: boolean;
}

function opBox(graph: Graph, node: Node, value: ValueOf, { macs, total, isInteger }: Cost): Unplaced {
  const constants = [...new Set(node.inputs)].flatMap((name) => graph.constants.get(name) ?? []);
  const bytes = constants.reduce((sum, { data }) => sum + data.byteLength, 0);
  const facts: Fact[] = [
    ['Op', node.op],
    ...(macs > 0 ? [['MACs', `${formatCount(macs)} (${shareOf(macs, total)} of the graph)`] as const] : []),
    ...(bytes > 0 ? [['Constants', formatBytes(bytes)] as const] : []),
    ...(isInteger ? [['With int8', 'computes in integers'] as const] : []),
  ];
  return {
    kind: isOpName(node.op) ? KINDS[node.op] : 'unsupported',
    title: shortened(titleOf(node, graph.types)),
    subtitle: shapeOf(graph.types.get(node.outputs[0] ?? '')),
    name: node.name,
    op: node.op,
    facts,
    attributes: Object.entries(node.attributes)
      .filter(([, given]) => given !== undefined)
      .map(([key, given]) => [key, printAttribute(given)]),
    inputs: node.inputs.filter((name) => name !== '').map(value),
    outputs: node.outputs.map(value),
  };
}

function skippedBox({ op, name, inputs, outputs, reason, problem }: SkippedOp, value: ValueOf): Unplaced {
  return {
    kind: reason,
    title: shortened(op || '(no type)'),
    subtitle: reason === 'unsupported' ? 'not supported' : 'not reached',
    name,
    op,
    problem: reason === 'unsupported' ? `Not supported${problem ? `: ${problem}` : '.'}` : `Not inspected: ${problem}.`,
    facts: [['Op', op]],
    attributes: [],
    inputs: inputs.map(value),
    outputs: outputs.map(value),
  };
}

type ValueOf = (name: string) => PageValue;

function valueIn(graph: Graph, weights: ReadonlyMap<string, number>): ValueOf {
  return (name) => {
    const type = graph.types.get(name);
    const weight = graph.constants.has(name) ? weights.get(name) : undefined;
    return { name, type: type ? formatType(type) : 'type not known', ...(weight === undefined ? {} : { weight }) };
  };
}

function shapeOf(type: TensorType | undefined): string {
  if (type === undefined) return '';
  const shape = type.shape.length === 0 ? 'scalar' : type.shape.join(' × ');
  return shortened(type.dtype === 'f32' ? shape : `${type.dtype} ${shape}`);
}

function shortened(text: string): string {
  const letters = [...text];
  return letters.length <= MAX_TEXT ? text : `${letters.slice(0, MAX_TEXT - 1).join('')}…`;
}
