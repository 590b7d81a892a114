import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { EdgeDeployError } from './base/errors.js';
import type { OnProgress } from './base/events.js';
import type { Graph } from './ir/graph.js';
import { readNaiveBuffer } from './naive-buffer/index.js';
import { importOnnx } from './onnx/index.js';
import { onnxFile } from './onnx-file.js';
import { importPaddle, importProgram, locateModel } from './paddle/index.js';

export interface LoadOptions {
  /** Program and parameter file inside a folder that holds several. */
  readonly modelFile?: string;
  readonly paramsFile?: string;
  /** Shapes of inputs whose dimensions the model leaves open. */
  readonly inputShapes?: ReadonlyMap<string, readonly number[]>;
  readonly onProgress?: OnProgress;
}

export interface LoadedModel {
  readonly graph: Graph;
  /** Bytes of program and parameters as they came. */
  readonly bytes: number;
}

/** Reads a Paddle model (a folder, a file or a prefix), Paddle-Lite's `.nb` file or an ONNX model (a file, or a folder with one) as a graph. */
export async function loadModel(path: string, options: LoadOptions = {}): Promise<Graph> {
  return (await loadModelWithSize(path, options)).graph;
}

/** loadModel, and the size of what was read. */
export async function loadModelWithSize(path: string, options: LoadOptions = {}): Promise<LoadedModel> {
  if (path.endsWith('.nb')) return loadNaiveBuffer(path, options);
  const onnx = await onnxFile(path, options.modelFile);
  if (onnx !== undefined) return importOnnx(onnx, options);
  const source = await locateModel(path, { modelFile: options.modelFile, paramsFile: options.paramsFile });
  const graph = await importPaddle(source, { inputShapes: options.inputShapes, onProgress: options.onProgress });
  const parameters = [...graph.constants.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  return { graph, bytes: (await stat(source.program)).size + parameters };
}

async function loadNaiveBuffer(path: string, options: LoadOptions): Promise<LoadedModel> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new EdgeDeployError('E_MODEL_NOT_FOUND', `the model ${path} cannot be read`, { cause });
  }
  const { program, parameters } = readNaiveBuffer(bytes);
  return { graph: importProgram(basename(path, '.nb'), program, parameters, options), bytes: bytes.length };
}
