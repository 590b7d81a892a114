import type { Target } from '../../targets/index.js';
import { compile } from '../compile.js';
import { machineOf } from '../deployment/machine.js';
import type { Graph } from '../ir/graph.js';
import type { Precision } from '../lower/index.js';
import { formatBytes } from '../report/format.js';
import type { Context } from './context.js';

/** `--dry-run` of whatever runs a model: compiles for every target, touches none, and says what would be sent. */
export function rehearse(
  context: Context,
  graphs: readonly Graph[],
  targets: readonly Target[],
  precision: Precision,
): number {
  const planned = targets.map((target) => {
    const { program, arenaBytes } = compile(graphs, { ...machineOf(target), precision });
    return { target: target.name, precision, programBytes: program.length, arenaBytes };
  });
  context.result({ dryRun: planned });
  for (const { target, programBytes, arenaBytes } of planned) {
    context.print(
      `${target}: would send the runner and ${formatBytes(programBytes)} of ${precision}; arena ${formatBytes(arenaBytes)}`,
    );
  }
  return 0;
}
