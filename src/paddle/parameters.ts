/** The parameters of a program: which variables are saved, in which order, and where. */
import { readFile } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { EdgeDeployError } from '../base/errors.js';
import { type OnProgress, silent } from '../base/events.js';
import type { ModelSource } from './locate.js';
import { type Program, type Var, VarKind } from './messages.js';
import { readTensorRecord, type TensorRecord, writeTensorRecord } from './tensor-record.js';

/** By variable name, in the order of a combined file. */
export type Parameters = ReadonlyMap<string, TensorRecord>;

const KINDS_WITHOUT_DATA: ReadonlySet<number> = new Set([
  VarKind.FEED_MINIBATCH,
  VarKind.FETCH_LIST,
  VarKind.READER,
  VarKind.RAW,
]);

export function isParameter(variable: Var): boolean {
  return variable.persistable && variable.type !== undefined && !KINDS_WITHOUT_DATA.has(variable.type.type);
}

/**
 * Names of the saved variables of all blocks, each once, in ascending order of their UTF-8 bytes: the order of a
 * combined parameter file, which holds no names.
 */
export function parameterNames(program: Program): string[] {
  const names = new Set<string>();
  for (const block of program.blocks) {
    for (const variable of block.vars) if (isParameter(variable)) names.add(variable.name);
  }
  return [...names]
    .map((name) => ({ name, key: Buffer.from(name) }))
    .sort((a, b) => Buffer.compare(a.key, b.key))
    .map(({ name }) => name);
}

/** Splits a combined parameter file. Throws E_WEIGHTS unless it holds exactly the program's parameters. */
export function splitParameters(program: Program, bytes: Uint8Array): Parameters {
  const parameters = new Map<string, TensorRecord>();
  let position = 0;
  for (const name of parameterNames(program)) {
    const { record, end } = readTensorRecord(bytes, position, name);
    parameters.set(name, record);
    position = end;
  }
  assertEnd(bytes, position, `the program's ${parameters.size} parameters`);
  return parameters;
}

/** The inverse of splitParameters. */
export function joinParameters(parameters: Parameters): Uint8Array {
  return Buffer.concat([...parameters.values()].map(writeTensorRecord));
}

/** Reads the parameters of a located model. */
export async function readParameters(
  program: Program,
  source: ModelSource,
  onProgress: OnProgress = silent,
): Promise<Parameters> {
  const names = parameterNames(program);
  if (names.length === 0) return new Map();
  if (source.parameters.kind === 'combined') {
    const { file } = source.parameters;
    return splitParameters(program, await read(file, `the program has ${names.length} parameters`));
  }
  const { folder } = source.parameters;
  const parameters = new Map<string, TensorRecord>();
  for (const [index, name] of names.entries()) {
    onProgress({ stage: 'import', message: `reading ${name}`, current: index, total: names.length });
    const file = fileInside(folder, name);
    const bytes = await read(file, `each of the program's ${names.length} parameters is a file`);
    const { record, end } = readTensorRecord(bytes, 0, name);
    assertEnd(bytes, end, `the parameter '${name}'`);
    parameters.set(name, record);
  }
  return parameters;
}

/** A parameter's name may contain '/', which makes it a sub-path; it may not lead out of the folder. */
export function fileInside(folder: string, name: string): string {
  const path = normalize(name);
  if (path === '.' || path.startsWith('..') || isAbsolute(path) || path.includes('\0')) {
    throw new EdgeDeployError('E_MODEL', `the parameter name '${name}' is not a file name inside the model's folder`, {
      hint: 'Do not trust this model.',
    });
  }
  return join(folder, path);
}

async function read(file: string, why: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'is missing' : `cannot be read`;
    throw new EdgeDeployError('E_MODEL_NOT_FOUND', `the parameter file ${file} ${reason}: ${why}`, {
      hint: 'Copy the whole model, or name the file with --params-file.',
      cause,
    });
  }
}

function assertEnd(bytes: Uint8Array, end: number, what: string): void {
  if (bytes.length === end) return;
  throw new EdgeDeployError(
    'E_WEIGHTS',
    `the parameter file is longer than ${what}: ${bytes.length - end} bytes remain`,
    {
      hint: 'Program and parameters do not belong together: copy both from the same export.',
    },
  );
}
