import { inflateSync } from 'node:zlib';

/** A decoded picture. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** The colour of a pixel, `#rrggbb`. */
  at(x: number, y: number): string;
  /** How many colours it has. */
  colours(): number;
}

/** Reads a PNG of 8-bit RGB or RGBA without interlacing, which is what browsers make of screenshots. */
export function readPng(bytes: Buffer): Picture {
  const chunks: Buffer[] = [];
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT') chunks.push(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const channels = { 2: 3, 6: 4 }[bytes[25]!];
  if (bytes[24] !== 8 || channels === undefined || bytes[28] !== 0) throw new Error('not a PNG of this kind');
  const pixels = unfiltered(inflateSync(Buffer.concat(chunks)), width * channels, height, channels);
  const at = (x: number, y: number) => {
    const start = (y * width + x) * channels;
    return `#${pixels.toString('hex', start, start + 3)}`;
  };
  return {
    width,
    height,
    at,
    colours: () => {
      const found = new Set<string>();
      for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) found.add(at(x, y));
      return found.size;
    },
  };
}

/** Every row begins with the number of its filter: what was taken off each byte. */
function unfiltered(data: Buffer, stride: number, height: number, channels: number): Buffer {
  const result = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = data[y * (stride + 1)]!;
    for (let i = 0; i < stride; i++) {
      const left = i < channels ? 0 : result[y * stride + i - channels]!;
      const up = y === 0 ? 0 : result[(y - 1) * stride + i]!;
      const corner = y === 0 || i < channels ? 0 : result[(y - 1) * stride + i - channels]!;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter]!;
      result[y * stride + i] = data[y * (stride + 1) + 1 + i]! + guess;
    }
  }
  return result;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}
