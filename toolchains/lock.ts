import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EdgeDeployError } from '../src/base/errors.js';

/** Locks of this process: one that names it and is not among them is of a dead process that had the same number. */
const held = new Set<string>();

/**
 * Runs `work` while no other process holds the same lock. A lock whose holder has died is taken over. Throws E_INTERRUPTED
 * when `signal` says so while another holds it.
 */
export async function withLock<T>(
  folder: string,
  work: () => Promise<T>,
  onWait: () => void,
  signal?: AbortSignal,
): Promise<T> {
  for (let waited = false; ; waited = true) {
    try {
      await mkdir(folder);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (!(await holderIsAlive(folder))) {
      await rm(folder, { recursive: true, force: true });
      continue;
    }
    if (!waited) onWait();
    if (signal?.aborted) throw new EdgeDeployError('E_INTERRUPTED', 'interrupted while another process builds');
    await sleep(200);
  }
  held.add(folder);
  try {
    await writeFile(join(folder, 'pid'), String(process.pid));
    return await work();
  } finally {
    held.delete(folder);
    await rm(folder, { recursive: true, force: true });
  }
}

async function holderIsAlive(folder: string): Promise<boolean> {
  let pid = Number.NaN;
  // The holder writes its number right after it made the folder: give it a moment.
  for (let attempt = 0; attempt < 10 && !(pid > 0); attempt++) {
    pid = Number(await readFile(join(folder, 'pid'), 'utf8').catch(() => ''));
    if (!(pid > 0)) await sleep(50);
  }
  return pid === process.pid ? held.has(folder) : pid > 0 && isAlive(pid);
}

/** Whether there is a process of this number. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
