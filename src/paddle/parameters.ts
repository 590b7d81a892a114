/** The parameters of a program: which variables are saved, in which order, and where. */
import { readFile } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { EdgeDeployError } from '../base/errors.js';
import { type OnProgress, silent } from '../base/events.js';
import { elementCount } from '../ir/tensor.js';
import { type ByteSource, bytesInMemory } from './byte-source.js';
import type { ModelSource } from './locate.js';
import { type Program, toNumber, type Var, VarKind } from './messages.js';
import {
  type RecordPlace,
  readTensorPlace,
  type TensorPlace,
  type TensorRecord,
  writeTensorRecord,
} from './tensor-record.js';

/** By variable name, in the order of a combined file. */
export type Parameters = ReadonlyMap<string, TensorRecord>;

const KINDS_WITHOUT_DATA: ReadonlySet<number> = new Set([
  VarKind.FEED_MINIBATCH,
  VarKind.FETCH_LIST,
  VarKind.READER,
  VarKind.RAW,
]);

export function isParameter(variable: Var): boolean {
  return variable.persistable && variable.type != null && !KINDS_WITHOUT_DATA.has(variable.type.type);
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

/**
 * Splits a combined parameter file; the tensors' data are views into it. Throws E_MODEL unless it holds exactly the
 * program's parameters; `file` is for messages.
 */
export function splitParameters(program: Program, bytes: Uint8Array, file = 'the parameter file'): Parameters {
  const parameters = new Map<string, TensorRecord>();
  for (const [name, { dataType, dims, start, size }] of combinedPlaces(program, bytesInMemory(bytes), file)) {
    parameters.set(name, { dataType, dims, data: bytes.subarray(start, start + size) });
  }
  return parameters;
}

/** Where the parameters of a combined file lie. Throws as splitParameters does. */
export function combinedPlaces(program: Program, source: ByteSource, file: string): Map<string, TensorPlace> {
  const declared = declaredShapes(program);
  const places = new Map<string, TensorPlace>();
  let position = 0;
  for (const name of parameterNames(program)) {
    const place = readTensorPlace(source, position, { file, name });
    checkShape(declared.get(name), place, { file, name }, position);
    places.set(name, place);
    position = place.start + place.size;
  }
  checkEnd(source, position, file, `the program's ${places.size} parameters`);
  return places;
}

/** Where the parameter of a file of its own lies. Throws E_MODEL unless the file holds it alone. */
export function separatePlace(
  name: string,
  declared: ReturnType<typeof declaredShapes>,
  source: ByteSource,
  file: string,
): TensorPlace {
  const place = readTensorPlace(source, 0, { file, name });
  checkShape(declared.get(name), place, { file, name }, 0);
  checkEnd(source, place.start + place.size, file, `the parameter '${name}'`);
  return place;
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
    return splitParameters(program, await read(file, whyCombined(names.length)), file);
  }
  const { folder } = source.parameters;
  const files = new Map<string, Uint8Array>();
  for (const [index, name] of names.entries()) {
    onProgress({ stage: 'import', message: `reading ${name}`, current: index, total: names.length });
    const file = fileInside(folder, name);
    files.set(name, await read(file, whySeparate(names.length)));
  }
  return separateParameters(program, files, folder);
}

/** The parameters in files of their own, by name. Throws E_MODEL where one does not hold what the program declares. */
export function separateParameters(
  program: Program,
  files: ReadonlyMap<string, Uint8Array>,
  folder: string,
): Parameters {
  const declared = declaredShapes(program);
  const parameters = new Map<string, TensorRecord>();
  for (const [name, bytes] of files) {
    const { dataType, dims, start, size } = separatePlace(
      name,
      declared,
      bytesInMemory(bytes),
      fileInside(folder, name),
    );
    parameters.set(name, { dataType, dims, data: bytes.subarray(start, start + size) });
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

export const whyCombined = (count: number) => `the program has ${count} parameters`;
export const whySeparate = (count: number) => `each of the program's ${count} parameters is a file`;

async function read(file: string, why: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw missingParameters(file, why, cause);
  }
}

/** `why` says what is missed in the file. */
export function missingParameters(file: string, why: string, cause: unknown): EdgeDeployError {
  const reason = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'is missing' : `cannot be read`;
  return new EdgeDeployError('E_MODEL_NOT_FOUND', `the parameter file ${file} ${reason}: ${why}`, {
    hint: 'Copy the whole model, or name the file with --params-file.',
    cause,
  });
}

function checkEnd({ size }: ByteSource, end: number, file: string, what: string): void {
  if (size === end) return;
  throw new EdgeDeployError(
    'E_MODEL',
    `${file} is longer than ${what}: they end at byte ${end}, and ${size - end} bytes remain`,
    { hint: NOT_TOGETHER },
  );
}

const NOT_TOGETHER = 'Program and parameters do not belong together: copy both from the same export.';

/** Shapes of the variables whose dimensions are all known. */
export function declaredShapes(program: Program): ReadonlyMap<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  for (const { name, type } of program.blocks.flatMap((block) => block.vars)) {
    const dims = type?.lod_tensor?.tensor?.dims.map(toNumber);
    if (dims?.every((dim) => dim >= 0)) shapes.set(name, dims);
  }
  return shapes;
}

/** A record that cannot be what the program means: another number of elements. Shapes alone may differ, the record's counts. */
function checkShape(
  declared: readonly number[] | undefined,
  { dims }: TensorPlace,
  { file, name }: RecordPlace,
  offset: number,
): void {
  if (declared === undefined || elementCount(declared) === elementCount(dims)) return;
  throw new EdgeDeployError(
    'E_MODEL',
    `${file} holds a tensor of shape [${dims}] at byte ${offset}, where the program has the parameter '${name}' of [${declared}]`,
    { hint: NOT_TOGETHER },
  );
}
