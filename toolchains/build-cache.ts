import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { withLock } from './lock.js';

export interface CachedFile {
  readonly bytes: Uint8Array;
  /** True when it was there already. */
  readonly cached: boolean;
}

/**
 * The file at `path`, made by `make` if it is not there whole. `make` writes to the temporary name it is given; the file
 * appears at its place when it is finished. One process makes it, others call `onWait` and wait.
 */
export async function cachedFile(
  path: string,
  make: (temporary: string) => Promise<void>,
  onWait: () => void,
): Promise<CachedFile> {
  const found = await readWhole(path);
  if (found) return { bytes: found, cached: true };
  await mkdir(dirname(path), { recursive: true });
  const underLock = async (): Promise<CachedFile> => {
    const meanwhile = await readWhole(path);
    if (meanwhile) return { bytes: meanwhile, cached: true };
    const temporary = `${path}.${process.pid}.part`;
    try {
      await make(temporary);
      const bytes = await readFile(temporary);
      await writeFile(`${path}.sha256`, createHash('sha256').update(bytes).digest('hex'));
      await rename(temporary, path);
      return { bytes, cached: false };
    } finally {
      await rm(temporary, { force: true });
    }
  };
  return withLock(`${path}.lock`, underLock, onWait);
}

/** A file in the cache, if it is what was built: a disk that was full or lost power may have left less. */
async function readWhole(path: string): Promise<Uint8Array | undefined> {
  try {
    const [bytes, hash] = await Promise.all([readFile(path), readFile(`${path}.sha256`, 'utf8')]);
    return createHash('sha256').update(bytes).digest('hex') === hash ? bytes : undefined;
  } catch {
    return undefined;
  }
}
