import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, SFTPWrapper } from 'ssh2';
import { EdgeDeployError } from '../src/base/errors.js';
import type { Target } from '../targets/target.js';
import type { Device, RunOptions, RunResult } from './device.js';
import { silenceError } from './failures.js';
import { lineSplitter } from './process.js';
import { writeParallel } from './sftp.js';
import { openShellDevice, quote, type Shell } from './shell.js';
import { sshSettings } from './ssh-config.js';
import { connect } from './ssh-connect.js';

/** A board behind OpenSSH. The host's key is judged before anything is proven to it. */
export async function openSsh(target: Target & { type: 'ssh' }, connectMs = 15_000): Promise<Device> {
  const settings = await sshSettings(target);
  const client = await connect(target.name, settings, connectMs);
  const shell = new SshShell(target.name, client);
  const folder = target.dir ?? (await homeFolder(shell));
  return openShellDevice(shell, { name: target.name, transport: 'ssh', built: target.arch, folder });
}

async function homeFolder(shell: Shell): Promise<string> {
  const { stdout } = await shell.exec('printf %s "$HOME"');
  return `${stdout.trim() || '/tmp'}/.cache/edge-deploy`;
}

/** Bytes between two reports of progress where there is no SFTP. */
const CHUNK = 64 * 1024;

/** What a watched command's shell says first: its number, which is also that of its process group. */
const PROCESS = /^edge-deploy process (\d+)\n/m;

class SshShell implements Shell {
  readonly #name: string;
  readonly #client: Client;
  #sftp: Promise<SFTPWrapper | undefined> | undefined;
  #lost = false;

  constructor(name: string, client: Client) {
    this.#name = name;
    this.#client = client;
    client.on('close', () => {
      this.#lost = true;
    });
  }

  exec(command: string, options: RunOptions & { readonly input?: Readable } = {}): Promise<RunResult> {
    const { silenceMs, signal, onLine, input } = options;
    const watched = silenceMs !== undefined || signal !== undefined;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(new EdgeDeployError('E_INTERRUPTED', 'interrupted'));
      if (this.#lost) return reject(this.#cut());
      let [stdout, stderr, finished] = ['', '', false];
      let timer: NodeJS.Timeout | undefined;
      const finish = (act: () => void) => {
        if (finished) return;
        finished = true;
        clearTimeout(timer);
        this.#client.off('close', closed);
        signal?.removeEventListener('abort', aborted);
        act();
      };
      const closed = () => finish(() => reject(this.#cut()));
      const stop = (error: EdgeDeployError) =>
        finish(() => void this.#kill(() => PROCESS.exec(stderr)?.[1]).then(() => reject(error)));
      const aborted = () => stop(new EdgeDeployError('E_INTERRUPTED', 'interrupted'));
      const watch = () => {
        clearTimeout(timer);
        if (silenceMs === undefined || finished) return;
        timer = setTimeout(() => stop(silenceError(this.#name, silenceMs)), silenceMs);
      };
      this.#client.on('close', closed);
      signal?.addEventListener('abort', aborted, { once: true });
      watch();
      this.#client.exec(watched ? `echo "edge-deploy process $$" >&2; ${command}` : command, (error, channel) => {
        if (error) return finish(() => reject(this.#lost ? this.#cut() : error));
        const lines = lineSplitter(onLine);
        channel.setEncoding('utf8').on('data', (chunk: string) => {
          watch();
          stdout += chunk;
          lines(chunk);
        });
        channel.stderr.setEncoding('utf8').on('data', (chunk: string) => {
          stderr += chunk;
        });
        channel.on('close', (code: number | null | undefined, signalName?: string) => {
          if (code === undefined) return closed();
          const numbers: Record<string, number> = { ILL: 132, ABRT: 134, BUS: 135, KILL: 137, SEGV: 139, TERM: 143 };
          const exitCode = code ?? numbers[(signalName ?? '').replace(/^SIG/, '')] ?? 255;
          finish(() => resolve({ stdout, stderr: stderr.replace(PROCESS, ''), exitCode }));
        });
        input?.pipe(channel);
      });
    });
  }

  async upload(path: string, bytes: Uint8Array, onBytes: (sent: number) => void): Promise<void> {
    const sftp = await this.#openSftp();
    if (sftp) return this.#orLost(writeParallel(sftp, path, bytes, onBytes));
    let aborted: unknown;
    const pieces = function* () {
      for (let at = 0; at < bytes.length; at += CHUNK) {
        yield bytes.subarray(at, at + CHUNK);
        try {
          onBytes(Math.min(at + CHUNK, bytes.length));
        } catch (error) {
          aborted = error;
          return;
        }
      }
    };
    const { exitCode, stderr } = await this.exec(`cat > ${quote(path)}`, {
      input: Readable.from(pieces(), { objectMode: false }),
    });
    if (aborted) throw aborted;
    if (exitCode !== 0) throw new Error(stderr || 'cat failed');
  }

  async download(path: string): Promise<Uint8Array> {
    const sftp = await this.#openSftp();
    if (sftp) {
      return this.#orLost(
        new Promise((resolve, reject) => {
          sftp.readFile(path, (error, data) => (error ? reject(error) : resolve(data)));
        }),
      );
    }
    const { exitCode, stdout, stderr } = await this.exec(`base64 ${quote(path)}`);
    if (exitCode !== 0) throw new Error(stderr || 'base64 failed');
    return Buffer.from(stdout, 'base64');
  }

  async close(): Promise<void> {
    this.#client.end();
  }

  /**
   * Ends the processes of a session, which neither its end nor, as root, SSH's own signal would do. Where that does not
   * work within a second, the connection is at fault and is closed.
   */
  async #kill(group: () => string | undefined): Promise<void> {
    const end = performance.now() + 1000;
    // Output may overtake the number, which comes on stderr.
    while (group() === undefined && performance.now() < end) await sleep(20);
    const number = group();
    const killed = number !== undefined && this.exec(`kill -9 -${number}`).then(({ exitCode }) => exitCode === 0);
    const late = new AbortController();
    const left = Math.max(100, end - performance.now());
    const done = await Promise.race([killed, sleep(left, false, { signal: late.signal })]).catch(() => false);
    late.abort();
    if (!done) this.#client.end();
  }

  /** The SFTP channel, or undefined where the server has none (dropbear without sftp-server). */
  #openSftp(): Promise<SFTPWrapper | undefined> {
    this.#sftp ??= new Promise((resolve) => {
      if (this.#lost) return resolve(undefined);
      this.#client.sftp((error, sftp) => resolve(error ? undefined : sftp));
    });
    return this.#sftp;
  }

  /** The work's result, or the error of a connection that ended meanwhile. */
  #orLost<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const closed = () => reject(this.#cut());
      if (this.#lost) return closed();
      this.#client.once('close', closed);
      work
        .then(resolve, (error) => reject(this.#lost ? this.#cut() : error))
        .finally(() => this.#client.off('close', closed));
    });
  }

  #cut(): EdgeDeployError {
    return new EdgeDeployError('E_UNREACHABLE', `${this.#name}: the connection was cut`, {
      hint: 'Push again: what is complete on the board is kept, the rest is sent again.',
    });
  }
}
