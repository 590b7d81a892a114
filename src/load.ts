import { stat } from 'node:fs/promises';
import type { OnProgress } from './base/events.js';
import type { Graph } from './ir/graph.js';
import { SharedData } from './ir/shared-data.js';
import type { OnSkipped } from './ir/skipped-op.js';
import { locateNaiveBuffer, type NaiveModel, type NaiveSource, readNaiveModel } from './naive-buffer/locate.js';
import { openOnnx } from './onnx/index.js';
import { onnxFile } from './onnx-file.js';
import { importProgram, locateModel, openPaddle, type Program } from './paddle/index.js';

export interface OpenOptions {
  /** Program and parameter file inside a folder that holds several. */
  readonly modelFile?: string;
  readonly paramsFile?: string;
  readonly onProgress?: OnProgress;
  /** For inspection: gets every op that cannot be imported, once, which else is an error; graphs then lack them. */
  readonly onSkipped?: OnSkipped;
}

/** Shapes of inputs by name: needed where the model leaves dimensions open, and may replace any. */
export type InputShapes = ReadonlyMap<string, readonly number[]>;

export interface LoadOptions extends OpenOptions {
  readonly inputShapes?: InputShapes;
}

export interface LoadedModel {
  /** One graph for each set of input shapes; equal weights are one array. */
  readonly graphs: readonly [Graph, ...Graph[]];
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
  return (await loadModelWithSize(path, [options.inputShapes ?? new Map()], options)).graphs[0];
}

/**
 * loadModel for several sets of input shapes: a graph each, which share their weights. `compile` makes one program file of
 * them, `push` and `run` take the one that fits the inputs.
 */
export async function loadPlans(
  path: string,
  inputShapes: readonly InputShapes[],
  options: OpenOptions = {},
): Promise<LoadedModel['graphs']> {
  return (await loadModelWithSize(path, inputShapes, options)).graphs;
}

/** loadPlans, and the size of what was read. */
export async function loadModelWithSize(
  path: string,
  [first = new Map(), ...others]: readonly InputShapes[],
  options: OpenOptions = {},
): Promise<LoadedModel> {
  const model = await openModel(path, options);
  const shared = new SharedData();
  const load = (inputShapes: InputShapes, onSkipped: OnSkipped | undefined) => {
    const graph = model.importFor({ inputShapes, onSkipped });
    return others.length > 0 ? shared.shareConstants(graph) : graph;
  };
  const { onSkipped } = options;
  const graph = load(first, onSkipped);
  const again = onSkipped && (() => {});
  const { contents } = model;
  return {
    graphs: [graph, ...others.map((shapes) => load(shapes, again))],
    bytes: model.bytesWith(graph),
    ...(contents ? { contents } : {}),
  };
}

/** A model in memory, which can be imported for any input shapes. */
interface OpenedModel {
  importFor(options: { readonly inputShapes: InputShapes; readonly onSkipped: OnSkipped | undefined }): Graph;
  /** Bytes of program and parameters as they came; a graph of the model tells which parameters it has. */
  bytesWith(graph: Graph): number;
  readonly contents?: Contents;
}

async function openModel(path: string, options: OpenOptions): Promise<OpenedModel> {
  const nb = await locateNaiveBuffer(path, options.modelFile);
  if (nb !== undefined) return openNaiveBuffer(nb, await readNaiveModel(nb));
  const file = await onnxFile(path, options.modelFile);
  if (file !== undefined) {
    const onnx = await openOnnx(file, options.onProgress);
    return { importFor: onnx.importFor, bytesWith: () => onnx.bytes };
  }
  const source = await locateModel(path, { modelFile: options.modelFile, paramsFile: options.paramsFile });
  const importFor = await openPaddle(source, options.onProgress);
  const { size } = await stat(source.program);
  const bytesWith = ({ constants }: Graph) =>
    [...constants.values()].reduce((sum, { data }) => sum + data.byteLength, size);
  return { importFor, bytesWith };
}

function openNaiveBuffer({ name }: NaiveSource, { program, parameters, bytes, format }: NaiveModel): OpenedModel {
  return {
    importFor: (options) => importProgram(name, program, parameters, options),
    bytesWith: () => bytes,
    contents: { format, ops: opCounts(program), tensors: parameters.size },
  };
}

function opCounts({ blocks }: Program): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { type } of blocks.flatMap((block) => block.ops)) counts.set(type, (counts.get(type) ?? 0) + 1);
  return Object.fromEntries(counts);
}
