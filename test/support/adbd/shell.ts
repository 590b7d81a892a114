import { spawn } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stream } from './stream.js';

export type Cpu = 'aarch64' | 'arm';

/** `e_machine` of an ELF file, and what runs it here. */
const EMULATORS: Readonly<Record<number, string>> = { 40: 'qemu-arm', 183: 'qemu-aarch64' };
const RUNS: Readonly<Record<Cpu, readonly number[]>> = { aarch64: [40, 183], arm: [40] };

async function writeProgram(file: string, ...lines: string[]): Promise<void> {
  await writeFile(file, `#!/bin/sh\n${lines.join('\n')}\n`);
  await chmod(file, 0o755);
}

/**
 * Fills a folder with programs that stand in front of PATH, where the device must not answer as this machine does: its
 * CPU, its free space, and the words of Android's shell about a program it cannot execute.
 */
export async function makePrograms(folder: string, cpu: Cpu): Promise<void> {
  await mkdir(folder, { recursive: true });
  const machine = cpu === 'arm' ? 'armv7l' : 'aarch64';
  await writeProgram(join(folder, 'uname'), `case "$1" in -m) echo ${machine};; *) exec /bin/uname "$@";; esac`);
  const refused = 'echo "/system/bin/sh: $1: not executable: 64-bit ELF file" >&2';
  await writeProgram(join(folder, 'not-executable'), refused, 'exit 126');
}

/** What `df` says from now on. */
export async function setFreeSpace(folder: string, kilobytes: number): Promise<void> {
  const lines = [
    'Filesystem       1K-blocks    Used Available Use% Mounted on',
    `/dev/block/dm-5  110000000 1000000 ${kilobytes}   1% /data`,
  ];
  await writeProgram(join(folder, 'df'), ...lines.map((line) => `echo "${line}"`));
}

/**
 * A command's first word as this machine can run it. The kernel here runs no ARM programs, and binfmt_misc belongs to
 * the machine, not to a test: so a program that the device's CPU would run gets QEMU in front, and any other ELF file is
 * refused as on the device. Only the first word is looked at, which is where the tool puts programs it has pushed.
 */
function withEmulator(command: string, cpu: Cpu): string {
  const word = /^[^\s;']+/.exec(command)?.[0];
  const machine = word?.startsWith('/') ? elfMachine(word) : undefined;
  if (machine === undefined) return command;
  return `${RUNS[cpu].includes(machine) ? EMULATORS[machine] : 'not-executable'} ${command}`;
}

function elfMachine(path: string): number | undefined {
  const header = Buffer.alloc(20);
  try {
    const file = openSync(path, 'r');
    readSync(file, header);
    closeSync(file);
  } catch {
    return undefined;
  }
  return header.toString('latin1', 0, 4) === '\x7fELF' ? header.readUInt16LE(18) : undefined;
}

/** The `shell,v2` service: packets of an id (1 stdout, 2 stderr, 3 exit code), a length and data. */
export async function serveShell(
  stream: Stream,
  command: string,
  { cpu, programs }: { readonly cpu: Cpu; readonly programs: string },
): Promise<void> {
  const child = spawn('/bin/sh', ['-c', withEmulator(command, cpu)], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: `${programs}:/usr/bin:/bin`, LC_ALL: 'C' },
  });
  const exited = new Promise<number>((resolve) => {
    child.on('exit', (code) => resolve(code ?? 255));
  });
  stream.onEnd = () => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGKILL');
  };
  let last: Promise<void> = Promise.resolve();
  const pass = async (id: number, data: Buffer) => {
    const header = Buffer.alloc(5);
    header.writeUInt8(id);
    header.writeUInt32LE(data.length, 1);
    last = last.then(() => stream.write(Buffer.concat([header, data])));
    await last;
  };
  const forward = async (id: number, output: AsyncIterable<Buffer>) => {
    for await (const data of output) await pass(id, data);
  };
  await Promise.all([forward(1, child.stdout), forward(2, child.stderr)]);
  await pass(3, Buffer.from([await exited]));
  stream.close();
}
