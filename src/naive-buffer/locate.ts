/** Where a `.nb` model is: one file, or the folder that Paddle-Lite before 2.3 wrote. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { EdgeDeployError } from '../base/errors.js';
import { fileInside, holdsProgram, isParameter, type Program, type TensorRecord } from '../paddle/model.js';
import { readNaiveBuffer } from './index.js';
import { readNaiveParameter, readNaiveParameters, readNaiveTopology } from './naive.js';
import type { Records } from './parameters.js';

/** `file` holds program and parameters, or `folder` has them in several files. */
export type NaiveSource = { readonly name: string } & ({ readonly file: string } | { readonly folder: string });

const PROGRAM = '__model__.nb';
const COMBINED = 'param.nb';

/**
 * The `.nb` model that a path (and a file name in it) means, or undefined when it is something else: a folder with a Paddle
 * program or an ONNX model is that. Throws E_MODEL_NOT_FOUND for a folder with several.
 */
export async function locateNaiveBuffer(path: string, modelFile?: string): Promise<NaiveSource | undefined> {
  if (modelFile !== undefined) return modelFile.endsWith('.nb') ? locateNaiveBuffer(join(path, modelFile)) : undefined;
  const files = await readdir(path).catch(() => undefined);
  if (files === undefined) {
    if (!path.endsWith('.nb')) return undefined;
    if ([PROGRAM, COMBINED].includes(basename(path))) return folderSource(dirname(path));
    return { name: basename(path, '.nb'), file: path };
  }
  const models = files.filter((file) => file.endsWith('.nb')).sort();
  if (models.length === 0 || holdsProgram(files) || files.some((file) => file.endsWith('.onnx'))) return undefined;
  if (models.includes(PROGRAM)) return folderSource(path);
  if (models.length === 1) return locateNaiveBuffer(join(path, models[0]!));
  throw new EdgeDeployError(
    'E_MODEL_NOT_FOUND',
    `the folder ${path} holds ${models.length} models: ${models.join(', ')}`,
    { hint: `Name one: ${join(path, models[0]!)}` },
  );
}

function folderSource(folder: string): NaiveSource {
  return { name: basename(resolve(folder)), folder };
}

export interface NaiveModel {
  readonly program: Program;
  readonly parameters: Records;
  /** Of all files. */
  readonly bytes: number;
  /** Which form of the format, for people. */
  readonly format: string;
}

/** Reads a located model. Throws E_MODEL_NOT_FOUND and E_MODEL, naming the file. */
export async function readNaiveModel(source: NaiveSource): Promise<NaiveModel> {
  if ('file' in source) {
    const bytes = await read(source.file, 'the model');
    const { program, parameters, metaVersion, optVersion } = readNaiveBuffer(bytes);
    const format = `Paddle-Lite .nb, meta version ${metaVersion}, opt ${optVersion}`;
    return { program, parameters, bytes: bytes.length, format };
  }
  const { folder } = source;
  const format = 'Paddle-Lite .nb before 2.3';
  const topology = await read(join(folder, PROGRAM), 'the program');
  const program = naming(join(folder, PROGRAM), () => readNaiveTopology(topology, 0));
  const combined = await readFile(join(folder, COMBINED)).catch(() => undefined);
  if (combined !== undefined) {
    const parameters = naming(join(folder, COMBINED), () => readNaiveParameters(combined, 0));
    return { program, parameters, bytes: topology.length + combined.length, format };
  }
  const parameters = new Map<string, TensorRecord>();
  let bytes = topology.length;
  for (const name of new Set(program.blocks[0]!.vars.filter(isParameter).map((variable) => variable.name))) {
    const file = fileInside(folder, `${name}.nb`);
    const data = await read(file, `the parameter '${name}'`);
    parameters.set(name, naming(file, () => readNaiveParameter(data, 0))[1]);
    bytes += data.length;
  }
  return { program, parameters, bytes, format };
}

async function read(file: string, what: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new EdgeDeployError('E_MODEL_NOT_FOUND', `${what} cannot be read: ${file}`, {
      hint: 'Copy the whole model: one .nb file, or the folder with all files that opt wrote.',
      cause,
    });
  }
}

/** Says which of several files is damaged. */
function naming<T>(file: string, readIt: () => T): T {
  try {
    return readIt();
  } catch (error) {
    if (!(error instanceof EdgeDeployError)) throw error;
    throw new EdgeDeployError(error.code, `${file}: ${error.message}`, { hint: error.hint, cause: error });
  }
}
