/** Which weights the improved mode quantises, and which it leaves alone. */
import { join } from 'node:path';
import t from 'tap';
import { elementCount } from '../../../src/ir/tensor.js';
import { loadModel } from '../../../src/load.js';
import { importProgram, quantPostDynamic, VarKind } from '../../../src/paddle/index.js';
import { lcgFloats } from '../../support/lcg.js';
import { GOLDEN, relativeError } from '../../support/models.js';
import { bool, op, type TestOp, type TestVariable } from '../../support/programs.js';
import { floatsOf, type Options, opsOfType, outputsOf, quantised } from '../../support/quantised.js';

const matrix = (seed: number, dims: readonly number[] = [6, 6]): TestVariable => ({
  dims,
  data: lcgFloats(elementCount(dims), seed),
});
const times = (x: string, y: string, attributes: TestOp['attributes'] = {}) =>
  op('matmul_v2', { X: [x], Y: ['w'] }, { Out: [y] }, attributes);

t.test('shared weights are quantised once, and every reader is told', async (t) => {
  const ops = [times('x', 'h'), times('h', 'y')];
  const { written, records, report, parameters, program } = await quantised(
    t,
    { x: { dims: [2, 6] }, w: matrix(1) },
    ops,
  );
  t.equal(report.length, 1);
  const scales = opsOfType(written, 'matmul_v2').map((one) => floatsOf(one, 'w_quant_scale'));
  t.equal(scales.length, 2);
  t.strictSame(scales[0], scales[1]);
  t.ok(
    scales[0]!.every((scale) => scale < 0.01),
    'the true scales, not 1',
  );
  const [actual, expected] = [
    outputsOf(importProgram('q', written, records)),
    outputsOf(importProgram('m', program, parameters)),
  ];
  t.ok(relativeError(actual[0]!, expected[0]!) < 0.02);
});

t.test('what a reader cannot take as integers stays as it is, with the reason', async (t) => {
  const x = { dims: [2, 6] };
  const cases: [string, Record<string, TestVariable>, TestOp[], string, Options?][] = [
    [
      'two orientations',
      { x, w: matrix(1) },
      [times('x', 'h'), times('h', 'y', { trans_y: bool(true) })],
      'shared by ops that scale it along different axes',
    ],
    [
      'a sum',
      { x, w: matrix(1, [6, 6]) },
      [times('x', 'h'), op('elementwise_add', { X: ['h'], Y: ['w'] }, { Out: ['y'] })],
      'shared, and for elementwise_add: Y takes no integers',
    ],
    [
      'an embedding',
      { x: { dims: [2, 1], dataType: VarKind.INT64 }, w: matrix(1) },
      [op('lookup_table_v2', { Ids: ['x'], W: ['w'] }, { Out: ['h'] }), times('h', 'y', { trans_y: bool(true) })],
      'shared, and for lookup_table_v2: op type takes no integers',
    ],
    [
      'not listed',
      { x, w: matrix(1) },
      [times('x', 'y')],
      'op type not in quantizable_op_type',
      { quantizable_op_type: ['fc'] },
    ],
    [
      'a batch of matrices',
      { x: { dims: [3, 2, 6] }, w: matrix(1, [3, 6, 6]) },
      [times('x', 'y')],
      'shape [3,6,6], not of rank 2',
    ],
    ['fp64', { x, w: { ...matrix(1), dataType: VarKind.FP64 } }, [times('x', 'y')], 'not fp32'],
    [
      'padded',
      { x, w: matrix(1) },
      [op('fc', { Input: ['x'], W: ['w'] }, { Out: ['y'] }, { padding_weights: bool(true) })],
      'padded (padding_weights)',
    ],
  ];
  for (const [what, variables, ops, reason, options] of cases) {
    const { report, left, records, parameters } = await quantised(t, variables, ops, options);
    t.strictSame(report, [], what);
    t.match(left, [{ name: 'w', reason, bytes: parameters.get('w')!.data.length }], what);
    t.ok(Buffer.from(records.get('w')!.data).equals(parameters.get('w')!.data), `${what}: not a byte changed`);
  }
});

t.test('other inputs of the same ops are no weights', async (t) => {
  const variables = {
    x: { dims: [1, 2, 3, 3] },
    w: matrix(1, [2, 2, 1, 1]),
    b: matrix(2, [2]),
    r: matrix(3, [1, 2, 3, 3]),
  };
  const inputs = { Input: ['x'], Filter: ['w'], Bias: ['b'], ResidualData: ['r'] };
  const { report, records } = await quantised(t, variables, [op('conv2d', inputs, { Output: ['y'] })]);
  t.strictSame(
    report.map(({ name }) => name),
    ['w'],
  );
  for (const name of ['b', 'r']) t.equal(records.get(name)!.dataType, VarKind.FP32, name);
  const constant = await quantised(t, { x: { dims: [6, 3] }, w: matrix(1) }, [
    op('mul', { X: ['w'], Y: ['x'] }, { Out: ['y'] }),
  ]);
  t.equal(constant.records.get('w')!.dataType, VarKind.FP32, 'X of mul');
});

t.test('an axis that cannot be is an error', async (t) => {
  const { written, records } = await quantised(t, { x: { dims: [2, 6] }, w: matrix(1) }, [
    times('x', 'y', { trans_y: bool(true) }),
  ]);
  const [matmul] = opsOfType(written, 'matmul_v2');
  matmul!.attrs.find(({ name }) => name === 'w_quant_axis')!.i = 1;
  const message =
    /'w' of shape \[6,6\] have scales from axis 1 on, which matmul_v2 does not \(its channels begin at axis 0\)/;
  t.throws(() => importProgram('q', written, records), { code: 'E_WEIGHTS', message });
});

t.test('a trained network: the classifier shrinks too, and the outputs stay', async (t) => {
  const model_dir = join(GOLDEN, 'fashion-mobilenet-2.6');
  const { quantizedModel, left, warnings, bytesBefore, bytesAfter } = await quantPostDynamic({
    model_dir,
    save_model_dir: t.testdir(),
    mode: 'improved',
  });
  t.strictSame(left, []);
  t.ok(bytesAfter < 0.35 * bytesBefore, `${bytesBefore} → ${bytesAfter}`);
  t.match(warnings.join(), /Paddle-Lite does not convert integer weights of matmul_v2 .*default mode/);
  const [actual, expected] = [outputsOf(await loadModel(quantizedModel)), outputsOf(await loadModel(model_dir))];
  t.ok(relativeError(actual[0]!, expected[0]!) < 0.05);
});
