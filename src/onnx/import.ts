/** An ONNX model as a Graph: static shapes, NCHW, nothing optimised. */
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { EdgeDeployError } from '../base/errors.js';
import { type OnProgress, silent } from '../base/events.js';
import type { Graph } from '../ir/graph.js';
import type { OnSkipped } from '../ir/skipped-op.js';
import { elementCount } from '../ir/tensor.js';
import { GraphBuilder } from '../ops/builder.js';
import { OpContext } from './context.js';
import { type ExternalFiles, readExternalFiles } from './external.js';
import { inputsOf, inputType, type LiveNode, liveNodes, opsetOf } from './interface.js';
import { importers } from './ops/index.js';
import { Scope } from './scope.js';
import { assertSupported, nameOf } from './supported.js';
import { importSupported } from './survey.js';
import { readModel } from './wire.js';
import { withGelus } from './written-out.js';

export interface ImportOptions {
  /** Shapes of inputs by name. Needed where the model leaves a dimension other than the batch open; may replace any. */
  readonly inputShapes?: ReadonlyMap<string, readonly number[]> | undefined;
  /** For inspection: gets every node that cannot be imported, which else is an error; the graph then lacks them. */
  readonly onSkipped?: OnSkipped | undefined;
}

export interface OpenedModel {
  /** Imports the model, for any number of sets of input shapes. */
  importFor(options?: ImportOptions): Graph;
  /** Size of the model file and its data files. */
  readonly bytes: number;
}

/** Reads an `.onnx` file with its data files. Throws EdgeDeployError for whatever is wrong with it, as the import does. */
export async function openOnnx(file: string, onProgress: OnProgress = silent): Promise<OpenedModel> {
  onProgress({ stage: 'import', message: `reading ${file}` });
  let bytes: Uint8Array;
  try {
    if (!(await stat(file)).isFile()) throw new Error(`${file} is no file`);
    bytes = await readFile(file);
  } catch (cause) {
    throw new EdgeDeployError('E_MODEL_NOT_FOUND', `the model ${file} cannot be read`, {
      hint: 'Check that the file is there and that you may read it.',
      cause,
    });
  }
  const model = readModel(bytes);
  const files = await readExternalFiles(model.graph, dirname(file));
  return {
    importFor: (options) => {
      onProgress({ stage: 'import', message: `importing ${basename(file)}` });
      return importModel(basename(file, '.onnx'), model, files, options);
    },
    bytes: [...files.values()].reduce((sum, { length }) => sum + length, bytes.length),
  };
}

/** Imports a model that is already in memory. */
export function importModel(
  name: string,
  model: ReturnType<typeof readModel>,
  files: ExternalFiles = new Map(),
  { inputShapes: shapes = new Map(), onSkipped }: ImportOptions = {},
): Graph {
  const graph = { ...model.graph, node: withGelus(model.graph) };
  const opset = opsetOf(model);
  const nodes = liveNodes(graph);
  if (!onSkipped) assertSupported(model, nodes);
  if (graph.sparse_initializer.length > 0) {
    throw new EdgeDeployError('E_MODEL', 'the model has sparse initializers, which are not supported', {
      hint: 'Store its weights as dense tensors.',
    });
  }
  const inputs = inputsOf(graph);
  for (const given of shapes.keys()) {
    if (!inputs.some((input) => input.name === given)) {
      throw new EdgeDeployError('E_INPUT', `the model has no input '${given}'`, {
        hint: `Its inputs are: ${inputs.map((input) => input.name).join(', ') || 'none'}.`,
      });
    }
  }
  const builder = new GraphBuilder(name);
  const scope = new Scope(builder, graph, files);
  for (const input of inputs) {
    scope.write(input.name, builder.input(input.name, inputType(input, shapes.get(input.name))));
  }
  const importOne = (live: LiveNode) => importNode(live, opset, scope);
  if (onSkipped) importSupported(model, graph, nodes, scope, importOne, onSkipped);
  else nodes.forEach(importOne);
  const outputs = graph.output.map((output) => output.name);
  return builder.finish(
    resultValues(
      onSkipped ? outputs.filter((output) => scope.canRead(output)) : outputs,
      inputs.map((input) => input.name),
      scope,
    ),
  );
}

function importNode({ node, index, needed }: LiveNode, opset: number, scope: Scope): void {
  const label = `${node.op_type} (${nameOf(node, index)})`;
  try {
    const context = new OpContext(node, label, opset, scope);
    importers.get(node.op_type)!(context);
    const missing = needed.find((name) => !scope.has(name));
    if (missing !== undefined) {
      throw context.fail(`has the output '${missing}' (number ${node.output.indexOf(missing)}), not supported`);
    }
  } catch (error) {
    // Shape inference speaks of our op; the user knows ONNX's.
    if (!(error instanceof EdgeDeployError) || error.message.includes(label)) throw error;
    const { code, hint, details } = error;
    throw new EdgeDeployError(code, `${label}: ${error.message}`, { hint, details, cause: error });
  }
}

/**
 * The graph's outputs: each a node's result of its own, so that callers can tell them apart, under the model's name where
 * that is free. Where the model gives out an input, a constant or the same value twice, an identity stands between.
 */
function resultValues(outputs: readonly string[], inputs: readonly string[], scope: Scope): string[] {
  const { builder } = scope;
  const results: string[] = [];
  for (const name of outputs) {
    const value = scope.read(name, 'the model');
    if (elementCount(builder.typeOf(value).shape) === 0) {
      throw new EdgeDeployError('E_SHAPE', `the output '${name}' is empty: [${builder.typeOf(value).shape}]`, {
        hint: 'Check the input shape.',
      });
    }
    const own = !results.includes(value) && !inputs.includes(value) && builder.constantOf(value) === undefined;
    if (own && (value === name || builder.has(name))) results.push(value);
    else {
      const output = builder.has(name) ? scope.fresh(name) : name;
      results.push(builder.add('identity', { inputs: [value], outputs: [output], attributes: {} })[0]!);
    }
  }
  return results;
}
