import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { cacheFolder } from '../src/base/cache-folder.js';
import { silent } from '../src/base/events.js';
import { makeFolders } from '../src/base/make-folders.js';
import type { BuildOptions } from './build.js';
import { isAlive, withLock } from './lock.js';
import { inFolder } from './storage.js';

export interface CacheOptions extends BuildOptions {
  /** What is made, for messages. */
  readonly what: string;
}

export interface CachedFile {
  readonly bytes: Uint8Array;
  /** True when it was there already. */
  readonly cached: boolean;
}

/**
 * The file at `path`, made by `make` if it is not there whole. `make` writes to the temporary name it is given; the file
 * appears at its place when it is finished. One process makes it, others say so and wait. Throws E_TOOLCHAIN when the cache
 * cannot be written, E_INTERRUPTED when `signal` says so while it waits.
 */
export async function cachedFile(
  path: string,
  make: (temporary: string) => Promise<void>,
  { what, onProgress = silent, signal }: CacheOptions,
): Promise<CachedFile> {
  const found = await readWhole(path);
  if (found) return { bytes: found, cached: true };
  const underLock = async (): Promise<CachedFile> => {
    const meanwhile = await readWhole(path);
    if (meanwhile) return { bytes: meanwhile, cached: true };
    await removeLeftovers(path);
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
  const onWait = () => onProgress({ stage: 'build', message: `waiting for another process that builds ${what}` });
  return inFolder(cacheFolder(), 'EDGE_DEPLOY_CACHE', async () => {
    await makeFolders(dirname(path));
    return withLock(`${path}.lock`, underLock, onWait, signal);
  });
}

/** Removes what was left by processes that were killed while they made the file. */
async function removeLeftovers(path: string): Promise<void> {
  const [folder, prefix] = [dirname(path), `${basename(path)}.`];
  for (const name of await readdir(folder)) {
    const pid = Number(name.startsWith(prefix) ? /^\d+(?=\.part)/.exec(name.slice(prefix.length)) : undefined);
    if (pid === process.pid || (pid > 0 && !isAlive(pid)))
      await rm(join(folder, name), { recursive: true, force: true });
  }
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
