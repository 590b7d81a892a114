import t from 'tap';
import { evaluateGraph } from '../../src/ops/evaluate.js';
import { type OptOptions, optimizeProgram } from '../../src/opt/index.js';
import { importProgram, locateModel } from '../../src/paddle/index.js';
import { readModel } from '../../src/paddle/read.js';
import { type GoldenCase, goldenCases, relativeError, thinned } from '../support/models.js';

/**
 * What opt writes is a Paddle program: our importer and the reference evaluation tell what it computes. Its largest error
 * against what Paddle itself computes from the source, relative to max |y|.
 */
async function errorOf(golden: GoldenCase, options: OptOptions): Promise<number> {
  const { program, parameters } = await readModel(await locateModel(golden.path, {}));
  const optimized = optimizeProgram(program, parameters, options);
  const input = { type: { dtype: 'f32' as const, shape: golden.shape }, data: golden.inputData() };
  const [feed] = optimized.program.blocks[0]!.ops[0]!.outputs[0]!.arguments as [string];
  const graph = importProgram('optimised', optimized.program, optimized.parameters, {
    inputShapes: new Map([[feed, golden.shape]]),
  });
  const [y] = evaluateGraph(graph, new Map([[feed, input]])).values();
  const actual = y!.data as Float32Array;
  return relativeError(golden.every ? thinned(actual, y!.type.shape, golden.every) : actual, golden.expected());
}

const cases = goldenCases();

for (const fusions of ['upstream', 'all'] as const) {
  t.test(`optimised programs compute what Paddle does (fusions: ${fusions})`, async (t) => {
    for (const golden of cases) {
      const error = await errorOf(golden, { fusions });
      t.ok(error <= 1e-4, `${golden.name}: ${error.toExponential(1)}`);
    }
    t.equal(cases.length, 113);
  });
}

t.test('weights as integers cost what their width says', async (t) => {
  // The text detector is left out: it turns small differences into other edges (int16 2e-3, int8 5e-1 in the real opt as well).
  for (const golden of cases.filter(({ name }) => !/\/int(8|16)|zoo\/q_round|ppocrv3\/det/.test(name))) {
    const wide = await errorOf(golden, { quantType: 'QUANT_INT16' });
    const narrow = await errorOf(golden, { quantType: 'QUANT_INT8' });
    t.ok(
      wide <= 1e-3 && narrow <= 0.15,
      `${golden.name}: int16 ${wide.toExponential(1)}, int8 ${narrow.toExponential(1)}`,
    );
  }
});
