import { statSync } from 'node:fs';
import type { Config } from '../../targets/index.js';
import { loadModel } from '../compile.js';
import type { Graph } from '../ir/graph.js';
import { locateModel } from '../paddle/index.js';
import type { Context } from './context.js';
import { chosenModel, inputShapes } from './options.js';

export interface LoadedModel {
  readonly path: string;
  readonly graph: Graph;
  /** Bytes of program and parameters as they came. */
  readonly bytes: number;
}

/** Loads the model a command was given, with the flags of `modelFlags`. */
export async function loadForCommand(
  context: Context,
  config: Config | undefined,
  argument: string | undefined,
  options: Record<string, unknown>,
): Promise<LoadedModel> {
  const path = chosenModel(config, argument);
  const files = {
    ...(typeof options.modelFile === 'string' ? { modelFile: options.modelFile } : {}),
    ...(typeof options.paramsFile === 'string' ? { paramsFile: options.paramsFile } : {}),
  };
  const graph = await loadModel(path, {
    ...files,
    inputShapes: inputShapes(config, (options.inputShape as string[] | undefined) ?? []),
    onProgress: context.onProgress,
  });
  if (path.endsWith('.nb')) return { path, graph, bytes: bytesOnDisk(path) };
  const source = await locateModel(path, files);
  return { path, graph, bytes: bytesOnDisk(source.program) + parameterBytes(graph) };
}

function bytesOnDisk(file: string): number {
  return statSync(file).size;
}

function parameterBytes(graph: Graph): number {
  return [...graph.constants.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
}
