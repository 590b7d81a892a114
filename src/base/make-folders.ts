import { mkdir, rmdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * A folder with its parents. Returns those that were not there, the outermost first; when one cannot be made, none of them
 * stays. `mode` is of those that are made. Node's own recursive mkdir never returns where nothing can be made, as in /proc.
 */
export async function makeFolders(path: string, mode = 0o777): Promise<string[]> {
  const made: string[] = [];
  try {
    await make(resolve(path), mode, made);
  } catch (error) {
    await unmakeFolders(made);
    throw error;
  }
  return made;
}

/** Takes away what `makeFolders` made. One that somebody has put something into stays. */
export async function unmakeFolders(made: readonly string[]): Promise<void> {
  for (const folder of made.toReversed()) await rmdir(folder).catch(() => {});
}

async function make(path: string, mode: number, made: string[]): Promise<void> {
  try {
    await makeOne(path, mode, made);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) throw error;
    await make(dirname(path), mode, made);
    await makeOne(path, mode, made);
  }
}

async function makeOne(path: string, mode: number, made: string[]): Promise<void> {
  try {
    await mkdir(path, { mode });
    made.push(path);
  } catch (error) {
    // It may be there already, also since a moment ago.
    const there = await stat(path).catch(() => undefined);
    if (!there?.isDirectory()) throw error;
  }
}
