import { chmod, open, rename, rm } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { BlockWriter } from '../base/block-writer.js';
import { EdgeDeployError } from '../base/errors.js';
import { makeFolders } from '../base/make-folders.js';

/** Under a temporary name first: what bears the final name is whole. A piece is written before the next is asked for. */
export async function writeWhole(
  path: string,
  bytes: Uint8Array | string | Iterable<Uint8Array>,
  executable: boolean,
): Promise<void> {
  const part = `${path}.${process.pid}.part`;
  try {
    await writePieces(
      part,
      typeof bytes === 'string' ? [Buffer.from(bytes)] : bytes instanceof Uint8Array ? [bytes] : bytes,
    );
    if (executable) await chmod(part, 0o755);
    await rename(part, path);
  } catch (cause) {
    await rm(part, { force: true }).catch(() => {});
    // The pieces may be refused while they are made.
    if (cause instanceof EdgeDeployError) throw cause;
    throw new EdgeDeployError('E_OUTPUT', `${path} cannot be written: ${(cause as Error).message}`, {
      hint: 'Name a file in a folder that is there, where you may write and that has room.',
      cause,
    });
  }
}

/** A folder for results, with its parents. Throws E_OUTPUT, with `hint`. */
export async function makeFolder(folder: string, hint: string): Promise<void> {
  try {
    await makeFolders(folder);
  } catch (cause) {
    const message = `the folder ${folder} cannot be made: ${(cause as Error).message}`;
    throw new EdgeDeployError('E_OUTPUT', message, { hint, cause });
  }
}

async function writePieces(path: string, pieces: Iterable<Uint8Array>): Promise<void> {
  const handle = await open(path, 'w');
  try {
    const writer = new BlockWriter(handle.fd);
    // The process hears of signals between two blocks.
    for (const piece of pieces) if (writer.add(piece)) await setImmediate();
    writer.flush();
  } finally {
    await handle.close();
  }
}
