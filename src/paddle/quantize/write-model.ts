import { join } from 'node:path';
import type { OnProgress } from '../../base/events.js';
import type { Program } from '../messages.js';
import { fileInside } from '../parameters.js';
import { refuseQuantized, setWeightAttributes } from '../quant-attributes.js';
import type { StoredParameters } from '../stored-parameters.js';
import { type PiecewiseRecord, writeTensorHeader } from '../tensor-record.js';
import { writeProgram } from '../wire.js';
import type { OutputNames } from './options.js';
import type { Output } from './output.js';
import type { LeftWeight, ProgramRule } from './plan.js';
import { planAsPaddle } from './plan-as-paddle.js';
import { planImproved } from './plan-improved.js';
import { breathe, type QuantizedWeight, type Store, WeightQuantizer } from './weight-quantizer.js';

export interface Job {
  readonly mode: 'paddle' | 'improved';
  readonly rule: ProgramRule;
  readonly names: OutputNames;
  readonly parameters: StoredParameters;
  /** Whether ops get `with_quant_attr`, as newer Paddle versions write it. */
  readonly marksOps: boolean;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal | undefined;
}

export interface QuantizedModel {
  readonly report: readonly QuantizedWeight[];
  readonly left: readonly LeftWeight[];
  readonly warnings: readonly string[];
}

/** What Paddle-Lite turns back into floats when it loads a model. */
const LITE_OPS: readonly string[] = ['conv2d', 'depthwise_conv2d', 'fc', 'mul', 'lookup_table'];

/** Writes the quantised model into the folder, the program last: without it the folder is no model. Changes `program`. */
export async function quantizeInto(
  folder: string,
  program: Program,
  store: Store,
  { mode, rule, names, parameters, marksOps, onProgress, signal }: Job,
  output: Output,
): Promise<QuantizedModel> {
  refuseQuantized(program, parameters);
  const plan = (mode === 'paddle' ? planAsPaddle : planImproved)(program, parameters, rule);
  const quantizers = new Map<string, WeightQuantizer>();
  for (const [i, weight] of plan.weights.entries()) {
    onProgress({ stage: 'quantize', message: 'quantising', current: i, total: plan.weights.length });
    const quantizer = new WeightQuantizer(weight, rule, store);
    await quantizer.search(signal);
    quantizers.set(weight.name, quantizer);
    for (const [visit, { ops, axis }] of weight.visits.entries()) {
      const scales = quantizer.scales[visit]!.stored;
      for (const op of ops) setWeightAttributes(op, weight, { ...rule, axis, scales, marksOps });
    }
  }
  const records: Record[] = [...parameters].map(([name, tensor]) => ({ name, tensor: quantizers.get(name) ?? tensor }));
  if (names.parameters !== undefined) {
    await output.file(join(folder, names.parameters), piecesOf(records, signal));
  } else {
    for (const one of records) await output.file(fileInside(folder, one.name), piecesOf([one], signal));
  }
  await output.file(join(folder, names.program), piecesOfProgram(program));
  const report = [...quantizers.values()].map((quantizer) => quantizer.report());
  return { report, left: plan.left, warnings: [...plan.warnings, ...unknownToLite(report)] };
}

interface Record {
  readonly name: string;
  readonly tensor: Pick<PiecewiseRecord, 'dataType' | 'dims' | 'pieces'>;
}

async function* piecesOf(records: readonly Record[], signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  for (const { tensor } of records) {
    yield writeTensorHeader(tensor);
    for (const piece of tensor.pieces()) {
      yield piece;
      await breathe(signal);
    }
  }
}

async function* piecesOfProgram(program: Program): AsyncGenerator<Uint8Array> {
  yield writeProgram(program);
}

function unknownToLite(report: readonly QuantizedWeight[]): string[] {
  const types = new Set(report.map(({ opType }) => opType).filter((type) => !LITE_OPS.includes(type)));
  if (types.size === 0) return [];
  return [
    `Paddle-Lite does not convert integer weights of ${[...types].join(', ')} when it loads a model: for .nb files quantise in the default mode`,
  ];
}
