import { EdgeDeployError } from '../base/errors.js';
import type { Graph } from '../ir/graph.js';
import { verifyGraph } from '../ops/verify.js';
import { pipeline } from './pipeline.js';

export { type Pass, pipeline } from './pipeline.js';

export interface OptimizeOptions {
  /** Called after every pass; throws when the graph is broken. The default checks structure, ops and types. */
  readonly verify?: (graph: Graph) => void;
  /** Name of the pass after which `onDump` is called, or 'all'. */
  readonly dumpAfter?: string;
  /** Name of the pass after which to stop: the graph then keeps its stage. */
  readonly stopAfter?: string;
  readonly onDump?: (pass: string, graph: Graph) => void;
}

/**
 * Runs the pipeline. The result computes the same outputs, has the stage `optimized`, and neither batch norms,
 * identities nor dead code. Throws E_USAGE for a pass that does not exist, E_INTERNAL naming the pass that broke a graph.
 */
export function optimize(graph: Graph, options: OptimizeOptions = {}): Graph {
  const { verify = verifyGraph, dumpAfter, stopAfter, onDump } = options;
  if (dumpAfter !== 'all') checkPassName(dumpAfter);
  checkPassName(stopAfter);
  let current = graph;
  for (const { name, run } of pipeline) {
    const last = name === pipeline.at(-1)!.name;
    const result = run(current);
    current = last ? { ...result, stage: 'optimized' } : result;
    blaming(name, () => verify(current));
    if (dumpAfter === name || dumpAfter === 'all') onDump?.(name, current);
    if (stopAfter === name) break;
  }
  return current;
}

function checkPassName(name: string | undefined): void {
  if (name === undefined || pipeline.some((pass) => pass.name === name)) return;
  throw new EdgeDeployError('E_USAGE', `there is no pass '${name}'`, {
    hint: `Passes are: ${pipeline.map((pass) => pass.name).join(', ')}.`,
  });
}

function blaming(pass: string, check: () => void): void {
  try {
    check();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EdgeDeployError('E_INTERNAL', `pass '${pass}' broke the graph: ${reason}`, { cause });
  }
}
