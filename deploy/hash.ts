import { createHash } from 'node:crypto';
import type { FileToPut } from './device.js';

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A file's name on a device: its content's hash and, for people, its own name. */
export function storedName(file: FileToPut, hash: string): string {
  return `${hash.slice(0, 24)}-${file.name.replaceAll(/[^A-Za-z0-9._-]/g, '_')}`;
}
