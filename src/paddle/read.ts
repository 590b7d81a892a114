/** A located model in memory. */
import { type OnProgress, silent } from '../base/events.js';
import type { ModelSource } from './locate.js';
import type { Program } from './messages.js';
import { type Parameters, readParameters } from './parameters.js';
import { readProgram } from './program.js';
import { readProgramFile } from './program-file.js';

export interface LoadedProgram {
  readonly program: Program;
  readonly parameters: Parameters;
}

/** Reads program and parameters. Throws E_MODEL_NOT_FOUND and E_MODEL, each with the file. */
export async function readModel(source: ModelSource, onProgress: OnProgress = silent): Promise<LoadedProgram> {
  onProgress({ stage: 'import', message: `reading ${source.program}` });
  const program = readProgram(await readProgramFile(source.program), source.program);
  return { program, parameters: await readParameters(program, source, onProgress) };
}
