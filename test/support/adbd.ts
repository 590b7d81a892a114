import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePacket, MAX_DATA, type Packet, packetSplitter, VERSION } from './adbd/packets.js';
import { type Cpu, makePrograms, serveShell, setFreeSpace } from './adbd/shell.js';
import { Stream } from './adbd/stream.js';
import { serveSync } from './adbd/sync.js';

/** What happens to the connection: it breaks, or it stays open and the device says nothing more. */
export type Fault = 'cut' | 'stall';

/**
 * A stand-in for a device's adbd on 127.0.0.1, for the real adb client: the TCP side of the transport protocol, with the
 * services `shell,v2` and `sync:`. Its file system is this machine's; commands run in /bin/sh, ARM programs under QEMU.
 */
export interface Adbd {
  /** Its name in `adb devices`: `127.0.0.1:PORT`. */
  readonly serial: string;
  /** A folder for its files, removed by `stop`. */
  readonly folder: string;
  /** Commands and `sync:`, as they were asked for. */
  readonly services: readonly string[];
  /** Bytes of files that were sent to it since the last `strike`. */
  readonly received: number;
  /** From now on: the connection suffers this after so many bytes of files, or at a command (or `sync:`) that matches. */
  strike(where: number | RegExp, fault: Fault): void;
  /** Resolves when a stall has begun. */
  silence(): Promise<void>;
  /** From now on: no fault; a silent device's connections break, so that the client starts anew. */
  mend(): void;
  /** From now on: files beyond this are refused, and `df` says so. */
  setFree(kilobytes: number): Promise<void>;
  /** From now on: every file is refused with these words. */
  refuse(words: string): void;
  /** From now on: says nothing, not even to a new connection. */
  mute(): void;
  /** Breaks every connection and accepts no other. */
  vanish(): void;
  stop(): Promise<void>;
}

export interface AdbdOptions {
  readonly cpu?: Cpu;
  /** False: the device asks for a key and accepts none, as one whose dialog nobody has answered. */
  readonly authorized?: boolean;
  readonly features?: readonly string[];
}

const PLENTY = 50_000_000;

export async function startAdbd(options: AdbdOptions = {}): Promise<Adbd> {
  const { cpu = 'aarch64', authorized = true, features = ['shell_v2', 'cmd', 'stat_v2'] } = options;
  const folder = await mkdtemp(join(tmpdir(), 'edge-deploy-adbd-'));
  const programs = join(folder, 'bin');
  await makePrograms(programs, cpu);
  await setFreeSpace(programs, PLENTY);
  const banner = `device::ro.product.name=test;ro.product.model=Test;ro.product.device=test;features=${features.join(',')}`;
  const services: string[] = [];
  const connections = new Map<Socket, Map<number, Stream>>();
  let where: number | RegExp = Number.POSITIVE_INFINITY;
  let fault: Fault = 'cut';
  let [received, free, silent] = [0, PLENTY, false];
  let refusal: string | undefined;
  let [silence, fallSilent] = promise();

  let [end, breakOff] = promise();

  /** Ends every stream with its connection. */
  const disconnect = () => {
    for (const [socket, streams] of connections) {
      socket.destroy();
      for (const stream of streams.values()) stream.end();
    }
    breakOff();
    [end, breakOff] = promise();
  };
  /** Resolves when the connection is gone. */
  const suffer = async (): Promise<void> => {
    silent = fault === 'stall';
    if (!silent) return disconnect();
    fallSilent();
    await end;
  };
  const mayWrite = async (bytes: number): Promise<string | undefined> => {
    received += bytes;
    if (typeof where === 'number' && received > where) await suffer();
    return refusal ?? (received > free * 1024 ? 'No space left on device' : undefined);
  };
  const serve = async (stream: Stream, name: string): Promise<void> => {
    const command = /^shell,v2[^:]*:(.*)$/s.exec(name)?.[1];
    const service = command ?? name;
    services.push(service);
    if (where instanceof RegExp && where.test(service)) return suffer();
    if (command !== undefined) await serveShell(stream, command, { cpu, programs });
    else if (name === 'sync:') await serveSync(stream, mayWrite);
    else stream.close();
  };

  const server = createServer((socket) => {
    const streams = new Map<number, Stream>();
    connections.set(socket, streams);
    socket.on('error', () => {});
    socket.on('close', () => {
      connections.delete(socket);
      for (const stream of streams.values()) stream.end();
    });
    const send = (command: string, arg0: number, arg1: number, data?: Uint8Array) => {
      if (!silent && !socket.destroyed) socket.write(encodePacket(command, arg0, arg1, data));
    };
    const askForKey = () => send('AUTH', 1, 0, Buffer.alloc(20, 1));
    const handlers: Readonly<Record<string, (packet: Packet) => void>> = {
      CNXN: () => (authorized ? send('CNXN', VERSION, MAX_DATA, Buffer.from(banner)) : askForKey()),
      // A signature by an unknown key is answered with another token, the public key that follows with nothing.
      AUTH: ({ arg0 }) => arg0 === 2 && askForKey(),
      OPEN: ({ arg0: id, data }) => {
        // Each end numbers its streams as it likes; the client's number will do for both.
        const stream = new Stream((command, bytes) => send(command, id, id, bytes));
        streams.set(id, stream);
        send('OKAY', id, id);
        void serve(stream, data.toString().replace(/\0$/, ''));
      },
      OKAY: ({ arg1 }) => streams.get(arg1)?.acknowledge(),
      WRTE: ({ arg1, data }) => streams.get(arg1)?.push(data),
      CLSE: ({ arg1 }) => {
        streams.get(arg1)?.end();
        streams.delete(arg1);
      },
    };
    const split = packetSplitter((packet) => handlers[packet.command]?.(packet));
    socket.on('data', (chunk) => {
      if (!silent) split(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    serial: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    folder,
    services,
    get received() {
      return received;
    },
    strike: (wanted, how) => {
      [where, fault, received] = [wanted, how, 0];
    },
    silence: () => silence,
    mend: () => {
      if (silent) disconnect();
      [where, silent] = [Number.POSITIVE_INFINITY, false];
      [silence, fallSilent] = promise();
    },
    setFree: async (kilobytes) => {
      [free, received] = [kilobytes, 0];
      await setFreeSpace(programs, kilobytes);
    },
    refuse: (words) => {
      refusal = words;
    },
    mute: () => {
      silent = true;
    },
    vanish: () => {
      server.close();
      disconnect();
    },
    stop: async () => {
      disconnect();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function promise(): [Promise<void>, () => void] {
  let settle = () => {};
  const made = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return [made, settle];
}
