import t from 'tap';
import { checkEnd, silenceError, storageError } from '../../deploy/failures.js';
import type { ErrorCode } from '../../src/base/errors.js';

t.test('what file systems, shells and SFTP servers say', (t) => {
  const cases: readonly (readonly [string, ErrorCode])[] = [
    ['ENOSPC: no space left on device, write', 'E_DISK_FULL'],
    ['cat: write error: No space left on device', 'E_DISK_FULL'],
    ['sh: 1: cannot create x: Disk quota exceeded', 'E_DISK_FULL'],
    ['EROFS: read-only file system, open', 'E_DEVICE_PERM'],
    ["mkdir: can't create directory '/x': Read-only file system", 'E_DEVICE_PERM'],
    ['EACCES: permission denied, mkdir', 'E_DEVICE_PERM'],
    ['Permission denied', 'E_DEVICE_PERM'],
    ['chmod: /sdcard/x: Operation not permitted', 'E_DEVICE_PERM'],
    ['EEXIST: file already exists, mkdir', 'E_DEVICE_PERM'],
    ["mkdir: cannot create directory '/x': Not a directory", 'E_DEVICE_PERM'],
    ["ENOENT: no such file or directory, mkdir '/proc/x'", 'E_DEVICE_PERM'],
    ["mkdir: can't create directory '/proc/x': No such file or directory", 'E_DEVICE_PERM'],
    ['No such file', 'E_RUN'],
    ['Failure', 'E_UNREACHABLE'],
    ['', 'E_UNREACHABLE'],
  ];
  for (const [text, code] of cases) {
    const error = storageError('pi', 'writing x', `first line\n${text}\n`);
    t.equal(error.code, code, text);
    t.match(error.message, /^pi: writing x failed: /);
    t.ok(error.hint);
  }
  t.match(
    storageError('pi', 'writing x', 'noise\nNo space left on device\n').message,
    /failed: No space left on device$/,
  );
  t.end();
});

t.test('ends that a program cannot report itself', (t) => {
  const end =
    (exitCode: number, stderr = '') =>
    () =>
      checkEnd('pi', 'armv8', { exitCode, stderr, stdout: '' });
  for (const code of [0, 1, 2, 9, 125, 128, 193, 255]) t.doesNotThrow(end(code), `${code} is the program's own`);
  const cases: readonly (readonly [number, string, ErrorCode, RegExp])[] = [
    [126, 'sh: 1: /x: Exec format error', 'E_WRONG_ARCH', /built for armv8: sh: 1: \/x: Exec format error/],
    [127, '', 'E_WRONG_ARCH', /exit code 127/],
    [126, 'sh: /x: Permission denied', 'E_DEVICE_PERM', /may not be executed/],
    [126, 'spawn /x EACCES', 'E_DEVICE_PERM', /may not be executed/],
    [255, 'qemu-aarch64: /x: Invalid ELF image for this architecture', 'E_WRONG_ARCH', /Invalid ELF/],
    [1, '/x: cannot execute binary file: Exec format error', 'E_WRONG_ARCH', /armv8/],
    [132, '', 'E_CPU_FEATURE', /instruction its CPU does not have/],
    [134, 'ed: assertion failed', 'E_CRASH', /aborted: ed: assertion failed/],
    [135, '', 'E_CRASH', /bus error/],
    [136, '', 'E_CRASH', /signal 8/],
    [137, '', 'E_KILLED', /want of memory/],
    [139, '', 'E_CRASH', /memory fault/],
    [143, '', 'E_KILLED', /terminated/],
    [159, '', 'E_CRASH', /signal 31/],
  ];
  for (const [code, stderr, expected, message] of cases)
    t.throws(end(code, stderr), { code: expected, message, hint: /./ }, `${code} ${stderr}`);
  t.end();
});

t.test('silence names the limit as it was given', (t) => {
  t.match(silenceError('pi', 60_000), { code: 'E_TIMEOUT', message: /for 60 s/, hint: /--timeout/ });
  t.match(silenceError('pi', 500).message, /for 0\.5 s/);
  t.end();
});
