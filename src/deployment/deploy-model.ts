import { type Device, openDevice } from '../../deploy/index.js';
import type { Target } from '../../targets/target.js';
import type { Graph } from '../ir/graph.js';
import type { Tensor } from '../ir/tensor.js';
import { buildCounter } from './counter.js';
import { type ExecuteOptions, type Execution, execute } from './execute.js';
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

/** Pushes a model to a target, runs it there, and compares its outputs with the host's reference. */
export async function deployModel(graph: Graph, target: Target, options: DeployOptions): Promise<Deployment> {
  const { precision, reference = new Reference() } = options;
  const counter =
    target.type === 'qemu' && target.metric !== 'time' ? await buildCounter(options.onProgress) : undefined;
  const device = options.device ?? (await openDevice(target, options));
  try {
    const execution = await execute(graph, target, device, { ...options, ...(counter ? { counter } : {}) });
    const { compiled, inputs, outputs } = execution;
    const compare = (expected: ReadonlyMap<string, Tensor>) =>
      compareOutputs(outputs, expected, judgedBy(precision, graph), target.arch);
    const agreement = compare(reference.outputs(precision, compiled, inputs));
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
