import { randomUUID } from 'node:crypto';
import { EdgeDeployError } from '../src/base/errors.js';
import { silent } from '../src/base/events.js';
import type { FileToPut, PutResult, TransferOptions } from './device.js';
import { interruptedError } from './failures.js';
import { sha256, storedName } from './hash.js';

export interface UploadOptions {
  onBytes(sent: number): void;
  readonly signal?: AbortSignal | undefined;
}

/** What pushing needs of a device's file system. Paths are the device's own. */
export interface FileStore {
  readonly folder: string;
  join(name: string): string;
  /** Makes the folder, and removes parts in it that nobody has written to for an hour. */
  prepare(): Promise<void>;
  /** SHA-256 of each path that exists and can be read. */
  hashes(paths: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Writes a whole file, replacing what stands there. */
  upload(path: string, bytes: Uint8Array, options: UploadOptions): Promise<void>;
  /** Gives a finished file its name; an executable one becomes so first. */
  settle(from: string, to: string, executable: boolean): Promise<void>;
}

/**
 * Makes files present: only those whose content is not there yet are sent, to a part, which is hashed on the device and
 * renamed. Cut at any byte, nothing under a final name is incomplete, and the next push sends that file again. A part
 * has a name of its own, because the device may still hold the part of a push that was cut, and others may push too.
 */
export async function putFiles(
  store: FileStore,
  files: readonly FileToPut[],
  options: TransferOptions = {},
): Promise<PutResult> {
  const { onProgress = silent, signal } = options;
  const wanted = files.map((file) => {
    const hash = sha256(file.bytes);
    return { file, hash, path: store.join(storedName(file, hash)) };
  });
  stopIfAborted(signal);
  await store.prepare();
  const present = await store.hashes(wanted.map(({ path }) => path));
  const sent: { name: string; bytes: number }[] = [];
  const paths = new Map<string, string>();
  let bytesPresent = 0;
  for (const { file, hash, path } of wanted) {
    paths.set(file.name, path);
    if (present.get(path) === hash) {
      bytesPresent += file.bytes.length;
      continue;
    }
    stopIfAborted(signal);
    const part = `${path}.${randomUUID().slice(0, 8)}.part`;
    const total = file.bytes.length;
    onProgress({ stage: 'push', message: `sending ${file.name}`, current: 0, total });
    const onBytes = (current: number) => {
      stopIfAborted(signal);
      onProgress({ stage: 'push', message: `sending ${file.name}`, current, total });
    };
    await store.upload(part, file.bytes, { onBytes, signal });
    const arrived = (await store.hashes([part])).get(part);
    if (arrived !== hash) {
      throw new EdgeDeployError(
        'E_RUN',
        `${file.name} arrived damaged on the device: its SHA-256 is ${arrived ?? 'unreadable'}`,
        {
          hint: 'Push again; if it happens again, the device’s storage or the connection is faulty.',
        },
      );
    }
    await store.settle(part, path, file.executable === true);
    sent.push({ name: file.name, bytes: total });
  }
  return { paths, sent, bytesSent: sent.reduce((sum, { bytes }) => sum + bytes, 0), bytesPresent };
}

export function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw interruptedError();
}
