import type { Program } from '../messages.js';
import { readPirProgram } from './read.js';
export function classicProgram(bytes: Uint8Array, file: string): Program {
  return readPirProgram(bytes, file);
}
