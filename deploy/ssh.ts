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

  exec(command: string, options: RunOptions & { readonly input?: Uint8Array } = {}): Promise<RunResult> {
    const { silenceMs, signal, onLine, input } = options;
    return new Promise((resolve, reject) => {
      if (this.#lost) return reject(this.#cut());
      if (signal?.aborted) return reject(new EdgeDeployError('E_INTERRUPTED', 'interrupted'));
      let timer: NodeJS.Timeout | undefined;
      const finish = (act: () => void) => {
        clearTimeout(timer);
        this.#client.off('close', closed);
        signal?.removeEventListener('abort', aborted);
        act();
      };
      const closed = () => finish(() => reject(this.#cut()));
      const aborted = () => {
        this.#client.end();
        finish(() => reject(new EdgeDeployError('E_INTERRUPTED', 'interrupted')));
      };
      const watch = () => {
        clearTimeout(timer);
        if (silenceMs === undefined) return;
        timer = setTimeout(() => {
          this.#client.end();
          finish(() => reject(silenceError(this.#name, silenceMs)));
        }, silenceMs);
      };
      this.#client.on('close', closed);
      signal?.addEventListener('abort', aborted, { once: true });
      watch();
      this.#client.exec(command, (error, channel) => {
        if (error) return finish(() => reject(this.#lost ? this.#cut() : error));
        let [stdout, stderr] = ['', ''];
        const lines = lineSplitter(onLine);
        channel.on('data', (chunk: Buffer) => {
          watch();
          stdout += chunk.toString();
          lines(chunk.toString());
        });
        channel.stderr.on('data', (chunk: Buffer) => {
          stderr += chunk.toString();
        });
        channel.on('close', (code: number | null | undefined, signalName?: string) => {
          if (code === undefined) return closed();
          const numbers: Record<string, number> = { ILL: 132, ABRT: 134, BUS: 135, KILL: 137, SEGV: 139, TERM: 143 };
          finish(() =>
            resolve({ stdout, stderr, exitCode: code ?? numbers[(signalName ?? '').replace(/^SIG/, '')] ?? 255 }),
          );
        });
        if (input) channel.end(Buffer.from(input.buffer, input.byteOffset, input.byteLength));
      });
    });
  }

  async upload(path: string, bytes: Uint8Array, onBytes: (sent: number) => void): Promise<void> {
    const sftp = await this.#openSftp();
    if (!sftp) {
      const { exitCode, stderr } = await this.exec(`cat > ${quote(path)}`, { input: bytes });
      if (exitCode !== 0) throw new Error(stderr || 'cat failed');
      onBytes(bytes.length);
      return;
    }
    await this.#orLost(writeParallel(sftp, path, bytes, onBytes));
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
    if (exitCode !== 0) throw new EdgeDeployError('E_RUN', `${this.#name}: cannot read ${path}: ${stderr.trim()}`);
    return Buffer.from(stdout, 'base64');
  }

  async close(): Promise<void> {
    this.#client.end();
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
