import type { Program } from './messages.js';
import { readPirProgram } from './pir/read.js';
import { looksLikePir, readClassicProgram } from './wire.js';

/**
 * Decodes a `.pdmodel`, `__model__` or (Paddle 3) `.json` file; `file` is for messages. Throws E_MODEL when the bytes are
 * not a Paddle program.
 */
export function readProgram(bytes: Uint8Array, file = 'the program'): Program {
  return looksLikePir(bytes) ? readPirProgram(bytes, file) : readClassicProgram(bytes, file);
}
