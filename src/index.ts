/**
 * edge-deploy's public API.
 *
 *   const graph = await loadModel('models/mobilenet');
 *   const target = loadTargets().get('qemu-armv8')!;
 *   const { record } = await push(graph, target, { precision: 'int8' });
 *   console.log(record.summary.median, 'ns');
 */
import type { Target } from '../targets/index.js';
import { type Deployment, type DeployOptions, deployModel } from './deployment/deploy-model.js';
import type { ExecuteOptions } from './deployment/execute.js';
import { PRESETS } from './deployment/execute.js';
import type { Graph } from './ir/graph.js';
import type { Tensor } from './ir/tensor.js';

export { type Device, type DeviceInfo, openDevice, type PutResult, type RunResult } from '../deploy/index.js';
export { loadTargets, readConfig, resolveTargets, type Target } from '../targets/index.js';
export { type BuiltProgram, buildProgram, buildRunner } from '../toolchains/index.js';
export { EdgeDeployError, type ErrorCode } from './base/errors.js';
export type { OnProgress, Progress } from './base/events.js';
export { type Compiled, type CompileOptions, compile, PRECISIONS } from './compile.js';
export { type DatasetResult, runDataset } from './deployment/dataset.js';
export type { Deployment, DeployOptions } from './deployment/deploy-model.js';
export { PRESETS, type Preset, type Timing } from './deployment/execute.js';
export { machineOf } from './deployment/machine.js';
export type { RunRecord } from './deployment/summary.js';
export type { Graph } from './ir/graph.js';
export type { Constant, Tensor, TensorType } from './ir/tensor.js';
export { type LoadOptions, loadModel } from './load.js';
export type { Precision } from './lower/index.js';
export { agreement, argMax } from './measure/agreement.js';
export { type Summary, summarize } from './measure/summary.js';
export { readNpy, writeNpy } from './npy/index.js';
export { evaluateGraph } from './ops/evaluate.js';
export { type QuantPostDynamicOptions, type QuantPostDynamicResult, quantPostDynamic } from './paddle/index.js';
export { readProgramFile } from './program/read.js';

/** Compiles a model for a target, sends what is missing there, runs and times it, and compares with the reference. */
export function push(
  graph: Graph,
  target: Target,
  options: Omit<DeployOptions, 'modelBytes'> & { modelBytes?: number },
): Promise<Deployment> {
  const bytes = [...graph.constants.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  return deployModel(graph, target, { modelBytes: bytes, ...options });
}

/** Runs a model once on a target and returns its outputs by name. */
export async function run(graph: Graph, target: Target, options: ExecuteOptions): Promise<ReadonlyMap<string, Tensor>> {
  const { execution } = await push(graph, target, { timing: PRESETS.once, ...options });
  return execution.outputs;
}
