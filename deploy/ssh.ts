import { once } from 'node:events';
import type { Client, ClientChannel, SFTPWrapper } from 'ssh2';
import { EdgeDeployError } from '../src/base/errors.js';
import type { Target } from '../targets/target.js';
import type { Device, OpenOptions, RunOptions, RunResult, TransferOptions } from './device.js';
import { interruptedError, SILENCE_MS, silenceError } from './failures.js';
import { lineSplitter } from './process.js';
import type { UploadOptions } from './put.js';
import { readWhole, writeParallel } from './sftp.js';
import { commandLine, openShellDevice, quote, type Shell } from './shell.js';
import { sshSettings } from './ssh-config.js';
import { connect } from './ssh-connect.js';

/** A board behind OpenSSH. The host's key is judged before anything is proven to it. */
export async function openSsh(target: Target & { type: 'ssh' }, options: OpenOptions = {}): Promise<Device> {
  const settings = await sshSettings(target, options);
  const client = await connect(target.name, settings, options);
  const shell = new SshShell(target.name, client, options);
  try {
    const folder = target.dir ?? (await homeFolder(shell));
    return openShellDevice(shell, { name: target.name, transport: 'ssh', built: target.arch, folder });
  } catch (error) {
    await shell.close();
    throw error;
  }
}

async function homeFolder(shell: Shell): Promise<string> {
  const { stdout } = await shell.exec('printf %s "$HOME"');
  return `${stdout.trim() || '/tmp'}/.cache/edge-deploy`;
}

/** Limits of one piece of work on the connection. */
type Limits = Pick<RunOptions, 'silenceMs' | 'signal'>;

interface Input {
  readonly bytes: Uint8Array;
  onBytes(sent: number): void;
}

/** What a shell reports for a program that a signal ended. */
const SIGNALS: Readonly<Record<string, number>> = { ILL: 132, ABRT: 134, BUS: 135, KILL: 137, SEGV: 139, TERM: 143 };

class SshShell implements Shell {
  readonly #name: string;
  readonly #client: Client;
  readonly #options: OpenOptions;
  #sftp: Promise<SFTPWrapper | undefined> | undefined;
  #lost = false;

  constructor(name: string, client: Client, options: OpenOptions) {
    this.#name = name;
    this.#client = client;
    this.#options = options;
    client.on('close', () => {
      this.#lost = true;
    });
  }

  exec(command: string, options: RunOptions & { readonly input?: Input } = {}): Promise<RunResult> {
    const { onLine, input } = options;
    return this.#watched(
      options,
      (alive) =>
        new Promise((resolve, reject) => {
          this.#client.exec(command, (error, channel) => {
            if (error) return reject(error);
            let [stdout, stderr] = ['', ''];
            const lines = lineSplitter(onLine);
            channel.on('data', (chunk: Buffer) => {
              alive();
              stdout += chunk.toString();
              lines(chunk.toString());
            });
            channel.stderr.on('data', (chunk: Buffer) => {
              stderr += chunk.toString();
            });
            channel.on('close', (code: number | null | undefined, signal?: string) => {
              if (code === undefined) return reject(this.#cut());
              resolve({ stdout, stderr, exitCode: code ?? SIGNALS[(signal ?? '').replace(/^SIG/, '')] ?? 255 });
            });
            if (input) feed(channel, input, alive).catch(reject);
          });
        }),
    );
  }

  async upload(path: string, bytes: Uint8Array, { onBytes, signal }: UploadOptions): Promise<void> {
    const limits = signal ? { signal } : {};
    const sftp = await this.#openSftp();
    if (!sftp) {
      const { exitCode, stderr } = await this.exec(`cat > ${quote(path)}`, { input: { bytes, onBytes }, ...limits });
      if (exitCode !== 0) throw new Error(stderr || 'cat failed');
      return;
    }
    await this.#watched(limits, (alive) =>
      writeParallel(sftp, path, bytes, (sent) => {
        alive();
        onBytes(sent);
      }),
    );
  }

  async download(path: string, { signal }: TransferOptions = {}): Promise<Uint8Array> {
    const limits = signal ? { signal } : {};
    const sftp = await this.#openSftp();
    if (sftp) return this.#watched(limits, (alive) => readWhole(sftp, path, alive));
    const { exitCode, stdout, stderr } = await this.exec(commandLine(['base64', path]), limits);
    if (exitCode !== 0) throw new Error(stderr);
    return Buffer.from(stdout, 'base64');
  }

  /** At once: a peer that has gone silent would never answer a farewell, and keep this process alive. */
  async close(): Promise<void> {
    this.#client.destroy();
  }

  /** The SFTP channel, or undefined where the server has none (dropbear without sftp-server). */
  #openSftp(): Promise<SFTPWrapper | undefined> {
    this.#sftp ??= this.#watched(
      {},
      () => new Promise((resolve) => this.#client.sftp((error, sftp) => resolve(error ? undefined : sftp))),
    );
    return this.#sftp;
  }

  /**
   * The work's result, unless the connection ends, a signal comes, or `alive` is not called for too long: then the
   * connection is given up, because nothing says what still runs on it.
   */
  #watched<T>(limits: Limits, work: (alive: () => void) => Promise<T>): Promise<T> {
    const silenceMs = limits.silenceMs ?? this.#options.silenceMs ?? SILENCE_MS;
    const signals = [this.#options.signal, limits.signal].filter((signal) => signal !== undefined);
    const signal = AbortSignal.any(signals);
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(interruptedError());
      if (this.#lost) return reject(this.#cut());
      let [timer, ended]: [NodeJS.Timeout | undefined, boolean] = [undefined, false];
      const end = (settle: () => void) => {
        ended = true;
        clearTimeout(timer);
        this.#client.off('close', closed);
        signal.removeEventListener('abort', aborted);
        settle();
      };
      const giveUp = (error: EdgeDeployError) => {
        end(() => reject(error));
        this.#client.destroy();
      };
      const closed = () => end(() => reject(this.#cut()));
      const aborted = () => giveUp(interruptedError());
      const alive = () => {
        clearTimeout(timer);
        if (!ended) timer = setTimeout(() => giveUp(silenceError(this.#name, silenceMs)), silenceMs);
      };
      this.#client.on('close', closed);
      signal.addEventListener('abort', aborted, { once: true });
      alive();
      work(alive).then(
        (value) => end(() => resolve(value)),
        (error: Error) => end(() => reject(/^not connected$/i.test(error.message) ? this.#cut() : error)),
      );
    });
  }

  #cut(): EdgeDeployError {
    return new EdgeDeployError('E_UNREACHABLE', `${this.#name}: the connection was cut`, {
      hint: 'Push again: what is complete on the board is kept, the rest is sent again.',
    });
  }
}

/** Writes to a command's standard input as fast as it is taken. */
async function feed(channel: ClientChannel, { bytes, onBytes }: Input, alive: () => void): Promise<void> {
  const CHUNK = 64 * 1024;
  for (let at = 0; at < bytes.length; at += CHUNK) {
    const piece = bytes.subarray(at, at + CHUNK);
    const room = channel.write(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
    if (!room) await once(channel, 'drain');
    alive();
    onBytes(at + piece.length);
  }
  channel.end();
}
