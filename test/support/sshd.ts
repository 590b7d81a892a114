import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const SSHD = '/usr/sbin/sshd';

/** A real OpenSSH server on 127.0.0.1 with keys of its own. */
export interface Sshd {
  readonly port: number;
  readonly user: string;
  /** A private key that may log in. */
  readonly keyFile: string;
  /** Lists the server's key under its own port. */
  readonly knownHostsFile: string;
  /** The server's public key: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
  /** A folder for files, removed by `stop`. */
  readonly folder: string;
  /** What the server wrote down so far. */
  log(): string;
  stop(): Promise<void>;
}

export interface SshdOptions {
  /** False leaves the SFTP subsystem out, as a small board's server does. */
  readonly sftp?: boolean;
  /** More of the environment of its sessions. */
  readonly env?: Readonly<Record<string, string>>;
  /** More lines of sshd_config. */
  readonly config?: readonly string[];
}

export async function startSshd({ sftp = true, env = {}, config = [] }: SshdOptions = {}): Promise<Sshd> {
  if (!existsSync(SSHD)) throw new Error(`${SSHD} is missing; install it: apt-get install openssh-server`);
  const folder = await mkdtemp(join(tmpdir(), 'edge-deploy-sshd-'));
  const [hostKeyFile, keyFile] = [join(folder, 'host'), join(folder, 'user')];
  const [hostKey] = await Promise.all([makeKey(hostKeyFile), makeKey(keyFile)]);
  const port = await freePort();
  const knownHostsFile = join(folder, 'known_hosts');
  await writeFile(knownHostsFile, `[127.0.0.1]:${port} ${hostKey}\n`);
  const lines = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${hostKeyFile}`,
    `PidFile ${join(folder, 'pid')}`,
    `AuthorizedKeysFile ${keyFile}.pub`,
    'StrictModes no',
    'UsePAM no',
    'PermitRootLogin yes',
    'PasswordAuthentication no',
    'LogLevel DEBUG1',
    // Sessions see nothing of the user's own files, such as what a .bashrc does.
    // The first such line is the only one that counts.
    `SetEnv ${Object.entries({ HOME: folder, ...env })
      .map(([name, value]) => `${name}=${value}`)
      .join(' ')}`,
    ...(sftp ? ['Subsystem sftp internal-sftp'] : []),
    ...config,
  ];
  await writeFile(join(folder, 'sshd_config'), `${lines.join('\n')}\n`);
  // Where sshd drops its privileges; a boot script makes it on an ordinary machine.
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const logFile = join(folder, 'log');
  const log = () => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '');
  const child = spawn(SSHD, ['-D', '-E', logFile, '-f', join(folder, 'sshd_config')], { stdio: 'ignore' });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill();
      await once(child, 'exit');
    }
    await rm(folder, { recursive: true, force: true });
  };
  for (let attempt = 0; !(await answers(port)); attempt++) {
    if (child.exitCode !== null || attempt > 100) {
      const said = log();
      await stop();
      throw new Error(`sshd does not start:\n${said}`);
    }
    await sleep(50);
  }
  return { port, user: userInfo().username, keyFile, knownHostsFile, hostKey, folder, log, stop };
}

/** Makes a key pair at `file`; its public half without the comment. */
export async function makeKey(file: string, ...options: string[]): Promise<string> {
  await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', ...options, '-f', file]);
  return (await readFile(`${file}.pub`, 'utf8')).split(' ').slice(0, 2).join(' ').trim();
}

/** A port nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Whether somebody listens on a port of this machine. */
export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
