/** Optimised graphs of real models against Paddle's own outputs. The largest models are left to the tests on devices. */
import t from 'tap';
import { elementCount, type Tensor } from '../../src/ir/tensor.js';
import { evaluateGraph } from '../../src/ops/evaluate.js';
import { locateModel, openPaddle } from '../../src/paddle/index.js';
import { optimize } from '../../src/passes/index.js';
import { goldenCases, relativeError } from '../support/models.js';

const LARGEST_INPUT = 64 * 28 * 28;
/** Images of a batch that are computed: what holds for eight holds for all. */
const BATCH = 8;
const BOUND = 1e-5;

t.test('every small golden model, fp32 and quantised', async (t) => {
  const cases = goldenCases().filter(({ shape, every }) => elementCount(shape) <= LARGEST_INPUT && every === undefined);
  t.ok(cases.length >= 100, `${cases.length} cases`);
  for (const { name, path, input, shape, inputData, expected } of cases) {
    const batch = [Math.min(shape[0]!, BATCH), ...shape.slice(1)];
    const graph = (await openPaddle(await locateModel(path)))({ inputShapes: new Map([[input, batch]]) });
    const data = inputData().subarray(0, elementCount(batch));
    const value: Tensor = { type: { dtype: 'f32', shape: batch }, data };
    const [output] = evaluateGraph(optimize(graph), new Map([[graph.inputs[0]!, value]])).values();
    const error = relativeError(output!.data as Float32Array, expected().subarray(0, output!.data.length));
    t.ok(error <= BOUND, `${name}: ${error.toExponential(1)}`);
  }
});
