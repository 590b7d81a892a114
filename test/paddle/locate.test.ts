import { join, relative } from 'node:path';
import t from 'tap';
import { locateModel, type ModelSource } from '../../src/paddle/index.js';
import { refuses } from '../support/refusals.js';

const folder = t.testdir({
  static: { 'inference.pdmodel': '', 'inference.pdiparams': '', 'inference.pdiparams.info': '' },
  named: { 'net.v2.pdmodel': '', 'net.v2.pdiparams': '' },
  combined: { __model__: '', __params__: '' },
  lite: { __model__: '', params: '' },
  mixed: { __model__: '', 'model.pdiparams': '' },
  separate: { __model__: '', 'conv2d_0.w_0': '', 'conv2d_0.b_0': '' },
  own: { 'net.bin': '', 'weights.bin': '', 'other.bin': '' },
  several: { 'a.pdmodel': '', 'b.pdmodel': '', 'inference.pdmodel': '', 'inference.pdiparams': '' },
  generations: { __model__: '', 'inference.pdmodel': '' },
  pir: { 'inference.json': '{}', 'inference.pdiparams': '' },
  'pir-separate': { '__model__.json': '{}', w: '' },
  both: { 'inference.json': '{}', 'inference.pdmodel': '', 'inference.pdiparams': '' },
  settings: { 'package.json': '{}', 'notes.txt': '' },
  empty: {},
  others: { 'model.pdparams': '', 'model.nb': '', 'model.onnx': '', 'model.pdopt': '' },
});

/** The source with paths relative to the test's folder. */
function described({ name, program, parameters }: ModelSource): string[] {
  const where = parameters.kind === 'combined' ? parameters.file : `${parameters.folder}/*`;
  return [name, relative(folder, program), relative(folder, where)];
}

const located = async (path: string, modelFile?: string, paramsFile?: string) =>
  described(await locateModel(join(folder, path), { modelFile, paramsFile }));

t.test('a folder, a prefix and a file name the same model', async (t) => {
  const inference = ['static', 'static/inference.pdmodel', 'static/inference.pdiparams'];
  for (const path of ['static', 'static/', 'static/inference', 'static/inference.pdmodel']) {
    t.strictSame(await located(path), inference, path);
  }
  const named = ['net.v2', 'named/net.v2.pdmodel', 'named/net.v2.pdiparams'];
  for (const path of ['named', 'named/net.v2', 'named/net.v2.pdmodel']) t.strictSame(await located(path), named, path);
});

t.test('__model__ has its parameters in one file of a usual name, or in one each', async (t) => {
  t.strictSame(await located('combined'), ['combined', 'combined/__model__', 'combined/__params__']);
  t.strictSame(await located('combined/__model__'), ['combined', 'combined/__model__', 'combined/__params__']);
  t.strictSame(await located('lite'), ['lite', 'lite/__model__', 'lite/params']);
  t.strictSame(await located('mixed'), ['mixed', 'mixed/__model__', 'mixed/model.pdiparams']);
  t.strictSame(await located('separate'), ['separate', 'separate/__model__', 'separate/*']);
});

t.test('programs of Paddle 3', async (t) => {
  const pir = ['pir', 'pir/inference.json', 'pir/inference.pdiparams'];
  for (const path of ['pir', 'pir/inference', 'pir/inference.json']) t.strictSame(await located(path), pir, path);
  t.strictSame(await located('pir-separate'), ['pir-separate', 'pir-separate/__model__.json', 'pir-separate/*']);
  t.strictSame(await located('both'), ['both', 'both/inference.pdmodel', 'both/inference.pdiparams'], 'of one model');
});

t.test('explicit files, with their ending or without', async (t) => {
  t.strictSame(await located('own', 'net.bin', 'weights.bin'), ['net.bin', 'own/net.bin', 'own/weights.bin']);
  t.strictSame(await located('own', 'net.bin'), ['net.bin', 'own/net.bin', 'own/*']);
  t.strictSame(await located('own/net.bin', undefined, 'weights.bin'), ['net.bin', 'own/net.bin', 'own/weights.bin']);
  t.strictSame(await located('own/net.bin', 'net.bin', 'other.bin'), ['net.bin', 'own/net.bin', 'own/other.bin']);
  t.strictSame(await located('several', 'b', 'inference'), ['b', 'several/b.pdmodel', 'several/inference.pdiparams']);
  t.strictSame(await located('several', 'a.pdmodel'), ['a', 'several/a.pdmodel', 'several/a.pdiparams']);
  t.strictSame(
    await located('combined', undefined, '__params__'),
    await located('combined'),
    'the only program is meant',
  );
});

t.test('several models in one folder are listed, none is guessed', async (t) => {
  const several = await refuses(
    t,
    () => located('several'),
    'E_MODEL_NOT_FOUND',
    'holds 3 programs: a.pdmodel, b.pdmodel, inference.pdmodel',
  );
  t.match(several.hint, /--model-file a\.pdmodel/);
  await refuses(t, () => located('generations'), 'E_MODEL_NOT_FOUND', '2 programs: __model__, inference.pdmodel');
});

t.test('nothing there', async (t) => {
  await refuses(t, () => located('nowhere'), 'E_MODEL_NOT_FOUND', /no model at .*nowhere: neither a folder, nor/);
  await refuses(t, () => located('nowhere/at/all'), 'E_MODEL_NOT_FOUND', 'nowhere/at/all');
  await refuses(t, () => located('nowhere', 'a.pdmodel'), 'E_MODEL_NOT_FOUND', /the folder .*nowhere does not exist/);
  await refuses(t, () => located('empty'), 'E_MODEL_NOT_FOUND', /empty is empty/);
  await refuses(
    t,
    () => located('settings'),
    'E_MODEL_NOT_FOUND',
    'no Paddle program (found: notes.txt, package.json)',
  );
  const misspelt = await refuses(t, () => located('static/inferense'), 'E_MODEL_NOT_FOUND');
  t.match(misspelt.hint, /Did you mean inference\.pdmodel\?/);
});

t.test('a wrong --model-file or --params-file: the nearest match, and what is there', async (t) => {
  const model = await refuses(t, () => located('several', 'inferrence'), 'E_MODEL_NOT_FOUND', 'no file inferrence in');
  t.match(model.hint, /Did you mean inference\.pdmodel\?.*--model-file.*a\.pdmodel, b\.pdmodel/);
  const params = await refuses(t, () => located('combined', undefined, '__param__'), 'E_MODEL_NOT_FOUND', '__param__');
  t.match(params.hint, /Did you mean __params__\?.*--params-file/);
  const far = await refuses(t, () => located('own', 'net.bin', 'something-else'), 'E_MODEL_NOT_FOUND');
  t.notMatch(far.hint, /Did you mean/);
  t.match(far.hint, /net\.bin, other\.bin, weights\.bin/);
  await refuses(t, () => located('own/net.bin', 'other.bin'), 'E_USAGE', /name two programs/);
});

t.test('files that are something else say what they are', async (t) => {
  const other = async (path: string, message: RegExp, hint: RegExp) => {
    const error = await refuses(t, () => located(path), 'E_MODEL', message);
    t.match(error.hint, hint);
  };
  await other('static/inference.pdiparams', /parameters without their program/, /\.pdmodel/);
  await other('others/model.pdparams', /state of training/, /paddle\.jit\.save/);
  await other('others/model.pdopt', /state of training/, /paddle\.jit\.save/);
  await other('others/model.nb', /Paddle-Lite/, /it was made from/);
  await other('others/model.onnx', /ONNX/, /it was made from/);
});
