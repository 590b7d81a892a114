import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { answers, freePort } from './sshd.js';

/** A private adb server on a port of its own, so that the developer's own server is left alone. */
export interface AdbServer {
  readonly port: number;
  /** Runs the adb client against this server; what it printed. */
  adb(...args: string[]): Promise<string>;
  /** Drops its connection to a device, or to all: it notices a broken one only after a moment. */
  forget(serial?: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it, and points the environment of this process, which the command line inherits, to it and to no device. */
export async function startAdbServer(): Promise<AdbServer> {
  const folder = await mkdtemp(join(tmpdir(), 'edge-deploy-adb-server-'));
  const port = await freePort();
  const { ANDROID_SERIAL: _serial, ADB_SERVER_SOCKET: _socket, ...env } = process.env;
  // It ends with this process, however this one ends: that closes the standard input which `read` waits for.
  const child = spawn('/bin/sh', ['-c', 'adb nodaemon server & server=$!; read nothing; kill -KILL $server'], {
    // Keys and log go to the folder, and no port is searched for emulators.
    env: {
      ...env,
      HOME: folder,
      TMPDIR: folder,
      ANDROID_ADB_SERVER_PORT: String(port),
      ADB_LOCAL_TRANSPORT_MAX_PORT: '5554',
    },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const stop = async () => {
    child.stdin.end();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    await rm(folder, { recursive: true, force: true });
  };
  for (let attempt = 0; !(await answers(port)); attempt++) {
    if (child.exitCode !== null || attempt > 200) {
      await stop();
      throw new Error('the adb server does not start');
    }
    await sleep(50);
  }
  delete process.env.ANDROID_SERIAL;
  // A client starts a server where none answers, but not at an address: it takes anything but `localhost` for another machine.
  process.env.ADB_SERVER_SOCKET = `tcp:127.0.0.1:${port}`;
  const adb = async (...args: string[]) => {
    const { stdout } = await promisify(execFile)('adb', args, { timeout: 30_000 });
    return stdout.trim();
  };
  return {
    port,
    adb,
    forget: async (serial) => void (await adb('disconnect', ...(serial ? [serial] : []))),
    stop,
  };
}
