import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { packageRoot } from '../../src/base/package-root.js';
import type { Graph } from '../../src/ir/graph.js';
import { allocate, byteLength, type DType, elementCount, type Tensor } from '../../src/ir/tensor.js';
import { importProgram, readProgram, splitParameters } from '../../src/paddle/index.js';
import { lcgFloats } from './lcg.js';

/** A small program, and what Paddle itself made of it. Written by `test/golden/ops/make_ops.py`. */
export interface OpCase {
  /** `2.6/conv: conv2d 3x3` */
  readonly name: string;
  readonly program: Uint8Array;
  readonly parameters: Uint8Array;
  readonly inputs: ReadonlyMap<string, Tensor>;
  /** In the order of the program's outputs. */
  readonly outputs: readonly Tensor[];
}

/** How a case stands in the first line of its file; the lengths are in bytes. */
interface Described {
  readonly name: string;
  readonly program: number;
  readonly parameters: number;
  readonly inputs: readonly { name: string; dtype: string; shape: number[]; low: number; high: number }[];
  readonly outputs: readonly { dtype: string; shape: number[] }[];
}

const FOLDER = join(packageRoot, 'test', 'golden', 'ops');

const DTYPES: Readonly<Record<string, DType>> = {
  float32: 'f32',
  float64: 'f64',
  int8: 'i8',
  uint8: 'u8',
  int16: 'i16',
  int32: 'i32',
  int64: 'i64',
  bool: 'bool',
};

/** Every case of the golden files, by version and family. */
export function opCases(): OpCase[] {
  return ['1.8', '2.6'].flatMap((version) =>
    readdirSync(join(FOLDER, version))
      .toSorted()
      .flatMap((file) => casesOf(join(FOLDER, version, file), `${version}/${file.replace('.gz', '')}`)),
  );
}

function casesOf(path: string, prefix: string): OpCase[] {
  const bytes = gunzipSync(readFileSync(path));
  let position = bytes.indexOf('\n') + 1;
  const take = (length: number) => {
    position += length;
    return bytes.subarray(position - length, position);
  };
  const described = JSON.parse(bytes.toString('utf8', 0, position)) as Described[];
  return described.map((one) => ({
    name: `${prefix}: ${one.name}`,
    program: take(one.program),
    parameters: take(one.parameters),
    inputs: new Map(one.inputs.map((input, i) => [input.name, inputOf(input, i + 1)])),
    outputs: one.outputs.map(({ dtype, shape }) => {
      const type = { dtype: DTYPES[dtype]!, shape };
      const data = allocate(type);
      new Uint8Array(data.buffer).set(take(byteLength(type)));
      return { type, data };
    }),
  }));
}

/** Seeded values from `low` up to `high`; integers are rounded down. */
function inputOf({ dtype, shape, low, high }: Described['inputs'][number], seed: number): Tensor {
  const type = { dtype: DTYPES[dtype]!, shape };
  const data = allocate(type);
  const real = type.dtype === 'f32' || type.dtype === 'f64';
  lcgFloats(elementCount(shape), seed).forEach((unit, i) => {
    const value = low + ((unit + 1) / 2) * (high - low);
    if (data instanceof BigInt64Array) data[i] = BigInt(Math.floor(value));
    else if (type.dtype === 'bool') data[i] = Number(Math.floor(value) !== 0);
    else data[i] = real ? value : Math.floor(value);
  });
  return { type, data };
}

/** The case through the importer, for the shapes of its inputs. */
export function importCase(one: OpCase): Graph {
  const program = readProgram(one.program);
  const inputShapes = new Map([...one.inputs].map(([name, { type }]) => [name, type.shape]));
  return importProgram(one.name, program, splitParameters(program, one.parameters), { inputShapes });
}

/**
 * '' when the value is Paddle's: the same shape and element type, equal integers, floats within `tolerance` times the largest
 * magnitude. Otherwise what differs. The compiler computes 64-bit floats in 32 bits.
 */
export function differenceFrom(expected: Tensor, got: Tensor, tolerance: number): string {
  const [a, b] = [describe(got), describe(expected)];
  if (a !== b) return `${a}, expected ${b}`;
  const [values, wanted] = [Array.from(got.data, Number), Array.from(expected.data, Number)];
  const real = /^f/.test(expected.type.dtype);
  const bound = real ? tolerance * Math.max(...wanted.map(Math.abs)) : 0;
  const wrong = wanted.findIndex((value, i) => !(Math.abs(values[i]! - value) <= bound));
  return wrong < 0 ? '' : `[${wrong}]: ${values[wrong]}, expected ${wanted[wrong]}`;
}

function describe({ type: { dtype, shape } }: Tensor): string {
  return `${dtype === 'f64' ? 'f32' : dtype}[${shape}]`;
}
