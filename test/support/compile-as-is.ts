import type { Graph } from '../../src/ir/graph.js';
import { lower } from '../../src/lower/index.js';
import { plan } from '../../src/plan/index.js';
import { writeProgram } from '../../src/program/write.js';
import type { Runner } from './run-program.js';

/** The program file of a graph in fp32 without any pass: every node becomes the step of its own op. Several graphs are its plans. */
export function compileAsIs(
  graphs: Graph | readonly Graph[],
  { architecture, path }: Pick<Runner, 'architecture' | 'path'>,
): Uint8Array {
  const [first, ...others] = [graphs].flat().map((graph) => {
    const lowered = lower(graph, { architecture, path, precision: 'fp32', l2: 512 * 1024 });
    return { lowered, ...plan(lowered) };
  });
  return writeProgram([first!, ...others]);
}
