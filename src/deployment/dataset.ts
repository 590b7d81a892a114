import { posix } from 'node:path';
import type { Device } from '../../deploy/index.js';
import type { Target } from '../../targets/target.js';
import { buildRunner } from '../../toolchains/index.js';
import { EdgeDeployError } from '../base/errors.js';
import { compile } from '../compile.js';
import type { Graph } from '../ir/graph.js';
import { elementCount } from '../ir/tensor.js';
import { viewAs } from '../npy/index.js';
import type { ExecuteOptions } from './execute.js';
import { machineOf } from './machine.js';
import { readReport } from './protocol.js';

export interface DatasetResult {
  /** Outputs of all samples, one behind the other. */
  readonly outputs: Float32Array;
  /** Nanoseconds of each sample's run. */
  readonly samples: readonly number[];
  readonly programBytes: number;
  readonly peakRssBytes: number;
}

/**
 * Runs a model of one input and one output over many samples in one go: `data` holds whole inputs, row-major, one behind
 * the other. Every sample is run once and timed.
 */
export async function runDataset(
  graph: Graph,
  target: Target,
  device: Device,
  data: Float32Array,
  options: Pick<ExecuteOptions, 'precision' | 'threads' | 'onProgress' | 'signal' | 'silenceMs'>,
): Promise<DatasetResult> {
  const [input, output] = [graph.inputs[0], graph.outputs[0]];
  if (graph.inputs.length !== 1 || graph.outputs.length !== 1 || !input || !output) {
    throw new EdgeDeployError('E_USAGE', 'a dataset needs a model of one input and one output', {
      hint: 'Run such a model picture by picture: edge-deploy run.',
    });
  }
  const size = elementCount(graph.types.get(input)!.shape);
  const samples = data.length / size;
  if (!Number.isInteger(samples) || samples === 0) {
    throw new EdgeDeployError('E_INPUT', `${data.length} values are no whole number of inputs of ${size}`, {
      hint: 'Check the shape of the data against the input’s: edge-deploy inspect shows it.',
    });
  }
  const { precision, threads = 1 } = options;
  const { program } = compile(graph, { ...machineOf(target), precision });
  const runner = await buildRunner({
    arch: target.arch,
    ...(options.onProgress ? { onProgress: options.onProgress } : {}),
  });
  const transfer = options.signal ? { signal: options.signal } : {};
  const { folder } = await device.info();
  const { paths } = await device.put(
    [
      { name: 'runner', bytes: runner.bytes, executable: true },
      { name: `${precision}.edp`, bytes: program },
      { name: 'samples.bin', bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) },
    ],
    transfer,
  );
  const result = posix.join(folder, `outputs-${process.pid}.bin`);
  const args = [
    paths.get(`${precision}.edp`)!,
    '--input',
    `${input}=${paths.get('samples.bin')}`,
    '--output',
    `${output}=${result}`,
  ];
  const ended = await device.run(
    paths.get('runner')!,
    [...args, '--samples', String(samples), '--threads', String(threads)],
    {
      silenceMs: options.silenceMs ?? 600_000,
      ...transfer,
    },
  );
  const report = readReport(target.name, ended);
  const outputs = viewAs('f32', await device.get(result, transfer)) as Float32Array;
  await device.remove([result]);
  return { outputs, samples: report.samples, programBytes: program.length, peakRssBytes: report.peakRssBytes };
}
