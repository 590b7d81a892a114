import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { importModel, readModel } from '../../src/onnx/index.js';
import { verifyGraph } from '../../src/ops/verify.js';
import { refusesAtOnce } from '../support/damage.js';
import { lcg } from '../support/lcg.js';

const folder = join(packageRoot, 'test', 'golden', 'onnx');
const { cases } = JSON.parse(gunzipSync(readFileSync(join(folder, 'ops.json.gz'))).toString()) as {
  cases: { model: string }[];
};
const networks = ['mnist-8.onnx', 'ppocrv3-cls.onnx'].map((name) => readFileSync(join(folder, name)));
const small = cases.map(({ model }) => Buffer.from(model, 'base64'));

t.test('cut files and 1,500 damaged ones: an error of ours or a sound graph, at once', (t) => {
  const next = lcg(5);
  const random = (below: number) => Math.floor(((next() + 1) / 2) * below);
  const refuses = (bytes: Uint8Array) => refusesAtOnce(t, () => verifyGraph(importModel('damaged', readModel(bytes))));
  for (const file of networks) {
    for (let part = 0; part < 16; part++) {
      t.ok(refuses(file.subarray(0, Math.floor((file.length * part) / 16))), `cut at ${part}/16`);
    }
  }
  let refused = 0;
  for (let i = 0; i < 1500; i++) {
    // A byte of a network is most often a weight, and any is one: models of one op have more to damage.
    const damaged = Buffer.from(i % 10 === 0 ? networks[random(2)]! : small[random(small.length)]!);
    for (let n = 0; n <= random(4); n++) damaged[random(damaged.length)] = random(3) === 0 ? 0xff : random(256);
    refused += Number(refuses(damaged));
  }
  t.ok(refused > 500 && refused < 1500, `${refused} of 1500 refused`);
  t.end();
});
