import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { EdgeDeployError } from '../base/errors.js';
import { makeFolders, unmakeFolders } from '../base/make-folders.js';
import { earlierPackage, SUMS, sha256, WORK } from './earlier.js';
import type { PackageFile } from './files.js';

/** The files with the list of their hashes, in the order of their names; the list comes last. */
export function withSums(files: readonly PackageFile[]): PackageFile[] {
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const lines = sorted.map(({ path, data }) => `${sha256(data)}  ${path}\n`);
  return [...sorted, { path: SUMS, data: lines.join('') }];
}

/**
 * Writes a package, as `withSums` orders it. The folder appears whole, or an earlier package stays as it was; one that holds
 * anything else, or files changed since, is refused with E_OUTPUT. A folder that is there stays the same one: it may be
 * somebody's working directory, a link or a mount.
 */
export async function writePackage(folder: string, files: readonly PackageFile[], signal: AbortSignal): Promise<void> {
  const path = resolve(folder);
  const earlier = await earlierPackage(path, folder);
  try {
    await (earlier ? writeInto(path, files, signal, earlier, folder) : writeBeside(path, files, signal));
  } catch (cause) {
    if (cause instanceof EdgeDeployError) throw cause;
    throw new EdgeDeployError('E_OUTPUT', `${folder} cannot be written: ${(cause as Error).message}`, {
      hint: 'Name a folder in a place where you may write and that has room.',
      cause,
    });
  }
}

async function writeBeside(path: string, files: readonly PackageFile[], signal: AbortSignal): Promise<void> {
  const fresh = `${path}.${randomUUID().slice(0, 8)}.part`;
  const parents = await makeFolders(dirname(path));
  try {
    await mkdir(fresh);
    await writeFiles(fresh, files, signal);
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true }).catch(() => {});
    await unmakeFolders(parents);
    throw error;
  }
}

async function writeInto(
  path: string,
  files: readonly PackageFile[],
  signal: AbortSignal,
  earlier: readonly string[],
  shown: string,
): Promise<void> {
  const work = join(path, WORK);
  // Only one run can make it.
  await mkdir(work);
  const [fresh, old] = [join(work, 'new'), join(work, 'old')];
  try {
    await writeFiles(fresh, files, signal);
    await mkdir(old);
    const moved: [from: string, to: string][] = [];
    const move = async (from: string, to: string) => {
      await rename(from, to);
      moved.push([from, to]);
    };
    try {
      // The list of hashes goes first and comes last: a folder with it is whole.
      for (const name of earlier) await move(join(path, name), join(old, name));
      // Somebody may have written there since.
      await earlierPackage(old, shown);
      const names = new Set(files.map((file) => file.path.replace(/\/.*/, '')));
      for (const name of names) await move(join(fresh, name), join(path, name));
    } catch (error) {
      for (const [from, to] of moved.toReversed()) await rename(to, from);
      throw error;
    }
    await rm(work, { recursive: true });
  } catch (error) {
    await rm(fresh, { recursive: true, force: true }).catch(() => {});
    // What could not be moved back stays there.
    for (const empty of [old, work]) await rmdir(empty).catch(() => {});
    throw error;
  }
}

async function writeFiles(folder: string, files: readonly PackageFile[], signal: AbortSignal): Promise<void> {
  for (const { path, data, executable } of files) {
    if (signal.aborted) throw new EdgeDeployError('E_INTERRUPTED', 'interrupted; nothing half-written was left');
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, data, { mode: executable ? 0o755 : 0o644 });
  }
}
