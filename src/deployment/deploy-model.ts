import { type Device, openDevice } from '../../deploy/index.js';
import type { Target } from '../../targets/target.js';
import { compile } from '../compile.js';
import type { Graph } from '../ir/graph.js';
import type { Tensor } from '../ir/tensor.js';
import { buildCounter } from './counter.js';
import { type ExecuteOptions, type Execution, execute } from './execute.js';
import { fittingPlans } from './inputs.js';
import { machineOf } from './machine.js';
import { compareOutputs, judgedBy, Reference } from './reference.js';
import { type RunRecord, recordOf } from './summary.js';

export interface DeployOptions extends ExecuteOptions {
  /** Bytes of the model as it came. */
  readonly modelBytes: number;
  /** Shared by all runs of this model with these inputs, so that the host evaluates it once for a precision. */
  readonly reference?: Reference;
  /** The command that makes this figure again. */
  readonly command?: string;
  /** An open device; otherwise one is opened and closed. */
  readonly device?: Device;
}

export interface Deployment {
  readonly record: RunRecord;
  readonly execution: Execution;
}

/**
 * Pushes a model to a target, runs it there, and compares its outputs with the host's reference. Several graphs are one
 * model for several input shapes: the first runs that takes the inputs.
 */
export async function deployModel(
  model: Graph | readonly Graph[],
  target: Target,
  options: DeployOptions,
): Promise<Deployment> {
  const { precision, reference = new Reference() } = options;
  const counter =
    target.type === 'qemu' && target.metric !== 'time' ? await buildCounter(options.onProgress) : undefined;
  const device = options.device ?? (await openDevice(target, options));
  try {
    const execution = await execute(model, target, device, { ...options, ...(counter ? { counter } : {}) });
    const { graph, plan, inputs, outputs } = execution;
    const compare = (expected: ReadonlyMap<string, Tensor>) =>
      compareOutputs(outputs, expected, judgedBy(precision, graph), target.arch);
    const agreement = compare(reference.outputs(graph, precision, plan, inputs));
    const record = recordOf(target, execution, {
      precision,
      threads: options.threads ?? 1,
      path: machineOf(target).path,
      modelBytes: options.modelBytes,
      agreement,
      ...(precision === 'fp32' ? {} : { loss: compare(reference.original(graph, inputs)) }),
      command: options.command ?? '',
    });
    return { record, execution };
  } finally {
    if (!options.device) await device.close();
  }
}

/** deployModel for every graph that takes the inputs, one after the other; all are in one program, which is compiled once. */
export async function* deployPlans(
  graphs: readonly Graph[],
  target: Target,
  options: Omit<DeployOptions, 'plan' | 'compiled'>,
): AsyncGenerator<Deployment> {
  const { precision, onProgress } = options;
  const plans = fittingPlans(graphs, options.inputs ?? new Map());
  const compiled = compile(graphs, { ...machineOf(target), precision, ...(onProgress ? { onProgress } : {}) });
  const device = options.device ?? (await openDevice(target, options));
  try {
    for (const plan of plans) yield await deployModel(graphs, target, { ...options, device, compiled, plan });
  } finally {
    if (!options.device) await device.close();
  }
}
