import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EdgeDeployError } from '../src/base/errors.js';

/**
 * Work on files in a folder that an environment variable names. What the system refuses (no room, no rights) is E_TOOLCHAIN,
 * not a bug of ours.
 */
export async function inFolder<T>(folder: string, variable: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { syscall, message } = cause as NodeJS.ErrnoException;
    if (syscall === undefined) throw cause;
    throw new EdgeDeployError('E_TOOLCHAIN', `${folder} cannot be used: ${message}`, {
      hint: `Make room there or get the right to write, or name another folder in ${variable}.`,
      cause,
    });
  }
}

/** Work in a temporary folder, which is removed in the end. */
export function inTemporaryFolder<T>(prefix: string, work: (folder: string) => Promise<T>): Promise<T> {
  return inFolder(tmpdir(), process.platform === 'win32' ? 'TEMP' : 'TMPDIR', async () => {
    const folder = await mkdtemp(join(tmpdir(), prefix));
    try {
      return await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}
