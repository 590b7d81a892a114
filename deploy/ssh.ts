import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, SFTPWrapper } from 'ssh2';
import { EdgeDeployError } from '../src/base/errors.js';
import type { Target } from '../targets/target.js';
import type { Device, OpenOptions, RunOptions, RunResult, TransferOptions } from './device.js';
import { interruptedError, SILENCE_MS, silenceError } from './failures.js';
import type { UploadOptions } from './put.js';
import { readWhole, writeParallel } from './sftp.js';
import { commandLine, openShellDevice, quote, type Shell } from './shell.js';
import { type Input, type RemoteCommand, startCommand } from './ssh-command.js';
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
    let running: RemoteCommand | undefined;
    return this.#watched(
      options,
      (alive) => {
        running = startCommand(this.#client, command, { ...options, alive, cut: () => this.#cut() });
        return running.ended;
      },
      () => this.#kill(() => running?.group()),
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

  /**
   * Ends the processes of a command, which neither the end of its channel nor, as root, SSH's own signal would do. False
   * where that does not work within a second: then the connection is at fault.
   */
  async #kill(group: () => string | undefined): Promise<boolean> {
    const end = performance.now() + 1000;
    // Output may overtake the number, which comes on stderr.
    while (group() === undefined && performance.now() < end) await sleep(20);
    const number = group();
    if (number === undefined) return false;
    const silenceMs = Math.max(100, end - performance.now());
    const killed = new Promise<number>((resolve) => {
      const options = { alive: () => {}, cut: () => this.#cut() };
      startCommand(this.#client, `kill -9 -${number}`, options).ended.then(
        ({ exitCode }) => resolve(exitCode),
        () => resolve(1),
      );
    });
    return (await Promise.race([killed, sleep(silenceMs, 1, { ref: false })])) === 0;
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
   * The work's result, unless the connection ends, a signal comes, or `alive` is not called for too long: then what still
   * runs is ended by `abandon`, or, where that does not work, the connection is given up with it.
   */
  #watched<T>(
    limits: Limits,
    work: (alive: () => void) => Promise<T>,
    abandon: () => Promise<boolean> = async () => false,
  ): Promise<T> {
    const silenceMs = limits.silenceMs ?? this.#options.silenceMs ?? SILENCE_MS;
    const signals = [this.#options.signal, limits.signal].filter((signal) => signal !== undefined);
    const signal = AbortSignal.any(signals);
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(interruptedError());
      if (this.#lost) return reject(this.#cut());
      let [timer, ended]: [NodeJS.Timeout | undefined, boolean] = [undefined, false];
      const end = (settle: () => void) => {
        if (ended) return;
        ended = true;
        clearTimeout(timer);
        this.#client.off('close', closed);
        signal.removeEventListener('abort', aborted);
        settle();
      };
      const giveUp = (error: EdgeDeployError) =>
        end(async () => {
          if (!(await abandon())) this.#client.destroy();
          reject(error);
        });
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
