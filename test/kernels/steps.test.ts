import t from 'tap';
import type { Graph } from '../../src/ir/graph.js';
import { allocate, type Tensor } from '../../src/ir/tensor.js';
import { evaluateGraph } from '../../src/ops/evaluate.js';
import { compileAsIs } from '../support/compile-as-is.js';
import { Maker } from '../support/maker.js';
import { RUNNERS, runProgram } from '../support/run-program.js';
import { STEP_CASES } from './step-cases.js';

/** Cases are joined into programs of this many outputs, because starting an emulator costs more than a step. */
const CASES_PER_PROGRAM = 40;

/** The first build for an architecture compiles its C library as well. */
t.setTimeout(10 * 60 * 1000);

for (const runner of RUNNERS) {
  t.test(`${runner.name}: every simple step computes what its op's definition says`, async (t) => {
    for (let first = 0; first < STEP_CASES.length; first += CASES_PER_PROGRAM) {
      const cases = STEP_CASES.slice(first, first + CASES_PER_PROGRAM);
      const make = new Maker('steps');
      const graph = make.finish(cases.map((stepCase) => stepCase.build(make)));
      const inputs = randomInputs(graph);
      const expected = evaluateGraph(graph, inputs);
      const got = await runProgram(runner, compileAsIs(graph, runner), { graph, inputs, threads: first > 0 ? 3 : 1 });
      graph.outputs.forEach((output, i) => {
        t.equal(difference(got.outputs.get(output)!, expected.get(output)!), '', cases[i]!.name);
      });
    }
  });
}

function randomInputs(graph: Graph): Map<string, Tensor> {
  let seed = 7;
  return new Map(
    graph.inputs.map((name) => {
      const type = graph.types.get(name)!;
      const data = allocate(type) as Float32Array;
      for (let i = 0; i < data.length; i++) {
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
        data[i] = ((seed >>> 8) / 2 ** 24) * 2 - 1;
      }
      return [name, { type, data }];
    }),
  );
}

/** '' when integers are equal and floats agree to 1e-5 of the largest; otherwise what differs. */
function difference(got: Tensor, expected: Tensor): string {
  let largest = 0;
  for (const value of expected.data) largest = Math.max(largest, Math.abs(Number(value)));
  const tolerance = expected.data instanceof Float32Array ? 1e-5 * largest : 0;
  for (let i = 0; i < expected.data.length; i++) {
    const [a, b] = [Number(got.data[i]), Number(expected.data[i])];
    if (!(Math.abs(a - b) <= tolerance) && !Object.is(a, b)) return `[${i}]: ${a}, expected ${b}`;
  }
  return got.data.length === expected.data.length ? '' : `${got.data.length} values, expected ${expected.data.length}`;
}
