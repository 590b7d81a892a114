/** Forms of int8 and sparse ops that no `opt` at hand writes: refusals, casts, the attributes and encodings of older versions. */
import t from 'tap';
import { evaluateGraph } from '../../../src/ops/evaluate.js';
import { VarKind } from '../../../src/paddle/index.js';
import {
  type AttributeValue,
  float,
  floats,
  importing,
  int,
  ints,
  op,
  type TestVariable,
  text,
} from '../../support/programs.js';

const kernel = (key: string) => ({ '__@kernel_type_attr@__': text(key) });
const calib = (from: string, to: string, alias: string, precision = 2, scale = 0.5) =>
  op('calib', { Input: [from] }, { Out: [to] }, { ...kernel(`calib/${alias}/4/${precision}/1`), scale: float(scale) });

function evaluated(make: ReturnType<typeof importing>, ...values: number[]): number[] {
  const graph = make();
  const x = { type: graph.types.get('x')!, data: Float32Array.from(values) };
  const [y] = evaluateGraph(graph, new Map([['x', x]])).values();
  return Array.from(y!.data as Float32Array);
}

t.test('calib quantises, scales back and casts; kernels it does not know are refused', async (t) => {
  const x = { x: { dims: [4] } };
  const through = (...aliases: [string, string, number?][]) => {
    const names = ['x', ...aliases.slice(1).map((_, i) => `v${i}`), 'y'];
    return importing(
      x,
      aliases.map(([from, to, precision], i) => calib(names[i]!, names[i + 1]!, `${from}_to_${to}`, precision)),
    );
  };
  t.same(evaluated(through(['fp32', 'int8'], ['int8', 'fp32']), 0.3, -0.8, 100, -100), [0.5, -1, 63.5, -63.5]);
  t.same(evaluated(through(['fp32', 'int32', 3], ['int32', 'fp32', 3]), 1.5, -1.5, 0, 7), [1, -1, 0, 7]);
  t.throws(through(['fp32', 'uint4']), { code: 'E_OP', message: /the unknown kernel 'fp32_to_uint4'/ });
  t.throws(importing(x, [op('calib', { Input: ['x'] }, { Out: ['y'] })]), {
    code: 'E_OP',
    message: /unknown kernel ''/,
  });
});

const INT8_WEIGHTS = { x: { dims: [1, 2] }, w: { dims: [2, 2], dataType: VarKind.INT8, data: [1, 2, 3, -4] } };

function product(attributes: Record<string, AttributeValue>, variables: Record<string, TestVariable> = INT8_WEIGHTS) {
  const layer = op('mul', { X: ['q'], Y: ['w'] }, { Out: ['y'] }, { ...kernel('mul/def/4/2/1'), ...attributes });
  return importing(variables, [calib('x', 'q', 'fp32_to_int8'), layer]);
}

t.test('scales are found by the names that opt has used since 2.7, and before', async (t) => {
  const expected = [(2 * 1 + 4 * 3) * 0.5 * 0.25, (2 * 2 - 4 * 4) * 0.5 * 2];
  t.same(evaluated(product({ X0_scale: floats(0.5), Y0_scale: floats(0.25, 2) }), 1, 2), expected);
  t.same(evaluated(product({ input_scale: float(0.5), weight_scale: floats(0.25, 2) }), 1, 2), expected);
});

t.test('scales that are missing, too few or no numbers are refused', async (t) => {
  const input = { X0_scale: floats(0.5) };
  t.throws(product({ Y0_scale: floats(1) }), { code: 'E_OP', message: /has no attribute 'X0_scale'/ });
  t.throws(product({ ...input, Y0_scale: floats(1, 2, 3) }), { code: 'E_OP', message: /3 scales for 2 channels/ });
  for (const scale of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
    t.throws(product({ ...input, Y0_scale: floats(scale) }), { code: 'E_OP', message: /has the scale/ });
  }
  const float32 = { ...INT8_WEIGHTS, w: { dims: [2, 2], data: [1, 2, 3, 4] } };
  t.throws(product({ ...input, Y0_scale: floats(1) }, float32), {
    code: 'E_OP',
    message: /has an int8 kernel and reads 'w' in f32/,
  });
});

/** y = sparse_conv2d(x) for rows [1 0 2], [0 0 0], [0 3 0] over an image of 1 × 2. */
function sparse(values: number[], counts: number[], steps: number[], attributes: Record<string, AttributeValue> = {}) {
  const distances = steps.map((step) => step * 4 * 2);
  const variables = {
    x: { dims: [1, 3, 1, 2] },
    values: { dims: [values.length], data: values },
    counts: { dims: [counts.length], dataType: VarKind.INT32, data: counts },
    steps: { dims: [steps.length], dataType: VarKind.INT32, data: distances },
  };
  const inputs = { Input: ['x'], NonZeroWeights: ['values'], OcNonZeros: ['counts'], Diffs: ['steps'] };
  const window = { strides: ints(1, 1), paddings: ints(0, 0), dilations: ints(1, 1), groups: int(1) };
  return importing(variables, [op('sparse_conv2d', inputs, { Output: ['y'] }, { ...window, ...attributes })]);
}

t.test('a sparse filter is the same in every encoding', async (t) => {
  const [x, expected] = [
    [1, 10, 2, 20, 3, 30],
    [7, 70, 0, 0, 6, 60],
  ];
  const first = { first_ic: int(0) };
  t.same(evaluated(sparse([1, 2, 3], [2, 2, 3], [2, 1, -1], first), ...x), expected, 'ends of rows, without padding');
  t.same(evaluated(sparse([1, 2, 3], [2, 0, 1], [2, -1, -1], first), ...x), expected, 'counts');
  const padded = [
    [1, 2, 0, 0, 3, 0, 0, 0],
    [2, 4, 5],
    [2, 1, 0, 1, -1, 0, 0, 0],
  ] as const;
  t.same(evaluated(sparse([...padded[0]], [...padded[1]], [...padded[2]], first), ...x), expected, 'rows of fours');
});

t.test('a sparse filter that leads out of the image is refused', async (t) => {
  const refusal = { code: 'E_OP', message: /sparse weights that do not fit an input of 1 × 2/ };
  t.throws(sparse([1, 2, 3], [2, 2, 3], [3, 1, -1]), refusal);
  t.throws(sparse([1, 2, 3], [2, 2, 3], [0.25, 1, -1]), refusal);
  t.throws(sparse([1, 2, 3], [2, 2, 4], [2, 1, -1]), refusal);
});
