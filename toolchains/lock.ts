import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EdgeDeployError } from '../src/base/errors.js';

/** Marks of this process's locks: one that names it without such a mark is of a dead process that had the same number. */
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
  const mark = randomUUID();
  held.add(mark);
  try {
    await writeFile(join(folder, 'pid'), `${process.pid} ${mark}`);
    return await work();
  } finally {
    await rm(folder, { recursive: true, force: true });
    held.delete(mark);
  }
}

async function holderIsAlive(folder: string): Promise<boolean> {
  let [pid, mark] = [Number.NaN, ''];
  // The holder writes its number right after it made the folder: give it a moment.
  for (let attempt = 0; attempt < 10 && !(pid > 0); attempt++) {
    const words = (await readFile(join(folder, 'pid'), 'utf8').catch(() => '')).split(' ');
    [pid, mark] = [Number(words[0]), words[1] ?? ''];
    if (!(pid > 0)) await sleep(50);
  }
  return pid === process.pid ? held.has(mark) : pid > 0 && isAlive(pid);
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
