import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Runs `work` while no other process holds the same lock. A lock whose holder has died is taken over. */
export async function withLock<T>(folder: string, work: () => Promise<T>, onWait: () => void): Promise<T> {
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
    await sleep(200);
  }
  try {
    await writeFile(join(folder, 'pid'), String(process.pid));
    return await work();
  } finally {
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
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
