/** Where `opt` finds a model: Paddle-Lite's rules, and for folders it would refuse, those of the other commands. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EdgeDeployError } from '../../base/errors.js';
import { nearest } from '../../base/nearest.js';
import {
  decodeProgram,
  locateModel,
  type ModelSource,
  type Program,
  parameterNames,
  readProgramFile,
} from '../../paddle/model.js';

/** Paddle-Lite takes the first that exists. */
const PROGRAMS = ['__model__', 'model', 'model.pdmodel', 'inference.pdmodel'];
/** Likewise, where a parameter has no file of its own. Paddle-Lite itself does not know the last. */
const COMBINED = ['params', 'weights', 'model.pdiparams', 'inference.pdiparams', '__params__'];

const EXPECTED =
  'A folder holds __model__, model, model.pdmodel or inference.pdmodel, and one file per parameter or params, weights, model.pdiparams or inference.pdiparams. Other names: --model_file and --param_file.';

export interface OptModel {
  readonly program: Program;
  /** Paths as Paddle-Lite prints them. */
  readonly topology: string;
  readonly loadingParams: string;
  readonly source: ModelSource;
}

/** A model whose two files are named. Throws E_MODEL_NOT_FOUND, E_MODEL. */
export async function modelFromFiles(model: string, params: string): Promise<OptModel> {
  await checkFile(model, 'model');
  // Says what a file is that its ending shows to be no program.
  const located = await locateModel(model);
  const program = await decodeProgram(await readProgramFile(model), model);
  await checkFile(params, 'param');
  const source: ModelSource = { ...located, parameters: { kind: 'combined', file: params } };
  return { program, topology: model, loadingParams: `Loading params data from ${params}`, source };
}

/** A model in a folder. */
export async function modelFromFolder(folder: string): Promise<OptModel> {
  const files = await readdir(folder).catch((): string[] => []);
  const name = PROGRAMS.find((candidate) => files.includes(candidate));
  if (name === undefined) return modelElsewhere(folder);
  const topology = `${folder}/${name}`;
  const program = await decodeProgram(await readProgramFile(topology), topology);
  const missing = await withoutFile(folder, parameterNames(program));
  const found = { program, topology };
  const source = { name: basename(folder), program: topology };
  if (missing.length === 0) {
    const loadingParams = `Loading non-combined params data from ${folder}`;
    return { ...found, loadingParams, source: { ...source, parameters: { kind: 'separate', folder } } };
  }
  const combined = COMBINED.find((candidate) => files.includes(candidate));
  if (combined === undefined) {
    throw unsupportedFormat(
      `${topology} has ${missing.length} parameters without a file, the first is ${missing[0]}, and there is no combined file`,
    );
  }
  const file = `${folder}/${combined}`;
  const loadingParams = `Loading params data from ${file}`;
  return { ...found, loadingParams, source: { ...source, parameters: { kind: 'combined', file } } };
}

/** A folder with names of its own, a prefix, or a program of Paddle 3. */
async function modelElsewhere(path: string): Promise<OptModel> {
  let source: ModelSource;
  try {
    source = await locateModel(path);
  } catch (error) {
    if (!(error instanceof EdgeDeployError)) throw error;
    throw unsupportedFormat(error.message);
  }
  const { program: topology, parameters } = source;
  const loadingParams =
    parameters.kind === 'combined'
      ? `Loading params data from ${parameters.file}`
      : `Loading non-combined params data from ${parameters.folder}`;
  return { program: await decodeProgram(await readProgramFile(topology), topology), topology, loadingParams, source };
}

async function withoutFile(folder: string, names: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        (entry) => entry.isFile(),
        () => false,
      ),
    ),
  );
  return names.filter((_, i) => !found[i]);
}

function unsupportedFormat(why: string): EdgeDeployError {
  return new EdgeDeployError('E_MODEL_NOT_FOUND', `Unsupported model format! ${why}`, { hint: EXPECTED });
}

/** Throws Paddle-Lite's sentence unless there is a file. */
async function checkFile(path: string, what: 'model' | 'param'): Promise<void> {
  const entry = await stat(path).catch(() => undefined);
  if (entry?.isFile()) return;
  const meant = nearest(basename(path), await readdir(dirname(path)).catch((): string[] => []));
  const hint = entry
    ? 'It is a folder: use --model_dir.'
    : meant === undefined
      ? 'Check the path.'
      : `Did you mean ${join(dirname(path), meant)}?`;
  throw new EdgeDeployError(
    'E_MODEL_NOT_FOUND',
    `the ${what} file '${path}' is not existed. Please confirm that you have inputed correct ${what} file path.`,
    { hint },
  );
}
