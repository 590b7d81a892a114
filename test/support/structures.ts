/** Damage that knows a format's structure: lengths, offsets and counts become wrong ones, tokens become others. */
import type { Pick } from './mutations.js';

type Bytes = Uint8Array;

/** Interesting values for a number that stood for a size or a place in `size` bytes. */
function wrong(value: number, size: number, pick: Pick): number {
  const near = [value + 1, value - 1, value + 4, value - 4, value * 2, value >>> 1, -value];
  const values = [
    ...near,
    0,
    1,
    2,
    4,
    size,
    size - 1,
    size + 1,
    pick(size + 1),
    0xffff,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 32 - 1,
  ];
  return values[pick(values.length)]!;
}

/** FlatBuffers and program files: an aligned word of 2 or 4 bytes of [start, end), most often one that may be an offset or a length. */
export function mutateWords(bytes: Bytes, pick: Pick, start = 0, end = bytes.length): Bytes {
  const result = Uint8Array.from(bytes);
  const view = new DataView(result.buffer);
  const size = end - start;
  for (let times = 1 + pick(3); times > 0; times--) {
    const width = pick(3) === 0 ? 2 : 4;
    let at = start;
    for (let tries = 0; tries < 8; tries++) {
      at = start + width * pick(Math.max(1, Math.floor(size / width)));
      if (at + width > end) return result;
      const value = width === 2 ? view.getUint16(at, true) : view.getUint32(at, true);
      if (value > 0 && value < size) break;
    }
    if (width === 2) view.setUint16(at, wrong(view.getUint16(at, true), 64, pick), true);
    else view.setUint32(at, wrong(view.getUint32(at, true), size, pick), true);
  }
  return result;
}

const known = new WeakMap<Bytes, number[]>();

/** Where a u64 stands that is smaller than the file; found once for a seed. */
function countsIn(bytes: Bytes, view: DataView, start: number): readonly number[] {
  let counts = known.get(bytes);
  if (counts === undefined) {
    counts = [];
    for (let at = start; at + 8 <= bytes.length; at++) {
      if (view.getUint32(at + 4, true) === 0 && view.getUint32(at, true) < bytes.length) counts.push(at);
    }
    known.set(bytes, counts);
  }
  return counts;
}

/** The encoding before FlatBuffers: a u64 that may be a count, anywhere, becomes another. */
export function mutateCounts(bytes: Bytes, pick: Pick, start = 0): Bytes {
  const result = Uint8Array.from(bytes);
  const view = new DataView(result.buffer);
  const counts = countsIn(bytes, view, start);
  for (let times = 1 + pick(2); times > 0 && counts.length > 0; times--) {
    const at = counts[pick(counts.length)]!;
    const value = wrong(view.getUint32(at, true), bytes.length, pick);
    view.setBigInt64(at, BigInt(value) * (pick(8) === 0 ? 2n ** 30n : 1n), true);
  }
  return result;
}

/** Where numbers and lengths of a protobuf message stand, those of the messages in it included. */
function varints(
  bytes: Bytes,
  start: number,
  end: number,
  found: { at: number; size: number; value: number }[],
): boolean {
  let at = start;
  const read = () => {
    const from = at;
    let [value, scale] = [0, 1];
    for (; at < end && at - from < 10; scale *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return { at: from, size: at - from, value };
    }
    return undefined;
  };
  while (at < end) {
    const tag = read();
    if (!tag || tag.value < 8) return false;
    const kind = tag.value & 7;
    if (kind === 1 || kind === 5) at += kind === 1 ? 8 : 4;
    else if (kind === 0 || kind === 2) {
      const number = read();
      if (!number) return false;
      found.push(number);
      if (kind === 2) {
        if (at + number.value > end) return false;
        const inner: typeof found = [];
        if (varints(bytes, at, at + number.value, inner)) found.push(...inner);
        at += number.value;
      }
    } else return false;
  }
  return at === end;
}

/** Protobuf: a varint, most of them lengths and sizes, becomes another; what follows is then read in the wrong place. */
export function mutateVarints(bytes: Bytes, pick: Pick): Bytes {
  const found: { at: number; size: number; value: number }[] = [];
  varints(bytes, 0, bytes.length, found);
  const chosen = found[pick(Math.max(1, found.length))];
  if (chosen === undefined) return bytes;
  const value = wrong(chosen.value, bytes.length, pick);
  const encoded: number[] = [];
  for (let rest = BigInt.asUintN(64, BigInt(value)); ; rest >>= 7n) {
    encoded.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    if (rest <= 127n) break;
  }
  return Buffer.concat([
    bytes.subarray(0, chosen.at),
    Uint8Array.from(encoded),
    bytes.subarray(chosen.at + chosen.size),
  ]);
}

const TOKENS = [
  ...[
    'null',
    'true',
    '{}',
    '[]',
    '""',
    '0',
    '-1',
    '1e400',
    '1.5',
    '9007199254740993',
    '-0',
    '"\\u0000"',
    '"__proto__"',
  ],
  ...[
    '[[[[[[[[]]]]]]]]',
    '{"#":"0.t_dtensor"}',
    '{"toString":0}',
    '}',
    ']',
    ',',
    ':',
    '"',
    '\\',
    '\u{1f600}',
    '[0,1,2]',
  ],
];

/** JSON: a token goes, comes twice, changes places with another, or becomes one of another kind. */
export function mutateTokens(bytes: Bytes, pick: Pick): Bytes {
  const text = Buffer.from(bytes).toString('utf8');
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[-+.\w]+|[^\s]/g) ?? [];
  for (let times = 1 + pick(2); times > 0 && tokens.length > 0; times--) {
    const [at, other] = [pick(tokens.length), pick(tokens.length)];
    switch (pick(5)) {
      case 0:
        tokens.splice(at, 1);
        break;
      case 1:
        tokens.splice(at, 0, tokens[other]!);
        break;
      case 2:
        [tokens[at], tokens[other]] = [tokens[other]!, tokens[at]!];
        break;
      default:
        tokens[at] = TOKENS[pick(TOKENS.length)]!;
    }
  }
  return Buffer.from(tokens.join(''));
}
