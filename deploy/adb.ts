import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EdgeDeployError } from '../src/base/errors.js';
import type { Target } from '../targets/target.js';
import { adbWords, findSerial, runAdb } from './adb-devices.js';
import type { Device, OpenOptions, RunOptions, RunResult, TransferOptions } from './device.js';
import { SILENCE_MS } from './failures.js';
import type { UploadOptions } from './put.js';
import { commandLine, openShellDevice, type Shell } from './shell.js';

/** An Android device through the user's own adb. Every call names the serial number. */
export async function openAdb(target: Target & { type: 'adb' }, options: OpenOptions = {}): Promise<Device> {
  const serial = await findSerial(target, options);
  return openShellDevice(new AdbShell(target.name, serial, options), {
    name: target.name,
    transport: 'adb',
    built: target.arch,
    folder: target.dir ?? '/data/local/tmp/edge-deploy',
  });
}

/** Bytes a second that even a bad wireless connection moves. */
const SLOWEST = 256 * 1024;

/** The last line of stderr of every command: without it, adb's exit code of a connection that was cut is 0. */
const ENDED = 'edge-deploy: the command has ended';

class AdbShell implements Shell {
  readonly #name: string;
  readonly #serial: string;
  readonly #options: OpenOptions;

  constructor(name: string, serial: string, options: OpenOptions) {
    this.#name = name;
    this.#serial = serial;
    this.#options = options;
  }

  async exec(command: string, options: RunOptions = {}): Promise<RunResult> {
    const marked = `${command}; code=$?; echo '${ENDED}' >&2; exit $code`;
    const result = await this.#adb(['shell', '-n', '-T', marked], options);
    if (result.stderr.endsWith(`${ENDED}\n`)) {
      return { ...result, stderr: result.stderr.slice(0, -ENDED.length - 1) };
    }
    // A shell that was killed by a signal says nothing either.
    if (result.exitCode > 128) return result;
    if (/only supports allocating a pty|doesn't support PTY args/.test(result.stderr)) {
      throw new EdgeDeployError('E_CONFIG', `${this.#name}: the Android on ${this.#serial} is too old`, {
        hint: 'Android 7 and newer report exit codes over adb; use ssh for an older one.',
      });
    }
    throw this.#cut(result);
  }

  /** adb sends files, not bytes: the bytes go through a temporary file here. */
  async upload(path: string, bytes: Uint8Array, { onBytes, signal }: UploadOptions): Promise<void> {
    await withTemporaryFile(async (file) => {
      await writeFile(file, bytes).catch((cause: Error) => {
        throw new EdgeDeployError('E_OUTPUT', `${file} cannot be written: ${cause.message}`, {
          hint: 'Make room there, or name another folder in TMPDIR.',
          cause,
        });
      });
      await this.#transfer(['push', file, path], bytes.length, signal);
    });
    onBytes(bytes.length);
  }

  async download(path: string, { signal }: TransferOptions = {}): Promise<Uint8Array> {
    const size = await this.exec(commandLine(['wc', '-c', path]), { ...(signal ? { signal } : {}) });
    if (size.exitCode !== 0) throw new Error(size.stderr);
    return withTemporaryFile(async (file) => {
      await this.#transfer(['pull', path, file], Number.parseInt(size.stdout, 10), signal);
      return readFile(file);
    });
  }

  async close(): Promise<void> {}

  /** adb says nothing while it copies: what it may take depends on the file's size. */
  async #transfer(args: readonly string[], bytes: number, signal: AbortSignal | undefined): Promise<void> {
    const silenceMs = (this.#options.silenceMs ?? SILENCE_MS) + (1000 * bytes) / SLOWEST;
    const result = await this.#adb(args, { silenceMs, ...(signal ? { signal } : {}) });
    if (result.exitCode === 0) return;
    const words = adbWords(result);
    // `failed to copy '…' to '…': remote …` is the device's word, `cannot …` is about a file here; adb has many words
    // for a connection that ended.
    const refused = /^.*: remote (.*)$|^(cannot .*)$/.exec(words);
    if (!refused) throw this.#cut(result);
    throw new Error(refused[1] ?? refused[2]);
  }

  #adb(args: readonly string[], options: RunOptions): Promise<RunResult> {
    const signals = [this.#options.signal, options.signal].filter((signal) => signal !== undefined);
    return runAdb(this.#name, ['-s', this.#serial, ...args], {
      silenceMs: this.#options.silenceMs ?? SILENCE_MS,
      ...options,
      ...(signals.length > 0 ? { signal: AbortSignal.any(signals) } : {}),
    });
  }

  #cut(result: RunResult): EdgeDeployError {
    const words = adbWords(result);
    return new EdgeDeployError(
      'E_ADB_OFFLINE',
      `${this.#name}: the connection to ${this.#serial} was cut${words ? `: ${words}` : ''}`,
      { hint: 'Plug it in again and repeat: what is complete on the device is kept.' },
    );
  }
}

async function withTemporaryFile<T>(use: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'edge-deploy-'));
  try {
    return await use(join(folder, 'file'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
