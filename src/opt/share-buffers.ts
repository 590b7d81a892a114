/**
 * Paddle-Lite's way of reusing memory (memory_optimize): variables that are never alive at the same time get one name.
 * The names are its own: clusters grow first fit over the variables in the order of their names.
 */
import type { ProgramGraph } from './graph.js';
import type { Value } from './node.js';

interface Lifetime {
  readonly name: string;
  readonly values: Value[];
  /** Steps at which it is first and last touched. */
  readonly first: number;
  last: number;
}

/** Their inputs and outputs have memory of their own. */
const NEVER_SHARED: ReadonlySet<string> = new Set(['feed', 'fetch', 'cast', 'expand']);

/** Renames computed variables in place; inputs and outputs of the model and of ops that work in place keep their names. */
export function shareBuffers(graph: ProgramGraph): void {
  const clusters: { variable: Value['variable']; members: Lifetime[] }[] = [];
  for (const one of lifetimes(graph)) {
    const cluster = clusters.find(({ members }) => members.every((other) => !overlap(one, other)));
    if (cluster) cluster.members.push(one);
    else clusters.push({ variable: one.values[0]!.variable, members: [one] });
  }
  for (const { variable, members } of clusters) {
    for (const { values } of members) for (const value of values) value.variable = variable;
  }
}

function overlap(a: Lifetime, b: Lifetime): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** Lifetimes of the variables that may share memory, by ascending name. */
function lifetimes(graph: ProgramGraph): Lifetime[] {
  const fixed = new Set<string>();
  for (const node of graph.nodes) {
    const isInplace = node.attributes.get('inplace')?.b === true;
    // The other output of a reshape or flatten, XShape, is renamed like any; that of a squeeze is not.
    const isWhole = NEVER_SHARED.has(node.type) || (isInplace && /squeeze/.test(node.type));
    const kept = isWhole ? touched(node) : isInplace ? [node.input('X'), node.output('Out')] : [];
    for (const value of kept) if (value) fixed.add(value.name);
  }
  const found = new Map<string, Lifetime>();
  for (const [step, node] of graph.nodes.entries()) {
    for (const value of touched(node)) {
      if (value.variable.persistable || fixed.has(value.name)) continue;
      const known = found.get(value.name);
      if (known) {
        known.last = step;
        known.values.push(value);
      } else found.set(value.name, { name: value.name, values: [value], first: step, last: step });
    }
  }
  return [...found.values()].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
}

function touched(node: ProgramGraph['nodes'][number]): Value[] {
  return [...node.inputs.values(), ...node.outputs.values()].flat();
}
