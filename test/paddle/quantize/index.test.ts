import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../../src/base/package-root.js';
import {
  type QuantPostDynamicOptions,
  quantPostDynamic,
  readProgram,
  writeProgram,
} from '../../../src/paddle/index.js';
import { GOLDEN } from '../../support/models.js';

const folder = join(packageRoot, 'test/golden/quantization');
const mobilenet = join(GOLDEN, 'fashion-mobilenet-2.6');
const lenet = join(GOLDEN, 'fashion-lenet-1.8/combined');
const lenetInFiles = join(GOLDEN, 'fashion-lenet-1.8/separate');

const filesIn = (...path: string[]) => readdirSync(join(...path)).sort();

t.test('defaults are PaddleSlim’s: conv2d and mul, 8 bits, one scale per channel, no test model', async (t) => {
  const save_model_dir = t.testdir();
  const { report, warnings, quantizedModel, testModel } = await quantPostDynamic({
    model_dir: mobilenet,
    save_model_dir,
  });
  t.strictSame(filesIn(save_model_dir), ['quantized_model']);
  t.equal(quantizedModel, join(save_model_dir, 'quantized_model/model.pdmodel'));
  t.equal(testModel, undefined);
  t.strictSame(warnings, [
    'the weights of 5 depthwise_conv2d stay fp32 (add it to quantizable_op_type)',
    'the weights of 1 matmul_v2 stay fp32 (PaddleSlim does not quantise it)',
  ]);
  const before = report.reduce((sum, weight) => sum + weight.bytesBefore, 0);
  const after = report.reduce((sum, weight) => sum + weight.bytesAfter, 0);
  t.ok(after < 0.29 * before, `${before} → ${after} bytes`);
  for (const { name, maxError, rmsError, minScale, maxScale } of report) {
    t.ok(maxError <= maxScale * 0.5001 && rmsError < maxError && minScale > 0 && minScale <= maxScale, name);
  }
});

t.test('only the quantisation attributes of the program change', async (t) => {
  const { quantizedModel } = await quantPostDynamic({ model_dir: mobilenet, save_model_dir: t.testdir() });
  const program = readProgram(readFileSync(quantizedModel));
  for (const op of program.blocks.flatMap((block) => block.ops)) {
    if (!op.attrs.some(({ name }) => name.endsWith('_quant_scale'))) continue;
    op.attrs = op.attrs.filter(
      ({ name }) => !/(_quant_scale|^quantization_type|^quantize_weight_bits|^with_quant_attr)$/.test(name),
    );
  }
  t.ok(Buffer.from(writeProgram(program)).equals(readFileSync(join(mobilenet, 'inference.pdmodel'))));
});

t.test('file names follow the generation of the input', async (t) => {
  const cases: [string, Partial<QuantPostDynamicOptions>, string[]][] = [
    [mobilenet, {}, ['model.pdiparams', 'model.pdmodel']],
    [mobilenet, { save_model_filename: '__model__' }, ['__model__.pdiparams', '__model__.pdmodel']],
    [mobilenet, { save_model_filename: 'a.b.pdmodel', save_params_filename: 'y' }, ['a.b.pdiparams', 'a.b.pdmodel']],
    [mobilenet, { layout: 'fluid', save_model_filename: 'd/m.x', save_params_filename: 'p.y' }, ['m.x', 'p.y']],
    [lenet, { save_params_filename: '__params__' }, ['__model__', '__params__']],
    [lenet, { layout: 'static' }, ['model.pdiparams', 'model.pdmodel']],
    [lenet, {}, filesIn(lenetInFiles)],
  ];
  for (const [model_dir, names, expected] of cases) {
    const save_model_dir = t.testdir();
    const { warnings } = await quantPostDynamic({ model_dir, save_model_dir, generate_test_model: true, ...names });
    t.strictSame(filesIn(save_model_dir, 'quantized_model'), expected);
    t.strictSame(filesIn(save_model_dir, 'test_model'), expected);
    t.equal(
      warnings.some((warning) => warning.includes("'y' is ignored")),
      names.save_params_filename === 'y',
    );
  }
});

t.test('separate parameters in, the same integers out', async (t) => {
  const [separate, combined] = [t.testdir({ out: {} }), t.testdir({ combined: {} })];
  await quantPostDynamic({ model_dir: lenetInFiles, save_model_dir: separate });
  await quantPostDynamic({ model_dir: lenet, save_model_dir: combined });
  for (const name of filesIn(separate, 'quantized_model')) {
    const [a, b] = [separate, combined].map((dir) => readFileSync(join(dir!, 'quantized_model', name)));
    t.ok(a!.equals(b!), name);
  }
});

t.test('what upstream does in silence is a warning', async (t) => {
  const warningsOf = async (name: string, weight_bits: 8 | 16 = 8) => {
    const { warnings } = await quantPostDynamic({
      model_dir: join(folder, 'corner-cases', name),
      save_model_dir: t.testdir(),
      weight_bits,
    });
    return warnings.join('\n');
  };
  t.match(await warningsOf('shared-conv'), /'w' of conv2d are quantised for another op already: this use gets scale 1/);
  t.match(await warningsOf('conv-bias-input'), /Bias 'b' of conv2d is quantised as if it were weights/);
  t.match(await warningsOf('shared-mul-matmul'), /also reads the weights '\w+', which are integers now/);
  t.match(await warningsOf('not-covered'), /the weights of 1 conv2d_transpose stay fp32/);
});

t.test('a model that is quantised already is refused', async (t) => {
  const save_model_dir = t.testdir();
  const { quantizedModel, testModel } = await quantPostDynamic({
    model_dir: lenet,
    save_model_dir,
    generate_test_model: true,
  });
  const again = (model_dir: string) => quantPostDynamic({ model_dir, save_model_dir: join(save_model_dir, 'again') });
  await t.rejects(again(quantizedModel), { code: 'E_WEIGHTS', message: /of conv2d are quantised already/ });
  await t.rejects(again(testModel!), { code: 'E_WEIGHTS', message: /are a quantiser's test model/ });
  await t.rejects(again(join(folder, 'numpy2-int-scales')), {
    code: 'E_WEIGHTS',
    message: "the weights 'conv2d_0.w_0' are quantised already, and their scales are lost",
    hint: /NumPy 2/,
  });
  t.notOk(existsSync(join(save_model_dir, 'again')), 'nothing is written');
});

t.test('options upstream refuses are refused before anything is read', async (t) => {
  const run = (options: object) => quantPostDynamic({ model_dir: 'nowhere', save_model_dir: 'nowhere', ...options });
  await t.rejects(run({ quantizable_op_type: ['conv2d', 'matmul'] }), {
    code: 'E_USAGE',
    message: 'matmul is not supported for weight quantization',
    hint: /conv2d, depthwise_conv2d, mul/,
  });
  await t.rejects(run({ weight_bits: 4 }), { code: 'E_USAGE', message: 'weight_bits should be 8 or 16, not 4' });
  await t.rejects(run({ weight_quantize_type: 'kl' }), { code: 'E_USAGE' });
  await t.rejects(run({ threshold_rate: -1 }), { code: 'E_USAGE', message: 'threshold_rate is -1' });
  await t.rejects(run({}), { code: 'E_MODEL_NOT_FOUND' });
});

t.test('an existing model is replaced by a whole one, or stays', async (t) => {
  const dir = t.testdir({ source: {}, out: { quantized_model: { 'model.pdmodel': 'old' } } });
  cpSync(join(mobilenet, 'inference.pdmodel'), join(dir, 'source/inference.pdmodel'));
  const out = join(dir, 'out');
  const parameters = readFileSync(join(mobilenet, 'inference.pdiparams'));
  writeFileSync(join(dir, 'source/inference.pdiparams'), parameters.subarray(0, parameters.length / 2));
  await t.rejects(quantPostDynamic({ model_dir: join(dir, 'source'), save_model_dir: out }), { code: 'E_MODEL' });
  t.equal(readFileSync(join(out, 'quantized_model/model.pdmodel'), 'utf8'), 'old');
  t.strictSame(filesIn(out, 'quantized_model'), ['model.pdmodel']);

  await quantPostDynamic({ model_dir: mobilenet, save_model_dir: out });
  t.strictSame(filesIn(out, 'quantized_model'), ['model.pdiparams', 'model.pdmodel']);
  t.ok(readProgram(readFileSync(join(out, 'quantized_model/model.pdmodel'))));
});

t.test('a folder that cannot be written is an error that says so', async (t) => {
  const dir = t.testdir({ taken: 'a file' });
  await t.rejects(quantPostDynamic({ model_dir: lenet, save_model_dir: join(dir, 'taken') }), {
    code: 'E_OUTPUT',
    message: /^cannot write .*quantized_model/,
  });
  mkdirSync(join(dir, 'out/quantized_model/model.pdmodel'), { recursive: true });
  await t.rejects(quantPostDynamic({ model_dir: mobilenet, save_model_dir: join(dir, 'out') }), { code: 'E_OUTPUT' });
  t.notOk(
    filesIn(dir, 'out/quantized_model').some((name) => name.endsWith('.part')),
    'no temporary file stays',
  );
});

t.test('interrupted, nothing is left', async (t) => {
  const dir = t.testdir();
  const abort = new AbortController();
  let events = 0;
  const onProgress = () => {
    if (++events === 5) abort.abort();
  };
  const save_model_dir = join(dir, 'out');
  const running = quantPostDynamic({ model_dir: mobilenet, save_model_dir, signal: abort.signal, onProgress });
  await t.rejects(running, { code: 'E_INTERRUPTED' });
  t.notOk(existsSync(save_model_dir));
});

t.test('what cannot be written leaves no folder behind', async (t) => {
  const dir = t.testdir({ out: { quantized_model: { 'model.pdmodel.part': 'mine' } } });
  const save_model_dir = join(dir, 'out');
  mkdirSync(join(save_model_dir, `test_model`));
  mkdirSync(join(save_model_dir, `test_model/model.pdmodel.${process.pid}.part`));
  const running = quantPostDynamic({ model_dir: mobilenet, save_model_dir, generate_test_model: true });
  await t.rejects(running, { code: 'E_OUTPUT', message: /cannot write .*test_model/ });
  t.strictSame(
    filesIn(save_model_dir, 'quantized_model'),
    ['model.pdmodel.part'],
    'the first model waits for the second',
  );
});
