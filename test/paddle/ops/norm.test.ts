import t from 'tap';
import { VarKind } from '../../../src/paddle/index.js';
import { optimize } from '../../../src/passes/index.js';
import { bool, float, importing, ints, op, type TestOp, type TestVariable } from '../../support/programs.js';
import { refuses } from '../../support/refusals.js';

const x: Record<string, TestVariable> = { x: { dims: [1, 2] } };

t.test('statistics of a batch norm', async (t) => {
  const statistics = { s: [1, 1], b: [0, 0], m: [0, 0], v: [1, 1] };
  const norm = (
    changed: Partial<typeof statistics>,
    attributes: TestOp['attributes'] = {},
    type: number = VarKind.FP32,
  ) => {
    const vectors = Object.entries({ ...statistics, ...changed }).map(
      ([name, data]) => [name, { dims: [2], data, dataType: name === 'm' ? type : VarKind.FP32 }] as const,
    );
    const inputs = { X: ['x'], Scale: ['s'], Bias: ['b'], Mean: ['m'], Variance: ['v'] };
    const all = { is_test: bool(true), ...attributes };
    return importing({ ...x, ...Object.fromEntries(vectors) }, [op('batch_norm', inputs, { Y: ['y'] }, all)]);
  };
  t.ok(norm({ v: [0, 1] })(), 'a variance of 0 has epsilon');
  const negative = await refuses(
    t,
    norm({ v: [1, -0.5] }),
    'E_WEIGHTS',
    "the variance 'v' of batch_norm (op 1, makes 'y')",
  );
  t.match(negative.message, 'holds -0.5 (element 1)');
  await refuses(t, norm({ v: [0, 1] }, { epsilon: float(0) }), 'E_WEIGHTS', 'holds 0 (element 0)');
  await refuses(t, norm({ v: [1, Number.NaN] }), 'E_WEIGHTS', "'v' holds NaN (element 1;");
  await refuses(t, norm({ s: [Infinity, 1] }), 'E_WEIGHTS', "'s' holds Infinity (element 0;");
  for (const epsilon of [-1, Number.NaN, Infinity]) {
    await refuses(t, norm({}, { epsilon: float(epsilon) }), 'E_OP', `unusable epsilon ${epsilon}`);
  }
  await refuses(t, norm({}, {}, VarKind.FP64), 'E_OP', "needs fp32 numbers in 'Mean'");
  await refuses(t, norm({}, { is_test: bool(false) }), 'E_OP', 'is in training mode');
  const computed = [
    op('reduce_mean', { X: ['x'] }, { Out: ['mean'] }, { dim: ints(0) }),
    op(
      'batch_norm',
      { X: ['x'], Scale: ['s'], Bias: ['s'], Mean: ['mean'], Variance: ['s'] },
      { Y: ['y'] },
      { is_test: bool(true) },
    ),
  ];
  const graph = importing({ ...x, s: { dims: [2], data: [1, 1] } }, computed)();
  await refuses(t, () => optimize(graph), 'E_OP', 'has statistics that are not known when it is compiled');
});
