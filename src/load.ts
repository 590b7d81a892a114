import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EdgeDeployError } from './base/errors.js';
import type { OnProgress } from './base/events.js';
import type { Graph } from './ir/graph.js';
import type { OnSkipped } from './ir/skipped-op.js';
import { locateNaiveBuffer, readNaiveModel } from './naive-buffer/locate.js';
import { importOnnx } from './onnx/index.js';
import { holdsProgram, importPaddle, importProgram, locateModel, type Program } from './paddle/index.js';

export interface LoadOptions {
  /** Program and parameter file inside a folder that holds several. */
  readonly modelFile?: string;
  readonly paramsFile?: string;
  /** Shapes of inputs whose dimensions the model leaves open. */
  readonly inputShapes?: ReadonlyMap<string, readonly number[]>;
  readonly onProgress?: OnProgress;
  /** For inspection: gets every op that cannot be imported, which else is an error; the graph then lacks them. */
  readonly onSkipped?: OnSkipped;
}

export interface LoadedModel {
  readonly graph: Graph;
  /** Bytes of program and parameters as they came. */
  readonly bytes: number;
  /** What a file of Paddle-Lite holds, as opt counts: its own ops are not ours. */
  readonly contents?: Contents;
}

export interface Contents {
  readonly format: string;
  /** How often each type of op occurs, in all blocks. */
  readonly ops: Readonly<Record<string, number>>;
  readonly tensors: number;
}

/**
 * Reads a Paddle model (a folder, a file or a prefix), a Paddle-Lite model (`.nb` file, or folder of the time before) or an
 * ONNX model (a file, or a folder with one) as a graph.
 */
export async function loadModel(path: string, options: LoadOptions = {}): Promise<Graph> {
  return (await loadModelWithSize(path, options)).graph;
}

/** loadModel, and the size of what was read. */
export async function loadModelWithSize(path: string, options: LoadOptions = {}): Promise<LoadedModel> {
  const nb = await locateNaiveBuffer(path, options.modelFile);
  if (nb !== undefined) {
    const { program, parameters, bytes, format } = await readNaiveModel(nb);
    const contents = { format, ops: opCounts(program), tensors: parameters.size };
    return { graph: importProgram(nb.name, program, parameters, options), bytes, contents };
  }
  const onnx = await onnxFile(path, options.modelFile);
  if (onnx !== undefined) return importOnnx(onnx, options);
  const source = await locateModel(path, { modelFile: options.modelFile, paramsFile: options.paramsFile });
  const { inputShapes, onProgress, onSkipped } = options;
  const graph = await importPaddle(source, { inputShapes, onProgress, onSkipped });
  const parameters = [...graph.constants.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  return { graph, bytes: (await stat(source.program)).size + parameters };
}

function opCounts({ blocks }: Program): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { type } of blocks.flatMap((block) => block.ops)) counts.set(type, (counts.get(type) ?? 0) + 1);
  return Object.fromEntries(counts);
}

/** The ONNX file that a path (and a file name in it) means: itself, or the only one in a folder without a Paddle program. */
export async function onnxFile(path: string, modelFile?: string): Promise<string | undefined> {
  if (path.endsWith('.onnx')) return path;
  if (modelFile !== undefined) return modelFile.endsWith('.onnx') ? join(path, modelFile) : undefined;
  const files = await readdir(path).catch(() => []);
  const models = files.filter((file) => file.endsWith('.onnx'));
  if (models.length === 0 || holdsProgram(files)) return undefined;
  if (models.length === 1) return join(path, models[0]!);
  throw new EdgeDeployError(
    'E_MODEL_NOT_FOUND',
    `the folder ${path} holds ${models.length} models: ${models.sort().join(', ')}`,
    { hint: `Name one: ${join(path, models[0]!)}` },
  );
}
