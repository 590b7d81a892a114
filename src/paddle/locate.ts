/** Where a model's files are: a folder, a path prefix, a program file, with or without explicit file names. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { EdgeDeployError } from '../base/errors.js';

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
const EXPECTED = 'a model is NAME.pdmodel with NAME.pdiparams, or __model__ with __params__ or one file per parameter';

/**
 * Finds program and parameters. `path` is a folder, a program file, or a prefix (`dir/inference` for
 * `dir/inference.pdmodel`). Throws E_MODEL_NOT_FOUND and says what was looked for.
 */
export async function locateModel(path: string, options: LocateOptions = {}): Promise<ModelSource> {
  const kind = await kindOf(path);
  if (kind === 'folder') return locateInFolder(path, options);
  if (options.modelFile !== undefined || options.paramsFile !== undefined) {
    if (kind === 'file') return explicit(dirname(path), { ...options, modelFile: basename(path) });
    throw notFound(`the folder ${path} does not exist`, 'Pass the folder that holds the model files.');
  }
  if (kind === 'file') return fromProgramFile(path);
  if ((await kindOf(`${path}.pdmodel`)) === 'file') return fromProgramFile(`${path}.pdmodel`);
  if ((await kindOf(`${path}.json`)) === 'file') return fromProgramFile(`${path}.json`);
  throw notFound(`no model at ${path}: neither a folder, nor a program file, nor a prefix of one`, capital(EXPECTED));
}

/** Whether the files of a folder include a Paddle program. */
export function holdsProgram(files: readonly string[]): boolean {
  return files.some((file) => file === '__model__' || file === 'inference.json' || file.endsWith('.pdmodel'));
}

async function locateInFolder(folder: string, options: LocateOptions): Promise<ModelSource> {
  if (options.modelFile !== undefined || options.paramsFile !== undefined) return explicit(folder, options);
  const files = await readdir(folder);
  if (files.length === 0) throw notFound(`the folder ${folder} is empty`, capital(EXPECTED));
  const programs = files.filter((file) => file.endsWith('.pdmodel')).sort();
  if (files.includes('__model__')) return fromProgramFile(join(folder, '__model__'));
  if (programs.length === 1) return fromProgramFile(join(folder, programs[0]!));
  if (programs.length > 1) {
    const usual = programs.find((file) => file === 'inference.pdmodel' || file === 'model.pdmodel');
    if (usual !== undefined) return fromProgramFile(join(folder, usual));
    throw notFound(
      `the folder ${folder} holds ${programs.length} programs: ${programs.join(', ')}`,
      `Name one: --model-file ${programs[0]}`,
    );
  }
  if (files.includes('inference.json')) return fromProgramFile(join(folder, 'inference.json'));
  const found = files.slice(0, 8).join(', ') + (files.length > 8 ? ', …' : '');
  throw notFound(`the folder ${folder} holds no Paddle program (found: ${found})`, capital(EXPECTED));
}

async function explicit(folder: string, options: LocateOptions): Promise<ModelSource> {
  const program = await firstFile(folder, withEnding(options.modelFile ?? '__model__', '.pdmodel'), '--model-file');
  if (options.paramsFile === undefined) return fromProgramFile(program);
  const file = await firstFile(folder, withEnding(options.paramsFile, '.pdiparams'), '--params-file');
  return { name: nameOf(program), program, parameters: { kind: 'combined', file } };
}

async function fromProgramFile(program: string): Promise<ModelSource> {
  const name = nameOf(program);
  const ending = ['.pdmodel', '.json'].find((candidate) => program.endsWith(candidate));
  if (ending !== undefined) {
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
  const files = await readdir(folder);
  throw notFound(
    `there is no file ${wanted} in ${folder}`,
    `Check ${flag}; the folder holds: ${files.join(', ') || 'nothing'}.`,
  );
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

function capital(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}
