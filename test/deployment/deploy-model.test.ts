import t from 'tap';
import { deployModel } from '../../src/deployment/deploy-model.js';
import { PRESETS } from '../../src/deployment/execute.js';
import { compareOutputs, judgedBy } from '../../src/deployment/reference.js';
import { loadModel, loadTargets } from '../../src/index.js';
import { Maker } from '../support/maker.js';
import { goldenCases } from '../support/models.js';

/** The first build for an architecture compiles its C library as well. */
t.setTimeout(10 * 60 * 1000);

const names = ['fashion-mobilenet-2.6/fp32', 'fashion-resnet8-2.6/fp32', 'fashion-lenet-1.8/combined'];

for (const name of names) {
  t.test(`${name} in int8 computes what its reference says, and the record says what that costs`, async (t) => {
    const golden = goldenCases().find((one) => one.name === name)!;
    const graph = await loadModel(golden.path, { inputShapes: new Map([[golden.input, golden.shape]]) });
    const inputs = new Map([
      [golden.input, { type: { dtype: 'f32' as const, shape: golden.shape }, data: golden.inputData() }],
    ]);
    for (const target of ['host', 'qemu-armv7', 'qemu-armv8']) {
      const options = { precision: 'int8', timing: PRESETS.once, inputs, modelBytes: 1 } as const;
      const { record, execution } = await deployModel(graph, loadTargets().get(target)!, options);
      t.ok(execution.compiled.integerNodes.size >= 3, 'layers compute in integers');
      const [agreement, loss] = [record.agreement[0]!, record.loss![0]!];
      t.ok(
        agreement.agrees && agreement.rms <= 0.01,
        `${target}: ${agreement.rms.toExponential(1)} from its reference`,
      );
      t.ok(loss.rms > agreement.rms && loss.rms < 0.1, `${target}: ${loss.rms.toExponential(1)} from fp32`);
    }
  });
}

t.test('outputs that are not a number never agree', (t) => {
  const tensor = (...values: number[]) =>
    new Map([['y', { type: { dtype: 'f32' as const, shape: [values.length] }, data: Float32Array.from(values) }]]);
  for (const precision of ['fp32', 'int8'] as const) {
    const agrees = (actual: number[]) =>
      compareOutputs(tensor(...actual), tensor(1, 2, 3), precision, 'host')[0]!.agrees;
    t.equal(agrees([1, 2, 3]), true);
    t.equal(agrees([1, Number.NaN, 3]), false);
    t.equal(agrees([1, 2, 5]), false);
  }
  t.end();
});

t.test('what a model itself quantises is judged as int8 at every precision', async (t) => {
  const make = new Maker('judged');
  const x = make.x(1, 4);
  t.equal(judgedBy('fp32', make.finish([x])), 'fp32');
  t.equal(judgedBy('fp32', make.finish([make.op('quantize', [x], { scale: 1 })])), 'int8');
});
