/** A model of 204 MB, and what a command takes of memory. */
import { closeSync, openSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { elementCount } from '../../src/ir/tensor.js';
import { VarKind, writeProgram } from '../../src/paddle/index.js';
import { writeTensorHeader } from '../../src/paddle/tensor-record.js';
import { MAIN } from './cli.js';
import { lcgFloats } from './lcg.js';
import { int, ints, op, programOf } from './programs.js';

const REPORTS_MEMORY = 'process.on("exit", () => console.log(process.resourceUsage().maxRSS))';

/** Peak of resident memory in bytes, of the whole process. */
export async function peakMemory(args: readonly string[]): Promise<number> {
  const preload = ['--import', `data:text/javascript,${encodeURIComponent(REPORTS_MEMORY)}`];
  const { stdout } = await execa(process.execPath, [...preload, MAIN, ...args]);
  return Number(stdout.split('\n').at(-1)) * 1024;
}

/** Of the weights, by name. */
export const BIG_SHAPES = { filter: [512, 1024, 3, 3], matrix: [1024, 45056] } as const;
/** The weights are this again and again. A row of the matrix is a multiple of it, and so is a filter. */
export const BIG_BLOCK = lcgFloats(2 ** 10, 5);

/** Writes `m.pdmodel` and `m.pdiparams`; returns the bytes of the second. */
export function writeBigModel(folder: string): number {
  const variables = {
    x: { dims: [1, 1024, 3, 3] },
    filter: { dims: BIG_SHAPES.filter, data: [] },
    matrix: { dims: BIG_SHAPES.matrix, data: [] },
  };
  const conv = { strides: ints(1, 1), paddings: ints(0, 0), dilations: ints(1, 1), groups: int(1) };
  const mul = { x_num_col_dims: int(1), y_num_col_dims: int(1) };
  const ops = [
    op('conv2d', { Input: ['x'], Filter: ['filter'] }, { Output: ['h'] }, conv),
    op('mul', { X: ['h'], Y: ['matrix'] }, { Out: ['y'] }, mul),
  ];
  const program = programOf(variables, ops, ['y'], { h: [1, 512, 1, 1], y: [1, 45056] });
  writeFileSync(join(folder, 'm.pdmodel'), writeProgram(program));
  const file = openSync(join(folder, 'm.pdiparams'), 'w');
  const bytes = new Uint8Array(
    Float32Array.from({ length: 2 ** 18 }, (_, i) => BIG_BLOCK[i % BIG_BLOCK.length]!).buffer,
  );
  for (const dims of Object.values(BIG_SHAPES)) {
    writeSync(file, writeTensorHeader({ dataType: VarKind.FP32, dims }));
    for (let left = 4 * elementCount(dims); left > 0; left -= bytes.length) writeSync(file, bytes.subarray(0, left));
  }
  closeSync(file);
  return statSync(join(folder, 'm.pdiparams')).size;
}
