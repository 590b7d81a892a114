import { EdgeDeployError, type ErrorCode } from '../src/base/errors.js';
import type { RunResult } from './device.js';

/** Words of a device's file system or shell, and what they mean. */
const STORAGE: readonly (readonly [RegExp, ErrorCode, string])[] = [
  [
    /no space left|disk full|ENOSPC|quota exceeded/i,
    'E_DISK_FULL',
    'Free some space on the device, or run `edge-deploy targets clean`.',
  ],
  [/read-only file system|EROFS/i, 'E_DEVICE_PERM', 'Choose a writable folder with `dir:` in the target.'],
  [
    /permission denied|EACCES|EPERM|not permitted/i,
    'E_DEVICE_PERM',
    'Choose a folder you may write to with `dir:` in the target.',
  ],
  [
    // A folder's parents are made with it: where mkdir misses one, as in /proc, none can be made.
    /file exists|EEXIST|not a directory|ENOTDIR|mkdir:.*no such file|ENOENT.*mkdir/i,
    'E_DEVICE_PERM',
    'Choose another folder with `dir:` in the target.',
  ],
  [/no such file|ENOENT/i, 'E_RUN', 'Run it again; something else on the device may remove files there.'],
];

/** The error for a failed file operation on a device; `text` is what the device said. */
export function storageError(device: string, action: string, text: string): EdgeDeployError {
  const found = STORAGE.find(([pattern]) => pattern.test(text));
  const said = text.trim().split('\n').at(-1) ?? '';
  if (found) return new EdgeDeployError(found[1], `${device}: ${action} failed: ${said}`, { hint: found[2] });
  return new EdgeDeployError('E_UNREACHABLE', `${device}: ${action} failed: ${said || 'the connection ended'}`, {
    hint: 'Check the connection to the device and push again; nothing incomplete was left behind.',
  });
}

/**
 * Throws for an end that the program itself could not report: it never started, or a signal ended it. Exit codes the
 * program chose are the caller's to read.
 */
export function checkEnd(device: string, built: string, { exitCode, stderr }: RunResult): void {
  const said = stderr.trim().split('\n').at(-1) ?? '';
  if (exitCode === 126 || exitCode === 127 || /exec format error|invalid elf image|cannot execute/i.test(stderr)) {
    if (/permission denied|EACCES/i.test(stderr)) {
      throw new EdgeDeployError('E_DEVICE_PERM', `${device}: the runner may not be executed there: ${said}`, {
        hint: 'The folder may be mounted noexec: choose another with `dir:` in the target.',
      });
    }
    throw new EdgeDeployError(
      'E_WRONG_ARCH',
      `${device} cannot execute a program built for ${built}: ${said || `exit code ${exitCode}`}`,
      {
        hint: 'Set `arch:` of the target to what the device runs (armv7 or armv8).',
      },
    );
  }
  const fatal: Readonly<Record<number, readonly [ErrorCode, string, string]>> = {
    132: [
      'E_CPU_FEATURE',
      'met an instruction its CPU does not have',
      'Set `path:` of the target to a lower one (neon).',
    ],
    137: ['E_KILLED', 'was killed, most likely for want of memory', 'Free memory on the device, or use int8w or int8.'],
    143: ['E_KILLED', 'was terminated', 'Something on the device ended the runner; try again.'],
    134: ['E_CRASH', 'aborted', 'This is a bug of ours: report it with the model.'],
    139: ['E_CRASH', 'crashed with a memory fault', 'This is a bug of ours: report it with the model.'],
    135: ['E_CRASH', 'crashed with a bus error', 'The program file may have been changed while it ran; push again.'],
  };
  // 128 + n is how a shell reports signal n; there are 64 of them.
  const other = [
    'E_CRASH',
    `was ended by signal ${exitCode - 128}`,
    'This is a bug of ours: report it with the model.',
  ] as const;
  const end = fatal[exitCode] ?? (exitCode > 128 && exitCode <= 192 ? other : undefined);
  if (end)
    throw new EdgeDeployError(end[0], `${device}: the runner ${end[1]}${said ? `: ${said}` : ''}`, { hint: end[2] });
}

/** How long a device may be silent where nobody said otherwise. */
export const SILENCE_MS = 60_000;

export function interruptedError(): EdgeDeployError {
  return new EdgeDeployError('E_INTERRUPTED', 'interrupted');
}

/** The error for a file on a device that cannot be read. */
export function unreadableError(device: string, path: string, text: string): EdgeDeployError {
  return new EdgeDeployError('E_RUN', `${device}: cannot read ${path}: ${text.trim()}`, {
    hint: 'Something on the device may have removed it: try again.',
  });
}

export function silenceError(device: string, milliseconds: number): EdgeDeployError {
  return new EdgeDeployError('E_TIMEOUT', `${device} said nothing for ${Math.round(milliseconds / 100) / 10} s`, {
    hint: 'Give it more time with --timeout SECONDS.',
  });
}
