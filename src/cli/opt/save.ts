/** Files of optimised models: replaced only by whole ones, and only sized with --dry-run. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EdgeDeployError } from '../../base/errors.js';
import { type Parameters, type Program, parameterNames, writeProgram, writeTensorRecord } from '../../paddle/model.js';
import type { Context } from '../context.js';
import { makeFolder, writeWhole } from '../write-whole.js';
import { liteProtobuf } from './protobuf.js';

export interface Saved {
  /** What was written: the file, or the folder of a protobuf model. */
  readonly output: string;
  readonly bytes: number;
}

/** Writes one file and says so in Paddle-Lite's words. */
export async function saveFile(context: Context, path: string, pieces: Iterable<Uint8Array>): Promise<Saved> {
  const bytes = await write(context, path, pieces);
  context.print(context.dryRun ? `would write ${path}` : `2. Model is optimized and saved into ${path} successfully`);
  return { output: path, bytes };
}

/** Writes a folder with `params`, then `model`: without its program the folder is no model. Paddle-Lite says nothing here. */
export async function saveProtobuf(
  context: Context,
  folder: string,
  program: Program,
  parameters: Parameters,
): Promise<Saved> {
  await makeOutput(context, folder);
  const bytes = await write(context, join(folder, 'params'), records(program, parameters));
  return {
    output: folder,
    bytes: bytes + (await write(context, join(folder, 'model'), [writeProgram(liteProtobuf(program))])),
  };
}

function* records(program: Program, parameters: Parameters): Generator<Uint8Array> {
  for (const name of parameterNames(program)) yield writeTensorRecord(parameters.get(name)!);
}

/** The folder that --optimize_out names; none with --dry-run. */
export async function makeOutput(context: Context, folder: string): Promise<void> {
  if (!context.dryRun) await makeFolder(folder, 'Choose another --optimize_out.');
}

/** Bytes written, or with --dry-run those that would be. */
export async function write(context: Context, path: string, pieces: Iterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  const counted = (function* () {
    for (const piece of pieces) {
      if (context.signal.aborted) throw new EdgeDeployError('E_INTERRUPTED', 'interrupted');
      bytes += piece.length;
      yield piece;
    }
  })();
  if (context.dryRun) {
    for (const _ of counted);
    return bytes;
  }
  try {
    if ((await stat(path).catch(() => undefined))?.isDirectory()) throw new Error('it is a folder');
    await writeWhole(path, counted, false);
  } catch (cause) {
    if (cause instanceof EdgeDeployError && cause.code !== 'E_OUTPUT') throw cause;
    const failure = (cause as Error).cause instanceof Error ? ((cause as Error).cause as Error) : (cause as Error);
    // What the system says names a temporary file behind the comma.
    throw new EdgeDeployError('E_OUTPUT', `Unable to open file: ${path}: ${failure.message.split(',')[0]}`, {
      hint: 'Name a file in a folder that exists and may be written: --optimize_out=FOLDER/NAME, without an ending.',
    });
  }
  return bytes;
}
