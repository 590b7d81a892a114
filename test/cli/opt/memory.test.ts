/** Weights pass through opt in pieces: what it takes of memory does not grow with the model. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readNaiveBuffer } from '../../../src/naive-buffer/index.js';
import { BIG_BLOCK, peakMemory, writeBigModel } from '../../support/big-model.js';
import { GOLDEN } from '../../support/models.js';

const QUANTIZED = ['--quant_model=true', '--quant_type=QUANT_INT8'];

t.test('200 MB take no more memory than 100 kB do', async (t) => {
  const folder = t.testdir({});
  const size = writeBigModel(folder);
  t.ok(size > 200e6, `${size} bytes`);
  const small = await peakMemory([
    ...['opt', `--model_dir=${join(GOLDEN, 'fashion-mobilenet-2.6')}`, `--optimize_out=${join(folder, 'small')}`],
    ...QUANTIZED,
  ]);
  const big = await peakMemory([
    ...['opt', `--model_file=${join(folder, 'm.pdmodel')}`, `--param_file=${join(folder, 'm.pdiparams')}`],
    ...[`--optimize_out=${join(folder, 'big')}`, ...QUANTIZED],
  ]);
  t.comment(`peaks: ${(small / 1e6).toFixed(0)} MB and ${(big / 1e6).toFixed(0)} MB`);
  t.ok(big < small + 24e6, 'one buffer of each kind');

  // A column of the matrix holds one value, over and over.
  const { data } = readNaiveBuffer(readFileSync(join(folder, 'big.nb'))).parameters.get('matrix')!;
  const tail = new Int8Array(data.slice(-BIG_BLOCK.length).buffer);
  const expected = BIG_BLOCK.map((value) => 127 * Math.sign(value));
  t.strictSame([...tail], [...expected]);
});
