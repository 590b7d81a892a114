import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { EdgeDeployError } from '../base/errors.js';
import type { PackageFile } from './files.js';

/** Names every file of a package with its hash, in the format of sha256sum. */
const SUMS = 'SHA256SUMS';

/** The files with the list of their hashes, in the order of their names. */
export function withSums(files: readonly PackageFile[]): PackageFile[] {
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const lines = sorted.map(({ path, data }) => `${sha256(data)}  ${path}\n`);
  return [...sorted, { path: SUMS, data: lines.join('') }];
}

export function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

/**
 * Writes a package. The folder appears whole, or an earlier package stays as it was; one that holds anything else, or files
 * changed since, is refused with E_OUTPUT.
 */
export async function writePackage(folder: string, files: readonly PackageFile[], signal: AbortSignal): Promise<void> {
  const path = resolve(folder);
  const replaces = await assertReplaceable(path, folder);
  const [fresh, old] = [`${path}.${process.pid}.part`, `${path}.${process.pid}.old`];
  try {
    await mkdir(fresh, { recursive: true });
    for (const { path: name, data, executable } of files) {
      if (signal.aborted) throw new EdgeDeployError('E_INTERRUPTED', 'interrupted; nothing half-written was left');
      const file = join(fresh, name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, data, { mode: executable ? 0o755 : 0o644 });
    }
    if (replaces) await rename(path, old);
    try {
      await rename(fresh, path);
    } catch (error) {
      if (replaces) await rename(old, path);
      throw error;
    }
    await rm(old, { recursive: true, force: true });
  } catch (cause) {
    await rm(fresh, { recursive: true, force: true }).catch(() => {});
    if (cause instanceof EdgeDeployError) throw cause;
    throw new EdgeDeployError('E_OUTPUT', `${folder} cannot be written: ${(cause as Error).message}`, { cause });
  }
}

/** Whether something stands at the path, which then is an earlier package or an empty folder: nothing of the user's. */
export async function assertReplaceable(path: string, shown: string): Promise<boolean> {
  const refuse = (why: string): never => {
    throw new EdgeDeployError('E_OUTPUT', `${shown} ${why}`, { hint: 'Name another folder, or remove it first.' });
  };
  const found = await stat(path).catch(() => undefined);
  if (!found) return false;
  if (!found.isDirectory()) refuse('is a file');
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)).split(sep).join('/'));
  if (names.length === 0) return true;
  const sums = await readFile(join(path, SUMS), 'utf8').catch(() => '');
  const written = new Map([...sums.matchAll(/^([0-9a-f]{64}) {2}(.+)$/gm)].map(([, hash, name]) => [name!, hash!]));
  for (const name of names) {
    if (name === SUMS) continue;
    const hash = written.get(name);
    if (hash === undefined) refuse(`holds ${name}, which is of no package`);
    if (sha256(await readFile(join(path, name))) !== hash) refuse(`holds ${name}, which was changed`);
  }
  if (written.size === 0) refuse('is not empty and holds no package');
  return true;
}
