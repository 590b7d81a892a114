import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import ssh2, { type Client, type ConnectConfig, type SFTPWrapper } from 'ssh2';
import { EdgeDeployError } from '../src/base/errors.js';
import type { Target } from '../targets/target.js';
import type { Device, RunOptions, RunResult } from './device.js';
import { silenceError } from './failures.js';
import { fingerprint, judgeHostKey, keyType, knownHostName, knownKeyTypes } from './known-hosts.js';
import { lineSplitter } from './process.js';
import { openShellDevice, quote, type Shell } from './shell.js';
import { sshSettings, type SshSettings } from './ssh-config.js';

const CHUNK = 32 * 1024;
const IN_FLIGHT = 32;

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

function connect(name: string, settings: SshSettings, connectMs: number): Promise<Client> {
  const { host, port, user } = settings;
  const methods = authMethods(settings);
  let verdict: EdgeDeployError | undefined;
  let tried = 0;
  const order = knownKeyTypes(settings.knownHosts, host, port);
  const config: ConnectConfig = {
    host,
    port,
    username: user,
    readyTimeout: connectMs,
    keepaliveInterval: 5000,
    keepaliveCountMax: 3,
    hostVerifier: (key: Buffer) => {
      verdict = judge(name, settings, key);
      return verdict === undefined;
    },
    authHandler: (_left, _partial, next) => {
      const method = methods.usable[tried++];
      next((method ?? false) as never);
    },
    ...(order.length > 0 ? { algorithms: { serverHostKey: preferred(order) as never } } : {}),
  };
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    client.once('ready', () => {
      client.removeAllListeners('error');
      client.on('error', () => {});
      resolve(client);
    });
    client.once('error', (error: Error & { level?: string; code?: string }) => {
      client.end();
      client.on('error', () => {});
      reject(verdict ?? connectError(name, settings, methods.described, error));
    });
    client.connect(config);
  });
}

/** Every host key algorithm we accept, those of known keys first. */
function preferred(types: readonly string[]): string[] {
  const all = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'rsa-sha2-512', 'rsa-sha2-256'];
  const known = all.filter((algorithm) => types.some((type) => type === algorithm || (type === 'ssh-rsa' && algorithm.startsWith('rsa-'))));
  return [...known, ...all.filter((algorithm) => !known.includes(algorithm))];
}

function judge(name: string, settings: SshSettings, key: Buffer): EdgeDeployError | undefined {
  const { host, port, knownHosts, acceptNew } = settings;
  const result = judgeHostKey(knownHosts, host, port, key);
  if (result.verdict === 'known') return undefined;
  const address = knownHostName(host, port);
  if (result.verdict === 'unknown') {
    if (acceptNew && knownHosts[0]) {
      mkdirSync(dirname(knownHosts[0]), { recursive: true });
      appendFileSync(knownHosts[0], `${address} ${keyType(key)} ${key.toString('base64')}\n`);
      return undefined;
    }
    return new EdgeDeployError('E_HOSTKEY_UNKNOWN', `${name}: the host key of ${address} is not known (${fingerprint(key)})`, {
      hint: `Compare the fingerprint with the board's own, then run: edge-deploy targets trust ${name}`,
      details: { key: `${address} ${keyType(key)} ${key.toString('base64')}`, knownHosts: knownHosts[0] },
    });
  }
  return new EdgeDeployError(
    'E_HOSTKEY_CHANGED',
    `${name}: the host key of ${address} is ${result.verdict}: it shows ${fingerprint(key)}, and ${result.at} has ${result.fingerprint}`,
    { hint: `If the board was set up anew, run: ssh-keygen -R '${address}' -- otherwise someone may be listening.` },
  );
}

interface AuthMethods {
  readonly usable: readonly object[];
  /** What was tried, for the error. */
  readonly described: readonly string[];
}

function authMethods({ user, agent, keys }: SshSettings): AuthMethods {
  const usable: object[] = [];
  const described: string[] = [];
  if (agent) {
    usable.push({ type: 'agent', username: user, agent });
    described.push('the ssh agent');
  }
  for (const path of keys) {
    let text: Buffer;
    try {
      text = readFileSync(path);
    } catch {
      continue;
    }
    const parsed = ssh2.utils.parseKey(text);
    if (parsed instanceof Error) {
      described.push(`${path} (unusable: ${/encrypted/i.test(parsed.message) ? 'it has a passphrase; add it to the agent' : parsed.message})`);
      continue;
    }
    usable.push({ type: 'publickey', username: user, key: text });
    described.push(path);
  }
  return { usable, described };
}

function connectError(name: string, settings: SshSettings, tried: readonly string[], error: Error & { level?: string; code?: string }): EdgeDeployError {
  const { host, port, user } = settings;
  const command = `ssh -p ${port} ${user}@${host}`;
  if (error.level === 'client-authentication') {
    return new EdgeDeployError('E_AUTH', `${name}: ${host} refused ${user}; tried ${tried.length > 0 ? tried.join(', ') : 'no key, because there is none'}`, {
      hint: `Put a public key into ${user}'s authorized_keys on the board, and try: ${command}`,
      cause: error,
    });
  }
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') {
    return new EdgeDeployError('E_DNS', `${name}: the name ${host} is not found`, { hint: `Check host: in the target; try: ${command}`, cause: error });
  }
  return new EdgeDeployError('E_UNREACHABLE', `${name}: cannot connect to ${host}:${port}: ${error.message}`, {
    hint: `Is the board on and in this network? Try: ${command}`,
    cause: error,
  });
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
          finish(() => resolve({ stdout, stderr, exitCode: code ?? numbers[(signalName ?? '').replace(/^SIG/, '')] ?? 255 }));
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
      return this.#orLost(new Promise((resolve, reject) => {
        sftp.readFile(path, (error, data) => (error ? reject(error) : resolve(data)));
      }));
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
      work.then(resolve, (error) => reject(this.#lost ? this.#cut() : error)).finally(() => this.#client.off('close', closed));
    });
  }

  #cut(): EdgeDeployError {
    return new EdgeDeployError('E_UNREACHABLE', `${this.#name}: the connection was cut`, {
      hint: 'Push again: what is complete on the board is kept, the rest is sent again.',
    });
  }
}

/** Writes a file with many requests in flight, so that the round trip does not set the speed. */
function writeParallel(sftp: SFTPWrapper, path: string, bytes: Uint8Array, onBytes: (sent: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    sftp.open(path, 'w', (openError, handle) => {
      if (openError) return reject(openError);
      let [next, done, failed] = [0, 0, false];
      const finish = (error?: Error | null) => {
        if (failed) return;
        failed = true;
        sftp.close(handle, (closeError) => (error || closeError ? reject(error ?? closeError) : resolve()));
      };
      const send = () => {
        if (failed || next >= bytes.length) return;
        const [start, end] = [next, Math.min(next + CHUNK, bytes.length)];
        next = end;
        sftp.write(handle, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), start, end - start, start, (error) => {
          if (error) return finish(error);
          done += end - start;
          try {
            onBytes(done);
          } catch (aborted) {
            return finish(aborted as Error);
          }
          if (done === bytes.length) finish();
          else send();
        });
      };
      if (bytes.length === 0) finish();
      for (let i = 0; i < IN_FLIGHT; i++) send();
    });
  });
}
