import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { compile } from '../../src/compile.js';
import type { Graph } from '../../src/ir/graph.js';
import { loadModel } from '../../src/load.js';
import { type Program, quantPostDynamic, readProgram, VarKind, writeProgram } from '../../src/paddle/index.js';
import { GOLDEN } from '../support/models.js';
import { floats, importing, int, ints, op, type TestOp, type TestVariable, text } from '../support/programs.js';
import { refuses } from '../support/refusals.js';

const MOBILENET = join(GOLDEN, 'fashion-mobilenet-2.6');
const corner = (name: string) => join(packageRoot, 'test/golden/quantization', name);

const image: TestVariable = { dims: [1, 2, 3, 3] };
const filter: TestVariable = { dims: [3, 2, 1, 1], dataType: VarKind.INT8, data: [1, -2, 3, -4, 5, -6] };
const matrix: TestVariable = { dims: [2, 3], dataType: VarKind.INT16, data: [1, -2, 3, -4, 5, -6] };

const quantised = { quantization_type: text('post_weight_channel_wise_abs_max'), quantize_weight_bits: int(8) };
const convolution = (attributes: TestOp['attributes'], output = 'y') =>
  op('conv2d', { Input: ['x'], Filter: ['w'] }, { Output: [output] }, { ...quantised, ...attributes });

const conv = (attributes: TestOp['attributes'], weights: TestVariable = filter) =>
  importing({ x: image, w: weights }, [convolution(attributes)]);
const scaleOf = (graph: Graph, name = 'w') => graph.constants.get(name)!.quantization;

t.test('a convolution has a scale a row, mul one a column; one alone counts for all', async (t) => {
  const perRow = conv({ w_quant_scale: floats(0.5, 0.25, 2) })();
  t.strictSame(scaleOf(perRow), { bits: 8, axis: 0, scales: Float32Array.of(0.5, 0.25, 2) });
  t.strictSame([...perRow.constants.get('w')!.data], filter.data, 'the integers are Paddle’s own');
  t.strictSame(scaleOf(conv({ w_quant_scale: floats(0.5) })())!.scales, Float32Array.of(0.5, 0.5, 0.5), 'abs_max');

  const attributes = { quantize_weight_bits: int(16), w_quant_scale: floats(0.5, 0.25, 2) };
  const mul = op('mul', { X: ['x'], Y: ['w'] }, { Out: ['y'] }, attributes);
  const perColumn = importing({ x: { dims: [1, 2] }, w: matrix }, [mul]);
  t.strictSame(scaleOf(perColumn()), { bits: 16, axis: 1, scales: Float32Array.of(0.5, 0.25, 2) });
});

t.test('negative scales are right: a batch norm was folded into them', async (t) => {
  t.strictSame(scaleOf(conv({ w_quant_scale: floats(-0.5, 0.25, -2) })())!.scales, Float32Array.of(-0.5, 0.25, -2));
});

t.test('Paddle 1.7 wrote no quantization_type', async (t) => {
  const attributes = { quantize_weight_bits: int(8), w_quant_scale: floats(0.5) };
  const graph = importing({ x: image, w: filter }, [
    op('conv2d', { Input: ['x'], Filter: ['w'] }, { Output: ['y'] }, attributes),
  ]);
  t.strictSame(scaleOf(graph())!.scales, Float32Array.of(0.5, 0.5, 0.5));
});

t.test('a list that does not match its tensor', async (t) => {
  for (const list of [[], [0.5, 0.25], [0.5, 0.25, 2, 1], Array<number>(6).fill(0.5)]) {
    const message = `'w' of shape [3,2,1,1] have ${list.length} scales in conv2d instead of 1 or 3`;
    await refuses(t, conv({ w_quant_scale: floats(...list) }), 'E_WEIGHTS', message);
  }
});

t.test('scales that are gone, or cannot be meant', async (t) => {
  const damaged = await refuses(
    t,
    conv({ w_quant_scale: ints(0, 0, 0) }),
    'E_WEIGHTS',
    "'w' are lost: they were saved as integers",
  );
  t.match(damaged.hint, /NumPy 2/);
  await refuses(t, conv({}), 'E_WEIGHTS', "'w' are int8, but no op holds their scales");
  await refuses(t, conv({ w_quant_scale: text('0.5') }), 'E_WEIGHTS', 'saved as integers');
  const zeros = "'w' are lost: one is 0, and the integer 3 (element 2) is not";
  await refuses(t, conv({ w_quant_scale: floats(0.5, 0, 2) }), 'E_WEIGHTS', zeros);
  await refuses(t, conv({ w_quant_scale: floats(0) }), 'E_WEIGHTS', 'one is 0, and the integer 1 (element 0) is not');
  t.strictSame(scaleOf(conv({ w_quant_scale: floats(1, 1, 1) })())!.scales, Float32Array.of(1, 1, 1), 'of one weight');
  for (const scale of [Number.NaN, Infinity, -Infinity]) {
    await refuses(
      t,
      conv({ w_quant_scale: floats(0.5, scale, 2) }),
      'E_WEIGHTS',
      `'w' has the scale ${scale} (element 1; 1 of 3`,
    );
  }
});

t.test('a channel of zeros has the scale 0', async (t) => {
  const weights = { ...filter, data: [1, -2, 0, 0, 5, -6] };
  t.strictSame(scaleOf(conv({ w_quant_scale: floats(0.5, 0, 2) }, weights)())!.scales, Float32Array.of(0.5, 0, 2));
  const zeros = { ...filter, data: [0, 0, 0, 0, 0, 0] };
  t.strictSame(scaleOf(conv({ w_quant_scale: floats(0) }, zeros)())!.scales, new Float32Array(3));
});

t.test('the width must be the one the op speaks of', async (t) => {
  const wide = { ...filter, dataType: VarKind.INT16 };
  await refuses(
    t,
    conv({ w_quant_scale: floats(0.5) }, wide),
    'E_WEIGHTS',
    "'w' are int16, and quantize_weight_bits of conv2d says 8",
  );
  t.equal(scaleOf(conv({ quantize_weight_bits: int(16), w_quant_scale: floats(0.5) }, wide)())!.bits, 16);
});

t.test('a scalar has no axis', async (t) => {
  const scalar = { ...filter, dims: [], data: [7] };
  await refuses(t, conv({ w_quant_scale: floats(0.5) }, scalar), 'E_WEIGHTS', 'no axis for their scales');
});

t.test('shared weights: the true scales count, wherever they stand', async (t) => {
  const sharing = (first: readonly number[], second: readonly number[]) =>
    importing(
      { x: image, w: filter },
      [convolution({ w_quant_scale: floats(...first) }, 'y'), convolution({ w_quant_scale: floats(...second) }, 'z')],
      ['y', 'z'],
    );
  const expected = Float32Array.of(0.5, 0.25, 2);
  t.strictSame(scaleOf(sharing([0.5, 0.25, 2], [1, 1, 1])())!.scales, expected);
  t.strictSame(scaleOf(sharing([1, 1, 1], [0.5, 0.25, 2])())!.scales, expected);
  t.strictSame(scaleOf(sharing([0.5, 0.25, 2], [0.5, 0.25, 2])())!.scales, expected);
  await refuses(t, sharing([0.5, 0.25, 2], [0.5, 0.25, 3]), 'E_WEIGHTS', 'different scales');
  await refuses(t, sharing([1, 1, 1], [1, 1, 1]), 'E_WEIGHTS', 'all are 1');
});

t.test('integers whose scales run along another axis than a convolution needs become real numbers', async (t) => {
  const weights = { ...filter, dims: [2, 2, 1, 1], data: [1, -2, 3, -4] };
  const mul = op(
    'mul',
    { X: ['m'], Y: ['w'] },
    { Out: ['z'] },
    { quantize_weight_bits: int(8), w_quant_scale: floats(0.5, 2) },
  );
  const graph = importing(
    { x: image, m: { dims: [1, 2] }, w: weights },
    [mul, op('conv2d', { Input: ['x'], Filter: ['w'] }, { Output: ['y'] })],
    ['y', 'z'],
  )();
  const node = graph.nodes.find((one) => one.op === 'conv2d')!;
  const constant = graph.constants.get(node.inputs[1]!)!;
  t.equal(constant.quantization, undefined);
  t.strictSame([...constant.data], [0.5, -4, 1.5, -8]);
});

t.test('models that Paddle itself left in this state', async (t) => {
  await refuses(t, () => loadModel(corner('numpy2-int-scales')), 'E_WEIGHTS', 'saved as integers');
  for (const variant of ['int8-channel', 'int8-abs_max', 'int16-channel', 'int16-abs_max']) {
    const graph = await loadModel(join(MOBILENET, 'quantized', variant));
    const bits = new Set([...graph.constants.values()].flatMap(({ quantization }) => quantization?.bits ?? []));
    t.strictSame([...bits], [variant.startsWith('int16') ? 16 : 8], variant);
  }
});

t.test('a test model carries scales too, and computes in fp32', async (t) => {
  const { testModel } = await quantPostDynamic({
    model_dir: MOBILENET,
    save_model_dir: t.testdir(),
    generate_test_model: true,
  });
  const graph = await loadModel(testModel!);
  t.notOk([...graph.constants.values()].some(({ quantization }) => quantization));
});

/** The quantised model with its program changed. */
async function changed(t: Test, change: (program: Program) => void): Promise<string> {
  const folder = t.testdir();
  cpSync(join(MOBILENET, 'quantized/int8-channel'), folder, { recursive: true });
  const file = join(folder, 'model.pdmodel');
  const program = readProgram(readFileSync(file));
  change(program);
  writeFileSync(file, writeProgram(program));
  return folder;
}

t.test('real programs with lost or wrong scales', async (t) => {
  const scales = (program: Program) =>
    program.blocks[0]!.ops.flatMap(({ attrs }) => attrs.filter(({ name }) => name.endsWith('_quant_scale')));
  const loading = async (change: (program: Program) => void) => {
    const folder = await changed(t, change);
    return () => loadModel(folder);
  };
  const all = (value: number) => (p: Program) => {
    for (const attribute of scales(p)) attribute.floats!.fill(value);
  };
  await refuses(t, await loading(all(0)), 'E_WEIGHTS', /one is 0, and the integer -?\d+ \(element \d+\) is not/);
  const twice = await refuses(t, await loading(all(1)), 'E_WEIGHTS', 'all are 1');
  t.match(twice.hint, /quantised twice/);
  await refuses(
    t,
    await loading((p) => scales(p)[0]!.floats!.pop()),
    'E_WEIGHTS',
    /have \d+ scales in \w+ instead of 1 or \d+/,
  );
  const without = await loading((p) => {
    for (const one of p.blocks[0]!.ops) one.attrs = one.attrs.filter(({ name }) => !name.endsWith('_quant_scale'));
  });
  await refuses(t, without, 'E_WEIGHTS', 'no op holds their scales');
});

t.test('a quantised model compiles for the precisions of its width, and says so for the other', async (t) => {
  const options = { architecture: 'aarch64', path: 'neon', l2: 512 * 1024 } as const;
  const graph = await loadModel(join(MOBILENET, 'quantized/int16-channel'));
  for (const precision of ['fp32', 'int16w'] as const)
    t.ok(compile(graph, { ...options, precision }).program.length > 0);
  for (const precision of ['int8', 'int8w'] as const) {
    const error = await refuses(t, () => compile(graph, { ...options, precision }), 'E_USAGE', 'are int16 already');
    t.match(error.hint, /--precision int16w/);
  }
});
