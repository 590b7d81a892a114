/** Parameters that stay in their files: a model may be larger than memory. */

import { FileBytes } from './byte-source.js';
import type { ModelSource } from './locate.js';
import type { Program } from './messages.js';
import {
  combinedPlaces,
  declaredShapes,
  fileInside,
  missingParameters,
  parameterNames,
  separatePlace,
  whyCombined,
  whySeparate,
} from './parameters.js';
import { PiecewiseRecord, type TensorPlace } from './tensor-record.js';

/** Bytes that are in memory at a time. A multiple of every element's size. */
const PIECE_BYTES = 2 ** 18;

/** Buffers of PIECE_BYTES that no tensor is read into just now. */
const idle: Uint8Array<ArrayBuffer>[] = [];

/** By variable name, in the order of a combined file; the elements are read whenever they are asked for. */
export type StoredParameters = ReadonlyMap<string, PiecewiseRecord>;

/** Reads where a located model's parameters are. Throws as readParameters does. */
export function storedParameters(program: Program, source: ModelSource): StoredParameters {
  const names = parameterNames(program);
  if (names.length === 0) return new Map();
  if (source.parameters.kind === 'combined') {
    const { file } = source.parameters;
    const places = withFile(file, whyCombined(names.length), (bytes) => combinedPlaces(program, bytes, file));
    return new Map([...places].map(([name, place]) => [name, storedTensor(file, place)]));
  }
  const { folder } = source.parameters;
  const declared = declaredShapes(program);
  return new Map(
    names.map((name) => {
      const file = fileInside(folder, name);
      const why = whySeparate(names.length);
      return [
        name,
        storedTensor(
          file,
          withFile(file, why, (bytes) => separatePlace(name, declared, bytes, file)),
        ),
      ];
    }),
  );
}

function storedTensor(file: string, { dataType, dims, start, size }: TensorPlace): PiecewiseRecord {
  return new PiecewiseRecord(dataType, dims, function* () {
    const bytes = open(file, 'it was there before');
    const buffer = idle.pop() ?? new Uint8Array(PIECE_BYTES);
    try {
      for (let done = 0; done < size; done += PIECE_BYTES) {
        const piece = buffer.subarray(0, Math.min(size - done, PIECE_BYTES));
        bytes.readInto(piece, start + done);
        yield piece;
      }
    } finally {
      bytes.close();
      idle.push(buffer);
    }
  });
}

function withFile<T>(file: string, why: string, use: (bytes: FileBytes) => T): T {
  const bytes = open(file, why);
  try {
    return use(bytes);
  } finally {
    bytes.close();
  }
}

function open(file: string, why: string): FileBytes {
  try {
    return new FileBytes(file);
  } catch (cause) {
    throw missingParameters(file, why, cause);
  }
}
