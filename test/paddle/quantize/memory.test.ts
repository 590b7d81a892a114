/** A model passes through the quantiser in pieces: what it takes of memory does not grow with the model. */
import { closeSync, openSync, readSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import t from 'tap';
import { elementCount } from '../../../src/ir/tensor.js';
import { VarKind, writeProgram } from '../../../src/paddle/index.js';
import { writeTensorHeader } from '../../../src/paddle/tensor-record.js';
import { MAIN } from '../../support/cli.js';
import { lcgFloats } from '../../support/lcg.js';
import { GOLDEN } from '../../support/models.js';
import { op, programOf } from '../../support/programs.js';

const REPORTS_MEMORY = 'process.on("exit", () => console.log(process.resourceUsage().maxRSS))';

/** Peak of resident memory in bytes, of the whole process. */
async function peak(model: string, output: string, flags: readonly string[] = []): Promise<number> {
  const preload = ['--import', `data:text/javascript,${encodeURIComponent(REPORTS_MEMORY)}`];
  const { stdout } = await execa(process.execPath, [...preload, MAIN, 'quantize', model, '-o', output, ...flags]);
  return Number(stdout.split('\n').at(-1)) * 1024;
}

const SHAPES = { filter: [512, 1024, 3, 3], matrix: [1024, 45056] };
/** A row of the matrix is a multiple of it, and so is a filter. */
const block = lcgFloats(2 ** 10, 5);

/** 204 MB of weights: the block again and again. */
function writeModel(folder: string): number {
  const variables = {
    x: { dims: [1, 1024, 3, 3] },
    filter: { dims: SHAPES.filter, data: [] },
    matrix: { dims: SHAPES.matrix, data: [] },
  };
  const ops = [
    op('conv2d', { Input: ['x'], Filter: ['filter'] }, { Output: ['h'] }),
    op('mul', { X: ['h'], Y: ['matrix'] }, { Out: ['y'] }),
  ];
  writeFileSync(join(folder, 'm.pdmodel'), writeProgram(programOf(variables, ops, ['y'])));
  const file = openSync(join(folder, 'm.pdiparams'), 'w');
  const bytes = new Uint8Array(Float32Array.from({ length: 2 ** 18 }, (_, i) => block[i % block.length]!).buffer);
  for (const dims of [SHAPES.filter, SHAPES.matrix]) {
    writeSync(file, writeTensorHeader({ dataType: VarKind.FP32, dims }));
    for (let left = 4 * elementCount(dims); left > 0; left -= bytes.length) writeSync(file, bytes.subarray(0, left));
  }
  closeSync(file);
  return statSync(join(folder, 'm.pdiparams')).size;
}

t.test('200 MB take no more memory than 100 kB do', async (t) => {
  const folder = t.testdir({ small: {}, big: {} });
  const size = writeModel(folder);
  t.ok(size > 200e6, `${size} bytes`);
  const small = await peak(join(GOLDEN, 'fashion-mobilenet-2.6'), join(folder, 'small'));
  const big = await peak(folder, join(folder, 'big'));
  t.comment(`peaks: ${(small / 1e6).toFixed(0)} MB and ${(big / 1e6).toFixed(0)} MB`);
  t.ok(big < small + 24e6, 'one buffer of each kind');

  // A column of the matrix holds one value, over and over.
  const written = join(folder, 'big/quantized_model/model.pdiparams');
  const elements = Object.values(SHAPES).reduce((sum, dims) => sum + elementCount(dims), 0);
  t.equal(statSync(written).size, size - 3 * elements);
  const tail = new Int8Array(block.length);
  const file = openSync(written, 'r');
  readSync(file, tail, 0, tail.length, statSync(written).size - tail.length);
  closeSync(file);
  const expected = block.map((value) => 127 * Math.sign(value));
  t.strictSame([...tail], [...expected]);
});
