/**
 * edge-deploy's public API.
 *
 *   const graph = await loadModel('models/mobilenet');
 *   const target = loadTargets().get('qemu-armv8')!;
 *   const { record } = await push(graph, target, { precision: 'int8' });
 *   console.log(record.summary.median, 'ns');
 *
 * One program for several input shapes: the plan that runs is the one that takes the inputs.
 *
 *   const graphs = await loadPlans('models/rec', [192, 320].map((width) => new Map([['x', [1, 3, 48, width]]])));
 *   const { program } = compile(graphs, { ...machineOf(target), precision: 'int8' });
 *   const outputs = await run(graphs, target, { precision: 'int8', inputs });
 */
import type { Target } from '../targets/index.js';
import { type Deployment, type DeployOptions, deployModel } from './deployment/deploy-model.js';
import type { ExecuteOptions } from './deployment/execute.js';
import { PRESETS } from './deployment/execute.js';
import type { Graph } from './ir/graph.js';
import type { Tensor } from './ir/tensor.js';

export { type Device, type DeviceInfo, openDevice, type PutResult, type RunResult } from '../deploy/index.js';
export { loadTargets, readConfig, resolveTargets, type Target } from '../targets/index.js';
export { type BuiltFile, buildProgram, buildRunner } from '../toolchains/index.js';
export { EdgeDeployError, type ErrorCode } from './base/errors.js';
export type { OnProgress, Progress } from './base/events.js';
export { type Compiled, type CompiledPlan, type CompileOptions, compile, PRECISIONS } from './compile.js';
export { type DatasetResult, runDataset } from './deployment/dataset.js';
export { type Deployment, type DeployOptions, deployPlans as pushPlans } from './deployment/deploy-model.js';
export { PRESETS, type Preset, type Timing } from './deployment/execute.js';
export { machineOf } from './deployment/machine.js';
export type { RunRecord } from './deployment/summary.js';
export type { Graph } from './ir/graph.js';
export type { Constant, Tensor, TensorType } from './ir/tensor.js';
export { type InputShapes, type LoadOptions, loadModel, loadPlans } from './load.js';
export type { Precision } from './lower/index.js';
export { agreement, argMax } from './measure/agreement.js';
export { type Summary, summarize } from './measure/summary.js';
export { readNpy, writeNpy } from './npy/index.js';
export { evaluateGraph } from './ops/evaluate.js';
export {
  type PackageFile,
  type PackageOptions,
  type PackagePlatform,
  packageFiles,
  writePackage,
} from './package/index.js';
export { type QuantPostDynamicOptions, type QuantPostDynamicResult, quantPostDynamic } from './paddle/index.js';
export { readProgramFile } from './program/read.js';

/**
 * Compiles a model for a target, sends what is missing there, runs and times it, and compares with the reference. Of several
 * graphs (`loadPlans`) the first runs that takes the inputs; `pushPlans` runs all that do.
 */
export function push(
  model: Graph | readonly Graph[],
  target: Target,
  options: Omit<DeployOptions, 'modelBytes'> & { modelBytes?: number },
): Promise<Deployment> {
  const [graph] = [model].flat();
  const bytes = [...(graph?.constants.values() ?? [])].reduce((sum, { data }) => sum + data.byteLength, 0);
  return deployModel(model, target, { modelBytes: bytes, ...options });
}

/** Runs a model once on a target and returns its outputs by name; of several graphs, the first that takes the inputs. */
export async function run(
  model: Graph | readonly Graph[],
  target: Target,
  options: ExecuteOptions,
): Promise<ReadonlyMap<string, Tensor>> {
  const { execution } = await push(model, target, { timing: PRESETS.once, ...options });
  return execution.outputs;
}
