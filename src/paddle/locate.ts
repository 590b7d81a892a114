/** Where a model's files are: a folder, a path prefix, a program file, with or without explicit file names. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { EdgeDeployError } from '../base/errors.js';
import { nearest } from '../base/nearest.js';

export interface ModelSource {
  /** Short name for reports: the folder's, or the file's without its ending. */
  readonly name: string;
  /** Path of the program. */
  readonly program: string;
  /** One file with all parameters, or a folder with a file per parameter. They may be missing: a program may need none. */
  readonly parameters:
    | { readonly kind: 'combined'; readonly file: string }
    | { readonly kind: 'separate'; readonly folder: string };
}

export interface LocateOptions {
  /** Program file, relative to the folder. With Paddle's own ending or without. */
  readonly modelFile?: string;
  /** Combined parameter file, relative to the folder. */
  readonly paramsFile?: string;
}

/** Usual names of a combined parameter file beside `__model__`. */
const COMBINED_NAMES = ['__params__', 'params', 'weights', 'model.pdiparams', 'inference.pdiparams'];
const EXPECTED =
  'A model is NAME.pdmodel or NAME.json with NAME.pdiparams, or __model__ with __params__ or one file per parameter.';

/** Files that people take for a program, by their ending: what they are, and what helps. */
const OTHER_FILES: Readonly<Record<string, readonly [string, string]>> = {
  '.pdiparams': ['holds parameters without their program', 'Pass the .pdmodel file beside it, or the folder.'],
  '.pdparams': ['is a state of training', 'Export the model for inference with paddle.jit.save.'],
  '.pdopt': ['is a state of training', 'Export the model for inference with paddle.jit.save.'],
  '.nb': ['is made by the opt tool of Paddle-Lite', 'Pass the Paddle model it was made from.'],
  '.onnx': ['is an ONNX model', 'Pass the Paddle model it was made from.'],
};

/**
 * Finds program and parameters. `path` is a folder, a program file, or a prefix (`dir/inference` for
 * `dir/inference.pdmodel`). Throws E_MODEL_NOT_FOUND and says what was looked for, E_MODEL for a file that is no program,
 * E_USAGE when `path` and `modelFile` name two programs.
 */
export async function locateModel(path: string, options: LocateOptions = {}): Promise<ModelSource> {
  const kind = await kindOf(path);
  if (kind === 'folder') return locateInFolder(path, options);
  if (kind === 'file') return locateFile(path, options);
  if (options.modelFile !== undefined) {
    throw notFound(`the folder ${path} does not exist`, 'Pass the folder that holds the model files.');
  }
  for (const ending of ['.pdmodel', '.json']) {
    if ((await kindOf(`${path}${ending}`)) === 'file') return locateFile(`${path}${ending}`, options);
  }
  throw notFound(
    `no model at ${path}: neither a folder, nor a program file, nor a prefix of one`,
    suggestion([`${basename(path)}.pdmodel`, basename(path)], await filesIn(dirname(path)).catch(() => []), EXPECTED),
  );
}

/** Whether the files of a folder include a Paddle program. */
export function holdsProgram(files: readonly string[]): boolean {
  return programsIn(files).length > 0;
}

async function locateFile(path: string, { modelFile, paramsFile }: LocateOptions): Promise<ModelSource> {
  if (modelFile !== undefined && basename(modelFile) !== basename(path)) {
    throw new EdgeDeployError('E_USAGE', `${path} and --model-file ${modelFile} name two programs`, {
      hint: 'Pass the folder with --model-file, or the program file alone.',
    });
  }
  const other = OTHER_FILES[extname(path)];
  if (other !== undefined) throw new EdgeDeployError('E_MODEL', `${path} ${other[0]}`, { hint: other[1] });
  return withParameters(path, dirname(path), paramsFile);
}

async function locateInFolder(folder: string, { modelFile, paramsFile }: LocateOptions): Promise<ModelSource> {
  const program =
    modelFile === undefined
      ? await onlyProgram(folder)
      : await firstFile(folder, withEnding(modelFile, '.pdmodel'), '--model-file');
  return withParameters(program, folder, paramsFile);
}

async function onlyProgram(folder: string): Promise<string> {
  const files = (await filesIn(folder)).sort();
  if (files.length === 0) throw notFound(`the folder ${folder} is empty`, EXPECTED);
  const programs = programsIn(files);
  if (programs.length === 1) return join(folder, programs[0]!);
  if (programs.length > 1) {
    throw notFound(
      `the folder ${folder} holds ${programs.length} programs: ${programs.join(', ')}`,
      `Name one: --model-file ${programs[0]}`,
    );
  }
  const other = files.find((file) => Object.hasOwn(OTHER_FILES, extname(file)));
  if (other !== undefined) {
    const [what, remedy] = OTHER_FILES[extname(other)]!;
    throw notFound(`the folder ${folder} holds no Paddle program: ${other} ${what}`, `${remedy} ${EXPECTED}`);
  }
  const found = files.slice(0, 8).join(', ') + (files.length > 8 ? ', …' : '');
  throw notFound(`the folder ${folder} holds no Paddle program (found: ${found})`, EXPECTED);
}

/** Programs of Paddle 3 count where there is no other: both may be there, of one model. */
function programsIn(files: readonly string[]): string[] {
  const classic = files.filter((file) => file === '__model__' || file.endsWith('.pdmodel'));
  return classic.length > 0 ? classic : files.filter((file) => isPir(file, files));
}

/** A JSON file that is called like a program of Paddle 3, or has parameters beside it. */
function isPir(file: string, files: readonly string[]): boolean {
  const stem = /^(.*)\.json$/.exec(file)?.[1];
  return stem === 'inference' || stem === '__model__' || (stem !== undefined && files.includes(`${stem}.pdiparams`));
}

async function withParameters(program: string, folder: string, paramsFile: string | undefined): Promise<ModelSource> {
  if (paramsFile === undefined) return fromProgramFile(program);
  const file = await firstFile(folder, withEnding(paramsFile, '.pdiparams'), '--params-file');
  return { name: nameOf(program), program, parameters: { kind: 'combined', file } };
}

async function fromProgramFile(program: string): Promise<ModelSource> {
  const name = nameOf(program);
  const ending = ['.pdmodel', '.json'].find((candidate) => program.endsWith(candidate));
  if (ending !== undefined && basename(program) !== '__model__.json') {
    const file = `${program.slice(0, -ending.length)}.pdiparams`;
    return { name, program, parameters: { kind: 'combined', file } };
  }
  const folder = dirname(program);
  for (const candidate of COMBINED_NAMES) {
    const file = join(folder, candidate);
    if ((await kindOf(file)) === 'file') return { name, program, parameters: { kind: 'combined', file } };
  }
  return { name, program, parameters: { kind: 'separate', folder } };
}

/** `inference.pdmodel` and `__model__` say nothing: their folder's name does. */
function nameOf(program: string): string {
  const stem = basename(program).replace(/\.(pdmodel|json)$/, '');
  return ['inference', 'model', '__model__'].includes(stem) ? basename(dirname(resolve(program))) || stem : stem;
}

function withEnding(file: string, ending: string): string[] {
  return [`${file}${ending}`, file];
}

async function firstFile(folder: string, candidates: string[], flag: string): Promise<string> {
  for (const candidate of candidates) {
    const file = resolve(folder, candidate);
    if ((await kindOf(file)) === 'file') return file;
  }
  const wanted = candidates.at(-1)!;
  const files = await filesIn(folder);
  throw notFound(
    `there is no file ${wanted} in ${folder}`,
    suggestion(candidates, files, `Check ${flag}; the folder holds: ${files.join(', ') || 'nothing'}.`),
  );
}

function suggestion(wanted: readonly string[], files: readonly string[], otherwise: string): string {
  const meant = wanted.map((name) => nearest(name, files)).find((file) => file !== undefined);
  return meant === undefined ? otherwise : `Did you mean ${meant}? ${otherwise}`;
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EdgeDeployError('E_MODEL_NOT_FOUND', `the folder ${folder} cannot be read: ${reason}`, {
      hint: 'Pass a folder that you may read.',
      cause,
    });
  }
}

async function kindOf(path: string): Promise<'file' | 'folder' | 'nothing'> {
  try {
    const entry = await stat(path);
    return entry.isDirectory() ? 'folder' : 'file';
  } catch {
    return 'nothing';
  }
}

function notFound(message: string, hint: string): EdgeDeployError {
  return new EdgeDeployError('E_MODEL_NOT_FOUND', message, { hint });
}
