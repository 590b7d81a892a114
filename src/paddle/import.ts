/** A Paddle program as a Graph: static shapes, NCHW, nothing optimised. */
import { EdgeDeployError } from '../base/errors.js';
import { type OnProgress, silent } from '../base/events.js';
import type { Graph } from '../ir/graph.js';
import type { OnSkipped } from '../ir/skipped-op.js';
import { GraphBuilder } from '../ops/builder.js';
import { OpContext } from './context.js';
import { feeds, fetches, inputType, type LiveOp, liveOps } from './interface.js';
import type { ModelSource } from './locate.js';
import type { Op, Program } from './messages.js';
import { importers } from './ops/index.js';
import type { Parameters } from './parameters.js';
import { readModel } from './read.js';
import { Scope } from './scope.js';
import { assertSupported } from './supported.js';
import { importSupported } from './survey.js';

export interface ImportOptions {
  /** Shapes of inputs by name. Needed where the program leaves a dimension other than the batch open; may replace any. */
  readonly inputShapes?: ReadonlyMap<string, readonly number[]> | undefined;
  /** For inspection: gets every op that cannot be imported, which else is an error; the graph then lacks them. */
  readonly onSkipped?: OnSkipped | undefined;
}

/**
 * Reads a located model; the result imports it, for any number of sets of input shapes. Both throw EdgeDeployError for
 * whatever is wrong with it.
 */
export async function openPaddle(
  source: ModelSource,
  onProgress: OnProgress = silent,
): Promise<(options?: ImportOptions) => Graph> {
  const { program, parameters } = await readModel(source, onProgress);
  return (options) => {
    onProgress({ stage: 'import', message: `importing ${source.name}` });
    return importProgram(source.name, program, parameters, options);
  };
}

/** Imports a program that is already in memory. */
export function importProgram(
  name: string,
  program: Program,
  parameters: Parameters,
  { inputShapes: shapes = new Map(), onSkipped }: ImportOptions = {},
): Graph {
  const inputs = feeds(program);
  const outputs = fetches(program);
  const ops = liveOps(program, outputs);
  if (!onSkipped) assertSupported(program, ops);

  for (const given of shapes.keys()) {
    if (!inputs.includes(given)) {
      throw new EdgeDeployError('E_INPUT', `the model has no input '${given}'`, {
        hint: `Its inputs are: ${inputs.join(', ') || 'none'}.`,
      });
    }
  }
  const builder = new GraphBuilder(name);
  const scope = new Scope(builder, program, parameters);
  for (const input of inputs) {
    scope.write(input, builder.input(scope.nameFor(input), inputType(input, scope.declared(input), shapes.get(input))));
  }
  const importOne = ({ op, index }: LiveOp) => importOp(op, index, scope);
  if (onSkipped) importSupported(program, { inputs, ops }, scope, importOne, onSkipped);
  else ops.forEach(importOne);
  scope.assertFiniteWeights();
  const known = onSkipped ? outputs.filter((output) => scope.has(output)) : outputs;
  return builder.finish(resultValues(known, inputs, scope));
}

function importOp(op: Op, index: number, scope: Scope): void {
  const output = op.outputs.flatMap((slot) => slot.arguments)[0];
  const label = `${op.type} (op ${index}${output === undefined ? '' : `, makes '${output}'`})`;
  try {
    importers.get(op.type)!(new OpContext(op, label, scope));
  } catch (error) {
    // Shape inference speaks of our op; the user knows Paddle's.
    if (!(error instanceof EdgeDeployError) || error.message.includes(label)) throw error;
    const { code, hint, details } = error;
    throw new EdgeDeployError(code, `${label}: ${error.message}`, { hint, details, cause: error });
  }
}

/**
 * The graph's outputs: each a node's result of its own, so that callers can tell them apart. Where the program fetches an
 * input, a constant or the same value twice, an identity stands between.
 */
function resultValues(outputs: readonly string[], inputs: readonly string[], scope: Scope): string[] {
  const { builder } = scope;
  const results: string[] = [];
  for (const variable of outputs) {
    const value = scope.read(variable, 'fetch');
    const own = !results.includes(value) && !inputs.includes(value) && builder.constantOf(value) === undefined;
    results.push(
      own
        ? value
        : builder.add('identity', { inputs: [value], outputs: [builder.fresh(variable)], attributes: {} })[0]!,
    );
  }
  return results;
}
