import { writeSync } from 'node:fs';

const BLOCK_BYTES = 2 ** 18;

/** Bytes on their way to an open file; small pieces wait for one another. Throws as `write` does. */
export class BlockWriter {
  readonly #handle: number;
  readonly #buffer = new Uint8Array(BLOCK_BYTES);
  #used = 0;

  constructor(handle: number) {
    this.#handle = handle;
  }

  /** The piece may change afterwards. Returns true when something went to the file. */
  add(piece: Uint8Array): boolean {
    const isFull = this.#used + piece.length > BLOCK_BYTES;
    if (isFull) this.flush();
    if (piece.length >= BLOCK_BYTES) this.#write(piece);
    else {
      this.#buffer.set(piece, this.#used);
      this.#used += piece.length;
    }
    return isFull;
  }

  flush(): void {
    this.#write(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }

  #write(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#handle, bytes, done);
  }
}
