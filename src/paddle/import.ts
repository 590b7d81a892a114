/** A Paddle program as a Graph: static shapes, NCHW, nothing optimised. */
import { readFile } from 'node:fs/promises';
import { EdgeDeployError } from '../base/errors.js';
import { type OnProgress, silent } from '../base/events.js';
import type { Graph } from '../ir/graph.js';
import { GraphBuilder } from '../ops/builder.js';
import { OpContext } from './context.js';
import { feeds, fetches, inputType, liveOps } from './interface.js';
import type { ModelSource } from './locate.js';
import type { Op, Program } from './messages.js';
import { importers } from './ops/index.js';
import { type Parameters, readParameters } from './parameters.js';
import { Scope } from './scope.js';
import { readProgram } from './wire.js';

export interface ImportOptions {
  /** Shapes of inputs by name. Needed where the program leaves a dimension other than the batch open; may replace any. */
  readonly inputShapes?: ReadonlyMap<string, readonly number[]>;
  readonly onProgress?: OnProgress;
}

/** Reads and imports a located model. Throws EdgeDeployError for whatever is wrong with it. */
export async function importPaddle(source: ModelSource, options: ImportOptions = {}): Promise<Graph> {
  const onProgress = options.onProgress ?? silent;
  onProgress({ stage: 'import', message: `reading ${source.program}` });
  let bytes: Uint8Array;
  try {
    bytes = await readFile(source.program);
  } catch (cause) {
    throw new EdgeDeployError('E_MODEL_NOT_FOUND', `the program ${source.program} cannot be read`, { cause });
  }
  const program = readProgram(bytes);
  const parameters = await readParameters(program, source, onProgress);
  onProgress({ stage: 'import', message: `importing ${source.name}` });
  return importProgram(source.name, program, parameters, options);
}

/** Imports a program that is already in memory. */
export function importProgram(
  name: string,
  program: Program,
  parameters: Parameters,
  options: Pick<ImportOptions, 'inputShapes'> = {},
): Graph {
  const inputs = feeds(program);
  const outputs = fetches(program);
  const ops = liveOps(program, outputs);
  assertSupported(ops);

  const shapes = options.inputShapes ?? new Map();
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
    scope.checkSize(input, 'the program');
  }
  for (const { op, index } of ops) importOp(op, index, scope);
  scope.assertFiniteWeights();
  return builder.finish(resultValues(outputs, inputs, scope));
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

function assertSupported(ops: readonly { op: Op }[]): void {
  const counts = new Map<string, number>();
  for (const { op } of ops) {
    if (!importers.has(op.type)) counts.set(op.type, (counts.get(op.type) ?? 0) + 1);
  }
  if (counts.size === 0) return;
  const list = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, count]) => `${type} (${count})`);
  throw new EdgeDeployError('E_OP', `the model uses unsupported ops: ${list.join(', ')}`, {
    hint: 'Export the model without them, or cut the program in front of them (post-processing can run on the host).',
    details: { ops: Object.fromEntries(counts) },
  });
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
