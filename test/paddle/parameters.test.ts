import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { loadModel } from '../../src/load.js';
import {
  importProgram,
  joinParameters,
  locateModel,
  parameterNames,
  quantPostDynamic,
  splitParameters,
  VarKind,
  writeProgram,
} from '../../src/paddle/index.js';
import { readModel } from '../../src/paddle/read.js';
import { GOLDEN } from '../support/models.js';
import { op, programOf, recordOf } from '../support/programs.js';
import { refuses } from '../support/refusals.js';

const LENET = join(GOLDEN, 'fashion-lenet-1.8');
const MOBILENET = join(GOLDEN, 'fashion-mobilenet-2.6');

/** A copy of a golden model that may be damaged. */
function copyOf(t: Test, model: string): string {
  const folder = t.testdir();
  for (const file of readdirSync(model, { withFileTypes: true }).filter((entry) => entry.isFile())) {
    cpSync(join(model, file.name), join(folder, file.name));
  }
  return folder;
}

const load = (folder: string) => loadModel(folder);

t.test('parameters are views into the file as it was read', async (t) => {
  const combined = await readModel(await locateModel(join(LENET, 'combined')));
  const buffers = new Set([...combined.parameters.values()].map(({ data }) => data.buffer));
  t.equal(buffers.size, 1, 'all of a combined file');
  const [file] = buffers;
  t.equal(file!.byteLength, readFileSync(join(LENET, 'combined/__params__')).length, 'which is held once, as it is');

  const separate = await readModel(await locateModel(join(LENET, 'separate')));
  for (const [name, { data }] of separate.parameters) {
    t.equal(data.buffer.byteLength, readFileSync(join(LENET, 'separate', name)).length, name);
    t.ok(Buffer.from(data).equals(Buffer.from(combined.parameters.get(name)!.data)), `${name}: the same numbers`);
  }
});

t.test('constants of the graph are copies only where elements do not lie on a multiple of their size', async (t) => {
  const located = await locateModel(join(MOBILENET, 'quantized/int8-channel'));
  const { program, parameters } = await readModel(located);
  const graph = importProgram('mobilenet', program, parameters);
  const kinds = { views: 0, copies: 0, integers: 0 };
  for (const [name, { data, type }] of graph.constants) {
    const record = parameters.get(name);
    if (record === undefined) continue;
    const isView = data.buffer === record.data.buffer;
    t.equal(isView, record.data.byteOffset % data.BYTES_PER_ELEMENT === 0, `${name} ${type.dtype}`);
    kinds[isView ? 'views' : 'copies']++;
    if (type.dtype === 'i8') kinds.integers++;
  }
  t.ok(kinds.integers > 5 && kinds.views >= kinds.integers && kinds.copies > 0, JSON.stringify(kinds));
});

t.test('a combined file cut at every sixteenth, and just before its end', async (t) => {
  for (const [model, file] of [
    [join(LENET, 'combined'), '__params__'],
    [MOBILENET, 'inference.pdiparams'],
  ] as const) {
    const folder = copyOf(t, model);
    const whole = readFileSync(join(folder, file));
    const lengths = [...Array.from({ length: 16 }, (_, i) => Math.floor((i * whole.length) / 16)), whole.length - 1];
    for (const length of lengths) {
      writeFileSync(join(folder, file), whole.subarray(0, length));
      await refuses(
        t,
        () => load(folder),
        'E_MODEL',
        join(folder, file),
        /ends inside the parameter '.+': its .+ needs \d+ bytes at byte \d+, the file has \d+$/,
      );
    }
    writeFileSync(join(folder, file), whole);
    t.ok(await load(folder), 'the whole file is right');
  }
});

t.test('bytes behind the last parameter', async (t) => {
  const folder = copyOf(t, MOBILENET);
  const file = join(folder, 'inference.pdiparams');
  const whole = readFileSync(file);
  for (const more of [1, 16, whole.length]) {
    writeFileSync(file, Buffer.concat([whole, whole.subarray(0, more)]));
    const message = `they end at byte ${whole.length}, and ${more} bytes remain`;
    const error = await refuses(t, () => load(folder), 'E_MODEL', `${file} is longer than the program's`, message);
    t.match(error.hint, /do not belong together/);
  }
});

t.test('the parameters of another model', async (t) => {
  const folder = copyOf(t, MOBILENET);
  const file = join(folder, 'inference.pdiparams');
  cpSync(join(GOLDEN, 'fashion-resnet8-2.6/inference.pdiparams'), file);
  const error = await refuses(
    t,
    () => load(folder),
    'E_MODEL',
    `${file} holds a tensor of shape [`,
    /at byte \d+, where the program has the parameter '.+' of \[/,
  );
  t.match(error.hint, /do not belong together/);
});

t.test('one file per parameter: missing, short, long, swapped, empty', async (t) => {
  const folder = copyOf(t, join(LENET, 'separate'));
  const path = (name: string) => join(folder, name);
  const [weights, bias] = [readFileSync(path('conv2d_0.w_0')), readFileSync(path('conv2d_0.b_0'))];
  t.ok(await load(folder));

  rmSync(path('conv2d_0.w_0'));
  const missing = await refuses(t, () => load(folder), 'E_MODEL_NOT_FOUND', `${path('conv2d_0.w_0')} is missing`);
  t.match(missing.message, /each of the program's 8 parameters is a file/);
  for (const length of [0, 3, 19, 21, weights.length - 1]) {
    writeFileSync(path('conv2d_0.w_0'), weights.subarray(0, length));
    await refuses(t, () => load(folder), 'E_MODEL', path('conv2d_0.w_0'), `the file has ${length}`);
  }
  writeFileSync(path('conv2d_0.w_0'), Buffer.concat([weights, Buffer.of(0)]));
  await refuses(t, () => load(folder), 'E_MODEL', path('conv2d_0.w_0'), '1 bytes remain');
  writeFileSync(path('conv2d_0.w_0'), bias);
  writeFileSync(path('conv2d_0.b_0'), weights);
  await refuses(
    t,
    () => load(folder),
    'E_MODEL',
    path('conv2d_0.b_0'),
    "where the program has the parameter 'conv2d_0.b_0'",
  );
  writeFileSync(path('conv2d_0.b_0'), bias);
  writeFileSync(path('conv2d_0.w_0'), weights);
  t.ok(await load(folder), 'mended');
});

t.test('a missing combined file, and a folder in its place', async (t) => {
  const folder = copyOf(t, MOBILENET);
  rmSync(join(folder, 'inference.pdiparams'));
  const error = await refuses(
    t,
    () => load(folder),
    'E_MODEL_NOT_FOUND',
    'inference.pdiparams is missing',
    /\d+ parameters/,
  );
  t.match(error.hint, /--params-file/);
  const taken = t.testdir({ 'm.pdiparams': {} });
  cpSync(join(MOBILENET, 'inference.pdmodel'), join(taken, 'm.pdmodel'));
  await refuses(t, () => load(taken), 'E_MODEL_NOT_FOUND', 'm.pdiparams cannot be read');
});

t.test('the quantiser reads files as the compiler does', async (t) => {
  const folder = copyOf(t, MOBILENET);
  const file = join(folder, 'inference.pdiparams');
  writeFileSync(file, readFileSync(file).subarray(0, 1000));
  const save_model_dir = join(folder, 'out');
  await refuses(t, () => quantPostDynamic({ model_dir: folder, save_model_dir }), 'E_MODEL', file, 'ends inside');
  writeFileSync(join(folder, 'inference.pdmodel'), 'no program');
  await refuses(
    t,
    () => quantPostDynamic({ model_dir: folder, save_model_dir }),
    'E_MODEL',
    'inference.pdmodel is not a',
  );
});

t.test('combined files hold parameters in the order of their UTF-8 bytes', async (t) => {
  // UTF-16, JavaScript's own order, has the last two the other way round.
  const names = ['conv10.w', 'conv2.w', 'é', '\u{ff5e}', '\u{1f600}'];
  const variables = Object.fromEntries(names.toReversed().map((name, i) => [name, { dims: [1], data: [i] }]));
  const program = programOf(variables, [op('sum', { X: names }, { Out: ['y'] })], ['y']);
  t.strictSame(parameterNames(program), names);
});

t.test('feed, fetch, readers and raw variables have no data; blocks share theirs', async (t) => {
  const program = programOf({ w: { dims: [1], data: [1] } }, [op('assign', { X: ['w'] }, { Out: ['y'] })], ['y']);
  const [block] = program.blocks;
  for (const type of [VarKind.READER, VarKind.RAW]) {
    block!.vars.push({ name: `v${type}`, type: { type }, persistable: true, need_check_feed: false });
  }
  block!.vars.push({ name: 'no type', persistable: true, need_check_feed: false });
  program.blocks.push({ ...block!, idx: 1, parent_idx: 0 });
  t.strictSame(parameterNames(program), ['w']);
});

t.test('a record may have another shape than the program says, if it has as many elements', async (t) => {
  const program = programOf({ w: { dims: [2, 3], data: [] } }, [op('assign', { X: ['w'] }, { Out: ['y'] })], ['y']);
  const bytes = (dims: readonly number[], data: readonly number[]) =>
    joinParameters(new Map([['w', recordOf({ dims, data })]]));
  t.strictSame(splitParameters(program, bytes([6], [1, 2, 3, 4, 5, 6])).get('w')!.dims, [6]);
  await refuses(
    t,
    () => splitParameters(program, bytes([5], [1, 2, 3, 4, 5])),
    'E_MODEL',
    'shape [5] at byte 0, where',
    '[2,3]',
  );
});

t.test('a parameter’s name leads nowhere outside its folder', async (t) => {
  for (const name of ['../../etc/passwd', '/etc/passwd', '..', '', '.', 'a/../../b', 'a\0b']) {
    const folder = t.testdir();
    const program = programOf(
      { [name]: { dims: [1], data: [1] } },
      [op('assign', { X: [name] }, { Out: ['y'] })],
      ['y'],
    );
    writeFileSync(join(folder, '__model__'), writeProgram(program));
    await refuses(t, () => load(folder), 'E_MODEL', 'is not a file name inside the model');
  }
});
