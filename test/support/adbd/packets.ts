/** The packets of the adb transport protocol: six 32-bit little-endian words, then data. */
export interface Packet {
  /** `CNXN`, `AUTH`, `OPEN`, `OKAY`, `WRTE` or `CLSE`. */
  readonly command: string;
  readonly arg0: number;
  readonly arg1: number;
  readonly data: Buffer;
}

/** Version from which packets carry no checksum, and the data a packet may hold. */
export const VERSION = 0x01000001;
export const MAX_DATA = 256 * 1024;

const HEADER = 24;

export function encodePacket(command: string, arg0: number, arg1: number, data: Uint8Array = new Uint8Array()): Buffer {
  const header = Buffer.alloc(HEADER);
  header.write(command, 'latin1');
  header.writeUInt32LE(arg0, 4);
  header.writeUInt32LE(arg1, 8);
  header.writeUInt32LE(data.length, 12);
  // The first packets go out before the version is agreed on, so every packet carries its sum.
  header.writeUInt32LE(
    data.reduce((sum, byte) => (sum + byte) >>> 0, 0),
    16,
  );
  header.writeUInt32LE(~header.readUInt32LE(0) >>> 0, 20);
  return Buffer.concat([header, data]);
}

/** Cuts the bytes of a connection into packets. */
export function packetSplitter(onPacket: (packet: Packet) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= HEADER && rest.length >= HEADER + rest.readUInt32LE(12)) {
      const end = HEADER + rest.readUInt32LE(12);
      const packet = {
        command: rest.toString('latin1', 0, 4),
        arg0: rest.readUInt32LE(4),
        arg1: rest.readUInt32LE(8),
        data: rest.subarray(HEADER, end),
      };
      rest = rest.subarray(end);
      onPacket(packet);
    }
  };
}
