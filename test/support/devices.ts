import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Test } from 'tap';
import { sha256 } from '../../deploy/hash.js';
import { EdgeDeployError, type ErrorCode } from '../../src/base/errors.js';

/** The error that `work` fails with; the test fails unless it is one of ours with this code. */
export async function failsWith(
  t: Test,
  work: Promise<unknown>,
  code: ErrorCode,
  message?: RegExp,
): Promise<EdgeDeployError> {
  const error = await work.then(
    (value) => new Error(`no error, but ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  t.ok(error instanceof EdgeDeployError && error.code === code, `fails with ${code}`, { found: error });
  const ours = error as EdgeDeployError;
  if (message) t.match(ours.message, message);
  t.ok(ours.hint, 'has a hint');
  return ours;
}

/** A program for /bin/sh, as a file to put. */
export function script(name: string, ...lines: string[]) {
  return { name, bytes: Buffer.from(`#!/bin/sh\n${lines.join('\n')}\n`), executable: true };
}

export function blob(name: string, length: number) {
  return { name, bytes: new Uint8Array(randomBytes(length)) };
}

/** An ELF header for a machine that does not exist. */
export function foreignProgram() {
  const bytes = Buffer.alloc(4096);
  Buffer.from('7f454c46020101', 'hex').copy(bytes);
  bytes.writeUInt16LE(2, 16);
  bytes.writeUInt16LE(0xfefe, 18);
  return { name: 'foreign', bytes, executable: true };
}

/** Names under which an incomplete file stands: none, ever, in a device's folder. */
export async function incomplete(folder: string): Promise<string[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => !name.endsWith('.part'));
  const broken: string[] = [];
  for (const name of names) {
    const whole = sha256(await readFile(join(folder, name)));
    if (!name.startsWith(whole.slice(0, 24))) broken.push(name);
  }
  return broken;
}

/** Mounts a small file system in memory on `folder`; needs root. Returns what unmounts it. */
export async function mountSmall(folder: string, options: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', options, 'edge-deploy-test', folder]);
  return async () => void (await promisify(execFile)('umount', ['-l', folder]));
}

export async function remount(folder: string, option: 'ro' | 'rw'): Promise<void> {
  await promisify(execFile)('mount', ['-o', `remount,${option}`, folder]);
}
