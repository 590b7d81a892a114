/** Bytes to look at anywhere: of memory, or of a file that stays where it is. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { EdgeDeployError } from '../base/errors.js';

export interface ByteSource {
  readonly size: number;
  /** The bytes from `offset` on; the caller has checked that they are there. */
  read(offset: number, length: number): Uint8Array;
}

export function bytesInMemory(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

const WINDOW_BYTES = 256;

/** A file opened for reading. */
export class FileBytes implements ByteSource {
  readonly size: number;
  readonly #file: string;
  readonly #handle: number;
  /** What was read last: headers are read field by field. */
  #window = new Uint8Array(0);
  #windowStart = 0;

  /** Throws as `open` does. */
  constructor(file: string) {
    this.#file = file;
    this.#handle = openSync(file, 'r');
    this.size = fstatSync(this.#handle).size;
  }

  read(offset: number, length: number): Uint8Array {
    if (length > WINDOW_BYTES) {
      const bytes = new Uint8Array(length);
      this.readInto(bytes, offset);
      return bytes;
    }
    if (offset < this.#windowStart || offset + length > this.#windowStart + this.#window.length) {
      this.#window = new Uint8Array(Math.min(WINDOW_BYTES, this.size - offset));
      this.#windowStart = offset;
      this.readInto(this.#window, offset);
    }
    return this.#window.subarray(offset - this.#windowStart, offset - this.#windowStart + length);
  }

  /** Fills `bytes`. Throws E_MODEL when the file has become shorter, or the disk fails. */
  readInto(bytes: Uint8Array, offset: number): void {
    let done = 0;
    while (done < bytes.length) {
      const count = this.#readSome(bytes, done, offset + done);
      if (count === 0) throw this.#failed(offset + done, 'it ends there now: somebody else writes to it');
      done += count;
    }
  }

  close(): void {
    closeSync(this.#handle);
  }

  #readSome(bytes: Uint8Array, done: number, position: number): number {
    try {
      return readSync(this.#handle, bytes, done, bytes.length - done, position);
    } catch (cause) {
      throw this.#failed(position, (cause as Error).message, cause);
    }
  }

  #failed(position: number, reason: string, cause?: unknown): EdgeDeployError {
    return new EdgeDeployError('E_MODEL', `${this.#file} cannot be read at byte ${position}: ${reason}`, {
      hint: 'Copy the model to a disk that works, and leave it alone meanwhile.',
      cause,
    });
  }
}
