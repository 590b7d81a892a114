/** Tensor data outside the model file: a path relative to the model's folder, an offset and a length. */
import { readFile, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, normalize, relative } from 'node:path';
import { EdgeDeployError } from '../base/errors.js';
import type { ModelGraph, ModelTensor } from './messages.js';

/** Contents of the data files, by the location that tensors name. */
export type ExternalFiles = ReadonlyMap<string, Uint8Array>;

/** Reads every file that a tensor of the graph names. Throws E_MODEL for one outside `folder`, E_MODEL_NOT_FOUND for a missing one. */
export async function readExternalFiles(graph: ModelGraph, folder: string): Promise<ExternalFiles> {
  const tensors = [
    ...graph.initializer,
    ...graph.node.flatMap((node) => node.attribute.flatMap(({ t }) => (t === null ? [] : [t]))),
  ];
  const files = new Map<string, Uint8Array>();
  for (const tensor of tensors.filter((one) => one.data_location === 1)) {
    const location = entry(tensor, 'location') ?? '';
    if (!files.has(location)) files.set(location, await read(folder, location));
  }
  return files;
}

/** The bytes of one tensor. Throws E_WEIGHTS when the file ends before them. */
export function externalBytes(tensor: ModelTensor, label: string, size: number, files: ExternalFiles): Uint8Array {
  const location = entry(tensor, 'location') ?? '';
  const file = files.get(location);
  if (file === undefined) {
    throw new EdgeDeployError('E_MODEL_NOT_FOUND', `${label} stands in the file '${location}', which was not read`, {
      hint: 'Pass the model file beside its data files.',
    });
  }
  const offset = whole(entry(tensor, 'offset') ?? '0');
  const length = whole(entry(tensor, 'length') ?? String(size));
  if (offset === undefined || length === undefined) {
    throw new EdgeDeployError('E_MODEL', `${label} has an offset or a length that is no number`, {
      hint: 'The file is damaged: export or copy the model again.',
    });
  }
  if (offset + length > file.length) {
    throw new EdgeDeployError(
      'E_WEIGHTS',
      `${label} needs ${length} bytes at byte ${offset} of '${location}', which has ${file.length}`,
      { hint: 'The data file is truncated, or belongs to another model: copy it again.' },
    );
  }
  return file.subarray(offset, offset + length);
}

function entry(tensor: ModelTensor, key: string): string | undefined {
  return tensor.external_data.find((one) => one.key === key)?.value;
}

function whole(text: string): number | undefined {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}

const leadsOut = (path: string) => path === '..' || path.startsWith('../') || isAbsolute(path);

/** A location may not lead out of the folder, neither by its name nor through a link. */
async function read(folder: string, location: string): Promise<Uint8Array> {
  const path = normalize(location);
  const outside = () =>
    new EdgeDeployError('E_MODEL', `the data file '${location}' is not a file inside the model's folder`, {
      hint: 'Do not trust this model; if it is only a link, copy the file itself into the folder.',
    });
  if (location === '' || path === '.' || leadsOut(path) || path.includes('\0')) throw outside();
  const file = join(folder, path);
  try {
    if (!leadsOut(relative(await realpath(folder), await realpath(file))) && (await stat(file)).isFile()) {
      return await readFile(file);
    }
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'is missing' : 'cannot be read';
    throw new EdgeDeployError(
      'E_MODEL_NOT_FOUND',
      `the data file ${file} ${reason}: tensors of the model stand in it`,
      {
        hint: 'Copy the whole model: the .onnx file and its data files.',
        cause,
      },
    );
  }
  throw outside();
}
