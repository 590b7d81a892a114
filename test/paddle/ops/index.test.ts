/**
 * Every importer against Paddle's definition of its op: as the graph it makes, and compiled and executed by an
 * interpreter of steps.
 */
import t from 'tap';
import { compile } from '../../../src/compile.js';
import type { Tensor } from '../../../src/ir/tensor.js';
import { lower } from '../../../src/lower/index.js';
import { evaluateGraph } from '../../../src/ops/evaluate.js';
import { importProgram, readProgram, writeProgram } from '../../../src/paddle/index.js';
import { importers } from '../../../src/paddle/ops/index.js';
import { DTYPES, recordData } from '../../../src/paddle/tensor-record.js';
import { plan } from '../../../src/plan/index.js';
import { interpret } from '../../support/interpret.js';
import { relativeError } from '../../support/models.js';
import { parametersOf, recordOf } from '../../support/programs.js';
import { OP_CASES } from './cases/index.js';
import { type OpCase, programOfCase } from './cases/op-case.js';

const OPTIONS = { architecture: 'aarch64', path: 'neon', precision: 'fp32', l2: 512 * 1024 } as const;
/** The reference rounds once; the longest formula here takes a few steps in fp32. */
const TOLERANCE = 1e-6;

function inputsOf({ inputs }: OpCase): Map<string, Tensor> {
  return new Map(
    Object.entries(inputs).flatMap(([slot, list]) =>
      list.flatMap(({ known, values, ...variable }, i) => {
        if (known) return [];
        const record = recordOf({ ...variable, data: values });
        const type = { dtype: DTYPES[record.dataType]!, shape: record.dims };
        return [[`${slot}${i}`, { type, data: recordData(record) }] as const];
      }),
    ),
  );
}

t.test('every op has a case', async (t) => {
  t.strictSame([...new Set(OP_CASES.map(({ type }) => type))].sort(), [...importers.keys()].sort());
});

for (const opCase of OP_CASES) {
  t.test(`${opCase.type} ${opCase.what}`, async (t) => {
    const { program, variables } = programOfCase(opCase);
    const saved = readProgram(writeProgram(program));
    const graph = importProgram(opCase.type, saved, parametersOf(saved, variables));
    const inputs = inputsOf(opCase);
    const compiled = compile(graph, OPTIONS);
    const lowered = lower(compiled.graph, OPTIONS);
    const runs = { evaluated: evaluateGraph(graph, inputs), executed: interpret(lowered, plan(lowered), inputs) };
    for (const [how, outputs] of Object.entries(runs)) {
      const results = [...outputs.values()];
      t.strictSame(
        results.map(({ type }) => type.shape),
        opCase.results.map(({ dims }) => dims),
        how,
      );
      results.forEach(({ data }, i) => {
        const actual = Array.from(data as ArrayLike<number | bigint>, Number);
        const worst = relativeError(actual, opCase.results[i]!.values);
        t.ok(worst <= TOLERANCE, `${how}: [${actual}], expected [${opCase.results[i]!.values}]`);
      });
    }
  });
}
