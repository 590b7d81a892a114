import { readFile } from 'node:fs/promises';
import { EdgeDeployError } from '../base/errors.js';
import type { Program } from './messages.js';
import { looksLikePir, readClassicProgram } from './wire.js';

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

/**
 * readProgram for commands that do little else: the reader of Paddle 3, which takes longer to load than most programs to
 * read, is loaded for its programs only.
 */
export async function decodeProgram(bytes: Uint8Array, file: string): Promise<Program> {
  if (!looksLikePir(bytes)) return readClassicProgram(bytes, file);
  const { readPirProgram } = await import('./pir/read.js');
  return readPirProgram(bytes, file);
}
