import { once } from 'node:events';
import type { Client, ClientChannel } from 'ssh2';
import type { RunResult } from './device.js';
import { lineSplitter } from './process.js';

export interface Input {
  readonly bytes: Uint8Array;
  onBytes(sent: number): void;
}

export interface CommandOptions {
  /** Called whenever something moved. */
  alive(): void;
  /** The error of a connection that ended. */
  cut(): Error;
  readonly onLine?: ((line: string) => void) | undefined;
  readonly input?: Input | undefined;
}

/** A command on its way: its end, and the process group it runs in, once that is known. */
export interface RemoteCommand {
  readonly ended: Promise<RunResult>;
  group(): string | undefined;
}

/** What the command's shell says first: its number, which is also that of its process group. */
const PROCESS = /^edge-deploy process (\d+)\n/m;

/** What a shell reports for a program that a signal ended. */
const SIGNALS: Readonly<Record<string, number>> = { ILL: 132, ABRT: 134, BUS: 135, KILL: 137, SEGV: 139, TERM: 143 };

const CHUNK = 64 * 1024;

export function startCommand(client: Client, command: string, options: CommandOptions): RemoteCommand {
  const { alive, cut, onLine, input } = options;
  let [stdout, stderr] = ['', ''];
  const ended = new Promise<RunResult>((resolve, reject) => {
    // The shell waits for the command and reports a signal as 128 + n: SSH servers have no word for some of them.
    client.exec(`echo "edge-deploy process $$" >&2; ${command}; exit $?`, (error, channel) => {
      if (error) return reject(error);
      const lines = lineSplitter(onLine);
      channel.setEncoding('utf8').on('data', (text: string) => {
        alive();
        stdout += text;
        lines(text);
      });
      channel.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      channel.on('close', (code: number | null | undefined, signal?: string) => {
        if (code === undefined) return reject(cut());
        const exitCode = code ?? SIGNALS[(signal ?? '').replace(/^SIG/, '')] ?? 255;
        resolve({ stdout, stderr: stderr.replace(PROCESS, ''), exitCode });
      });
      if (input) feed(channel, input, alive).catch(reject);
    });
  });
  return { ended, group: () => PROCESS.exec(stderr)?.[1] };
}

/** Writes to a command's standard input as fast as it is taken. */
async function feed(channel: ClientChannel, { bytes, onBytes }: Input, alive: () => void): Promise<void> {
  for (let at = 0; at < bytes.length; at += CHUNK) {
    const piece = bytes.subarray(at, at + CHUNK);
    const room = channel.write(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
    if (!room) await once(channel, 'drain');
    alive();
    onBytes(at + piece.length);
  }
  channel.end();
}
