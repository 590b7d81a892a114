/** A model passes through the quantiser in pieces: what it takes of memory does not grow with the model. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { elementCount } from '../../../src/ir/tensor.js';
import { BIG_BLOCK, BIG_SHAPES, peakMemory, writeBigModel } from '../../support/big-model.js';
import { GOLDEN } from '../../support/models.js';

t.test('200 MB take no more memory than 100 kB do', async (t) => {
  const folder = t.testdir({ small: {}, big: {} });
  const size = writeBigModel(folder);
  t.ok(size > 200e6, `${size} bytes`);
  const small = await peakMemory(['quantize', join(GOLDEN, 'fashion-mobilenet-2.6'), '-o', join(folder, 'small')]);
  const big = await peakMemory(['quantize', folder, '-o', join(folder, 'big')]);
  t.comment(`peaks: ${(small / 1e6).toFixed(0)} MB and ${(big / 1e6).toFixed(0)} MB`);
  t.ok(big < small + 24e6, 'one buffer of each kind');

  // A column of the matrix holds one value, over and over.
  const written = join(folder, 'big/quantized_model/model.pdiparams');
  const elements = Object.values(BIG_SHAPES).reduce((sum, dims) => sum + elementCount(dims), 0);
  t.equal(statSync(written).size, size - 3 * elements);
  const tail = new Int8Array(BIG_BLOCK.length);
  const file = openSync(written, 'r');
  readSync(file, tail, 0, tail.length, statSync(written).size - tail.length);
  closeSync(file);
  const expected = BIG_BLOCK.map((value) => 127 * Math.sign(value));
  t.strictSame([...tail], [...expected]);
});
