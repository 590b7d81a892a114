/** Seeded damage: to bytes, as disks and networks do it, and to decoded messages, as an attacker or a broken exporter does. */
import { type Parameters, type Program, readProgram, writeProgram } from '../../src/paddle/index.js';
import { lcg } from './lcg.js';

/** Uniform integers of [0, n). */
export type Pick = (n: number) => number;

export function picker(seed: number): Pick {
  const next = lcg(seed);
  next();
  return (n) => Math.floor(((next() + 1) / 2) * n) % n;
}

/** Varints of values that break arithmetic: 2^31, 2^32 − 1, 2^53, 2^63 − 1, −1, and one that never ends. */
const VARINTS = ['8080808008', 'ffffffff0f', '8080808080808010', 'ffffffffffffffff7f', 'ffffffffffffffffff01'].map(
  (hex) => Buffer.from(hex, 'hex'),
);
const ENDLESS = Buffer.alloc(16, 0xff);

/** A damaged copy of `bytes`: flipped, overwritten, inserted, lost, repeated or exploding ones, in up to three places. */
export function mutateBytes(bytes: Uint8Array, pick: Pick): Uint8Array {
  let result = Buffer.from(bytes);
  for (let times = 1 + pick(3); times > 0; times--) result = damage(result, pick);
  return result;
}

function damage(bytes: Buffer<ArrayBuffer>, pick: Pick): Buffer<ArrayBuffer> {
  const at = pick(bytes.length + 1);
  const splice = (removed: number, inserted: Uint8Array) =>
    Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + removed)]);
  switch (pick(7)) {
    case 0:
      return splice(1, Uint8Array.of((bytes[at] ?? 0) ^ (1 << pick(8))));
    case 1:
      return splice(1, Uint8Array.of([0x00, 0x01, 0x7f, 0x80, 0xff, pick(256)][pick(6)]!));
    case 2:
      return splice(
        0,
        Uint8Array.from({ length: 1 + pick(16) }, () => pick(256)),
      );
    case 3:
      return splice(1 + pick(64), new Uint8Array());
    case 4:
      return splice(0, bytes.subarray(at, at + 1 + pick(200)));
    case 5:
      return splice(0, bytes.subarray(pick(at + 1), at));
    default:
      return splice(pick(2), [...VARINTS, ENDLESS][pick(VARINTS.length + 1)]!);
  }
}

type Container = Record<string | number, unknown>;

/** A place of a message that holds a number, a string, bytes or a list. */
interface Place {
  readonly container: Container;
  readonly key: string | number;
}

const NUMBERS = [
  ...[0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 64, 255, 4096, 46341, 65536, 1 << 20, 1 << 24, 2 ** 28, 2 ** 31 - 1, -(2 ** 31)],
  ...[-1, -2, -3, -7, -(2 ** 20)],
];
const REALS = [0, -0, 0.5, -1, 1e-45, 3e38, -3e38, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const LONGS = [...NUMBERS, 2 ** 31, 2 ** 32, 2 ** 40, 2 ** 53, 2 ** 62, -(2 ** 62)];
const FIELDS_OF_REALS = /^(f|floats|float64|float64s|r)$/;

/** A program with up to three values, names or lists changed, most often numbers; it decodes, and its lengths are right. */
export function mutateProgram(bytes: Uint8Array, pick: Pick): Uint8Array {
  const program = readProgram(bytes);
  for (let times = 1 + pick(3); times > 0; times--) {
    const all = placesOf(program);
    const numbers = all.filter(({ container, key }) => isNumber(container[key]));
    const places = pick(3) > 0 && numbers.length > 0 ? numbers : all;
    const { container, key } = places[pick(places.length)]!;
    container[key] = changed(container[key], String(key), container, all, pick);
  }
  return writeProgram(program);
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'object' && value !== null && isLong(value));
}

/**
 * A model whose program and parameters agree on a damaged shape or element type of one parameter: it passes every check
 * of files, and only its ops can tell.
 */
export function mutateShapes(
  bytes: Uint8Array,
  parameters: Parameters,
  pick: Pick,
): { program: Uint8Array; parameters: Parameters } {
  const program = readProgram(bytes);
  const names = [...parameters.keys()];
  const name = names[pick(names.length)];
  if (name === undefined) return { program: mutateProgram(bytes, pick), parameters };
  const record = parameters.get(name)!;
  const dims = damagedDims(record.dims, pick);
  const dataType = pick(3) === 0 ? ELEMENT_TYPES[pick(ELEMENT_TYPES.length)]! : record.dataType;
  const size = dims.reduce((product, dim) => product * dim, 8);
  const data = new Uint8Array(size < 1 << 16 ? size : 0);
  data.set(record.data.subarray(0, data.length));
  const count = ELEMENT_SIZES[dataType]! * dims.reduce((product, dim) => product * dim, 1);
  const damaged = { dataType, dims, data: data.subarray(0, count) };
  for (const variable of program.blocks.flatMap((block) => block.vars)) {
    if (variable.name === name && variable.type?.lod_tensor?.tensor) variable.type.lod_tensor.tensor.dims = [...dims];
  }
  return { program: writeProgram(program), parameters: new Map([...parameters, [name, damaged]]) };
}

const ELEMENT_SIZES: Readonly<Record<number, number>> = { 0: 1, 1: 2, 2: 4, 3: 8, 4: 2, 5: 4, 6: 8, 20: 1, 21: 1 };
const ELEMENT_TYPES = Object.keys(ELEMENT_SIZES).map(Number);

function damagedDims(dims: readonly number[], pick: Pick): number[] {
  const at = pick(dims.length);
  switch (pick(5)) {
    case 0:
      return dims.toSpliced(at, 1);
    case 1:
      return dims.toSpliced(at, 0, 1 + pick(2));
    case 2:
      return dims.toReversed();
    default:
      return dims.length === 0 ? [0] : dims.with(at, [0, 1, 2, 3, 5, 8, 9, dims[at]! + 1][pick(8)]!);
  }
}

function placesOf(program: Program): Place[] {
  const places: Place[] = [];
  const walk = (container: Container, field: string) => {
    for (const key of Object.keys(container)) {
      const value = container[key];
      if (key.startsWith('$') || value === undefined) continue;
      const name = Array.isArray(container) ? field : key;
      places.push({ container, key: Array.isArray(container) ? Number(key) : key });
      if (typeof value === 'object' && value !== null && !isLong(value) && !(value instanceof Uint8Array)) {
        walk(value as Container, name);
      }
    }
  };
  walk(program as unknown as Container, '');
  return places;
}

function isLong(value: object): boolean {
  return 'low' in value && 'high' in value;
}

function changed(value: unknown, key: string, container: Container, places: readonly Place[], pick: Pick): unknown {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') {
    const real = FIELDS_OF_REALS.test(key) || !Number.isInteger(value);
    const list = real ? [...REALS, value * 2] : [...NUMBERS, value + 1, value - 1, -value, value * 2];
    return list[pick(list.length)];
  }
  if (typeof value === 'string' || value instanceof Uint8Array) {
    const others = places
      .map((place) => place.container[place.key])
      .filter((other) => (typeof value === 'string' ? typeof other === 'string' : other instanceof Uint8Array));
    return others[pick(others.length)] ?? value;
  }
  if (Array.isArray(value)) return changedList(value, pick);
  if (typeof value === 'object' && value !== null && isLong(value)) return LONGS[pick(LONGS.length)];
  // A message as a whole is replaced by another one of the same kind, or stays.
  const others = Array.isArray(container) ? container : [value];
  return others[pick(others.length)];
}

function changedList(list: readonly unknown[], pick: Pick): unknown[] {
  if (list.length === 0) return [];
  const at = pick(list.length);
  const other = list[pick(list.length)];
  switch (pick(4)) {
    case 0:
      return list.toSpliced(at, 1);
    case 1:
      return list.toSpliced(at, 0, other);
    case 2:
      return list.with(at, other);
    default:
      return pick(4) === 0 ? [] : list.toReversed();
  }
}
