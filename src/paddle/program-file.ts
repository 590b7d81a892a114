import { readFile } from 'node:fs/promises';
import { EdgeDeployError } from '../base/errors.js';

/** The bytes of a program. Throws E_MODEL_NOT_FOUND, with the file. */
export async function readProgramFile(file: string): Promise<Uint8Array> {
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
