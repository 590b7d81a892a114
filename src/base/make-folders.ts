import { mkdir, rmdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * A folder with its parents. Returns those that were not there, the outermost first; when one cannot be made, none of them
 * stays. Node's own recursive mkdir never returns where nothing can be made, as in /proc.
 */
export async function makeFolders(path: string): Promise<string[]> {
  const made: string[] = [];
  try {
    await make(resolve(path), made);
  } catch (error) {
    for (const folder of made.toReversed()) await rmdir(folder).catch(() => {});
    throw error;
  }
  return made;
}

async function make(path: string, made: string[]): Promise<void> {
  try {
    await makeOne(path, made);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) throw error;
    await make(dirname(path), made);
    await makeOne(path, made);
  }
}

async function makeOne(path: string, made: string[]): Promise<void> {
  try {
    await mkdir(path);
    made.push(path);
  } catch (error) {
    // It may be there already, also since a moment ago.
    const there = await stat(path).catch(() => undefined);
    if (!there?.isDirectory()) throw error;
  }
}
