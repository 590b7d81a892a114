/** A located model in memory. */
import { readFile } from 'node:fs/promises';
import { EdgeDeployError } from '../base/errors.js';
import { type OnProgress, silent } from '../base/events.js';
import type { ModelSource } from './locate.js';
import type { Program } from './messages.js';
import { type Parameters, readParameters } from './parameters.js';
import { readProgram } from './wire.js';

export interface LoadedProgram {
  /** The program file as it is. */
  readonly bytes: Uint8Array;
  readonly program: Program;
  readonly parameters: Parameters;
}

/** Reads program and parameters. Throws E_MODEL_NOT_FOUND and E_MODEL, each with the file. */
export async function readModel(source: ModelSource, onProgress: OnProgress = silent): Promise<LoadedProgram> {
  onProgress({ stage: 'import', message: `reading ${source.program}` });
  const bytes = await readProgramFile(source.program);
  const program = readProgram(bytes, source.program);
  return { bytes, program, parameters: await readParameters(program, source, onProgress) };
}

async function readProgramFile(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EdgeDeployError('E_MODEL_NOT_FOUND', `the program ${file} cannot be read: ${reason}`, {
      hint: 'Check that the file is there and that you may read it.',
      cause,
    });
  }
}
