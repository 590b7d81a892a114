/** Small programs through the improved quantiser and back. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { Graph } from '../../src/ir/graph.js';
import { elementCount, type Tensor } from '../../src/ir/tensor.js';
import { evaluateGraph } from '../../src/ops/evaluate.js';
import {
  joinParameters,
  type Op,
  type Program,
  type QuantPostDynamicOptions,
  quantPostDynamic,
  readProgram,
  splitParameters,
  writeProgram,
} from '../../src/paddle/index.js';
import { lcgFloats } from './lcg.js';
import { parametersOf, programOf, type TestOp, type TestVariable } from './programs.js';

export type Options = Partial<QuantPostDynamicOptions>;

/** A model on disk, quantised, and both as programs. */
export async function quantised(
  t: Test,
  variables: Record<string, TestVariable>,
  ops: readonly TestOp[],
  options: Options = {},
  outputs: readonly string[] = ['y'],
) {
  const folder = t.testdir();
  const program = programOf(variables, ops, outputs);
  const parameters = parametersOf(program, variables);
  writeFileSync(join(folder, 'm.pdmodel'), writeProgram(program));
  writeFileSync(join(folder, 'm.pdiparams'), joinParameters(parameters));
  const result = await quantPostDynamic({ model_dir: folder, save_model_dir: folder, mode: 'improved', ...options });
  const written = readProgram(readFileSync(result.quantizedModel));
  const records = splitParameters(written, readFileSync(result.quantizedModel.replace(/pdmodel$/, 'pdiparams')));
  return { ...result, program, parameters, written, records };
}

export function outputsOf(graph: Graph): Float32Array[] {
  const inputs = new Map<string, Tensor>();
  for (const name of graph.inputs) {
    const type = graph.types.get(name)!;
    inputs.set(name, { type, data: lcgFloats(elementCount(type.shape), 7) });
  }
  return [...evaluateGraph(graph, inputs).values()].map(({ data }) => data as Float32Array);
}

export const opsOfType = (program: Program, type: string) => program.blocks[0]!.ops.filter((one) => one.type === type);
export const floatsOf = (one: Op, name: string) => one.attrs.find((attribute) => attribute.name === name)?.floats;
