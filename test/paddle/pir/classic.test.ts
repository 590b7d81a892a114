/** Programs of Paddle 3 in the form that Paddle 2 loads; the model that Paddle 2.6 saved of the same network is the measure. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { importProgram, readProgram, splitParameters, writeProgram } from '../../../src/paddle/index.js';
import { classicProgram } from '../../../src/paddle/pir/classic.js';
import { GOLDEN } from '../../support/models.js';
import { outputsOf } from '../../support/quantised.js';

const folder = join(GOLDEN, 'fashion-mobilenet-pir-3.3');
const json = readFileSync(join(folder, 'inference.json'));
const twin = readProgram(readFileSync(join(GOLDEN, 'fashion-mobilenet-2.6/inference.pdmodel')));
const classic = () => classicProgram(json, 'inference.json');

t.test('slots and attribute types are those of Paddle 2.6', async (t) => {
  let attributes = 0;
  const theirs = twin.blocks[0]!.ops;
  for (const op of classic().blocks[0]!.ops) {
    const same = theirs.find(({ type }) => type === op.type);
    t.ok(same, op.type);
    for (const side of ['inputs', 'outputs'] as const) {
      const known = same![side].map(({ parameter }) => parameter);
      t.ok(
        op[side].every(({ parameter }) => known.includes(parameter)),
        `${side} of ${op.type}`,
      );
    }
    for (const { name, type } of op.attrs) {
      const attribute = same!.attrs.find((one) => one.name === name);
      t.equal(type, attribute?.type, `${op.type}.${name}`);
      attributes++;
    }
  }
  t.ok(attributes > 100, `${attributes} attributes`);
});

t.test('it survives being written, and computes the same', async (t) => {
  const written = readProgram(writeProgram(classic()));
  const parameters = splitParameters(written, readFileSync(join(folder, 'inference.pdiparams')));
  const [actual] = outputsOf(importProgram('classic', written, parameters));
  const [expected] = outputsOf(importProgram('pir', readProgram(json), parameters));
  t.strictSame(actual, expected);
});

t.test('what has no classic form is refused', async (t) => {
  const unknown = json.toString().replace('"1.relu6"', '"1.fft_c2c"');
  t.throws(() => classicProgram(Buffer.from(unknown), 'm.json'), {
    code: 'E_OP',
    message: /^m\.json is a program of Paddle 3 \(PIR\), and has the operations fft_c2c: there is no classic form/,
    hint: /FLAGS_enable_pir_api=0/,
  });
});
