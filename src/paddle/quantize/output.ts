/** Files that appear together: each is written under a temporary name, and gets its own when all are whole. */
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BlockWriter } from '../../base/block-writer.js';
import { EdgeDeployError } from '../../base/errors.js';
import { makeFolders, unmakeFolders } from '../../base/make-folders.js';

export interface Output {
  /** Writes a file's pieces; each is valid until the next is asked for. */
  file(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void>;
  /** Gives all files their names, in the order they were written. */
  finish(): Promise<void>;
  /** Takes away what was written; to be called when something failed. */
  discard(): Promise<void>;
}

/** Goes through the motions. */
export const nowhere: Output = {
  async file(_path, pieces) {
    for await (const _ of pieces);
  },
  async finish() {},
  async discard() {},
};

/** Throws E_OUTPUT, with the path, when something cannot be written. */
export class OutputFiles implements Output {
  readonly #parts: { path: string; temporary: string }[] = [];
  /** Folders that were made, the outermost first. */
  readonly #folders: string[] = [];

  async file(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    const temporary = `${path}.${process.pid}.part`;
    const handle = await writing(path, async () => {
      this.#folders.push(...(await makeFolders(dirname(path))));
      const opened = await open(temporary, 'w');
      this.#parts.push({ path, temporary });
      return opened;
    });
    try {
      const block = new BlockWriter(handle.fd);
      for await (const piece of pieces) await writing(path, () => block.add(piece));
      await writing(path, () => block.flush());
    } finally {
      await handle.close();
    }
  }

  async finish(): Promise<void> {
    for (const { path, temporary } of this.#parts) await writing(path, () => rename(temporary, path));
  }

  async discard(): Promise<void> {
    for (const { temporary } of this.#parts) await rm(temporary, { force: true }).catch(() => {});
    await unmakeFolders(this.#folders);
  }
}

async function writing<T>(path: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EdgeDeployError('E_OUTPUT', `cannot write ${path}: ${reason}`, {
      hint: 'Choose a save_model_dir you may write to, on a disk with space.',
      cause,
    });
  }
}
