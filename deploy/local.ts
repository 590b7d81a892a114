import { existsSync } from 'node:fs';
import { chmod, open, readdir, readFile, rename, rm, stat, statfs } from 'node:fs/promises';
import { arch, cpus, release, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { cacheFolder } from '../src/base/cache-folder.js';
import { makeFolders } from '../src/base/make-folders.js';
import type { Device, DeviceInfo, RunOptions } from './device.js';
import { checkEnd, storageError, unreadableError } from './failures.js';
import { sha256 } from './hash.js';
import { runProcess } from './process.js';
import { type FileStore, putFiles } from './put.js';

export interface LocalOptions {
  readonly name: string;
  readonly dir?: string;
  /** What the runner was built for, for messages. */
  readonly built: string;
  /** Program and arguments in front of the runner: an emulator. */
  launcher(run: RunOptions | undefined): readonly string[];
  /** Reads what a counter left behind. */
  counted?(): Promise<number>;
  readonly info: Omit<DeviceInfo, 'cores' | 'kernel' | 'memoryBytes' | 'freeBytes' | 'folder'>;
}

/** A device that is a folder and processes of this machine: the host itself, or an emulated CPU. */
export function openLocal(options: LocalOptions): Device {
  const folder = options.dir
    ? resolve(options.dir)
    : join(cacheFolder(), 'devices', options.name.replaceAll(/[^A-Za-z0-9._-]/g, '_'));
  const guarded = async <T>(action: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (typeof code !== 'string' || !/^E[A-Z]+$/.test(code)) throw error;
      throw storageError(options.name, action, (error as Error).message);
    }
  };
  const store: FileStore = {
    folder,
    join: (name) => join(folder, name),
    prepare: () =>
      guarded(`making ${folder}`, async () => {
        await makeFolders(folder);
        for (const name of await readdir(folder)) {
          if (!name.endsWith('.part')) continue;
          const { mtimeMs } = await stat(join(folder, name));
          if (Date.now() - mtimeMs > 3_600_000) await rm(join(folder, name), { force: true });
        }
      }),
    hashes: async (paths) => {
      const result = new Map<string, string>();
      for (const path of paths) {
        const bytes = await readFile(path).catch(() => undefined);
        if (bytes) result.set(path, sha256(bytes));
      }
      return result;
    },
    upload: (path, bytes, { onBytes }) =>
      guarded(`writing ${path}`, async () => {
        try {
          const file = await open(path, 'w');
          try {
            for (let at = 0; at < bytes.length; at += 1 << 20) {
              await file.writeFile(bytes.subarray(at, at + (1 << 20)));
              onBytes(Math.min(at + (1 << 20), bytes.length));
            }
          } finally {
            await file.close();
          }
        } catch (error) {
          await rm(path, { force: true }).catch(() => {});
          throw error;
        }
      }),
    settle: (from, to, executable) =>
      guarded(`renaming ${from}`, async () => {
        if (executable) await chmod(from, 0o755);
        await rename(from, to);
      }),
  };
  return {
    name: options.name,
    info: async () => {
      const space = await statfs(nearestFolder(folder));
      return {
        ...options.info,
        cores: cpus().length,
        kernel: release(),
        memoryBytes: totalmem(),
        freeBytes: space.bavail * space.bsize,
        folder,
      };
    },
    put: (files, transfer) => putFiles(store, files, transfer),
    run: async (program: string, args: readonly string[], run?: RunOptions) => {
      const [file = program, ...front] = [...options.launcher(run), program];
      const result = await runProcess(options.name, file, [...front, ...args], run);
      checkEnd(options.name, options.built, result);
      return run?.counter && options.counted ? { ...result, instructions: await options.counted() } : result;
    },
    remove: async (paths) => {
      for (const path of paths) await guarded(`removing ${path}`, () => rm(path, { recursive: true, force: true }));
    },
    get: async (path) => {
      try {
        return await readFile(path);
      } catch (error) {
        throw unreadableError(options.name, path, (error as Error).message);
      }
    },
    close: async () => {},
  };
}

/** The path itself, or the first above it that exists. */
function nearestFolder(path: string): string {
  return existsSync(path) ? path : nearestFolder(dirname(path));
}

/** The host's own architecture in our words. */
export function hostArchitecture(): DeviceInfo['architecture'] {
  return arch() === 'x64' ? 'x86_64' : arch() === 'arm64' ? 'aarch64' : arch() === 'arm' ? 'arm' : 'unknown';
}
