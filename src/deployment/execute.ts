import { posix } from 'node:path';
import type { Device, DeviceInfo, FileToPut, PutResult } from '../../deploy/index.js';
import type { Target } from '../../targets/target.js';
import { type BuiltFile, buildRunner } from '../../toolchains/index.js';
import { type OnProgress, silent } from '../base/events.js';
import { type Compiled, type CompiledPlan, compile } from '../compile.js';
import type { Graph } from '../ir/graph.js';
import type { Tensor } from '../ir/tensor.js';
import type { Precision } from '../lower/index.js';
import { viewAs } from '../npy/index.js';
import { completeInputs, fittingPlans } from './inputs.js';
import { machineOf } from './machine.js';
import { type RunReport, readReport } from './protocol.js';

/** When the timing loop may stop: enough runs and time and a narrow interval, or the time limit. */
export interface Timing {
  /** The longest warm-up: it ends when the medians of its last two windows differ by less than 1 %. */
  readonly warmupMs: number;
  readonly minRuns: number;
  readonly minMs: number;
  readonly maxMs: number;
  /** Half the median's 95 % interval, in per cent of the median. */
  readonly intervalPercent: number;
}

export const PRESETS = {
  once: { warmupMs: 0, minRuns: 1, minMs: 0, maxMs: 1, intervalPercent: 0 },
  quick: { warmupMs: 500, minRuns: 10, minMs: 500, maxMs: 2000, intervalPercent: 1 },
  normal: { warmupMs: 2000, minRuns: 50, minMs: 2000, maxMs: 10_000, intervalPercent: 1 },
  strict: { warmupMs: 5000, minRuns: 1024, minMs: 10_000, maxMs: 60_000, intervalPercent: 1 },
} as const satisfies Record<string, Timing>;

export type Preset = keyof typeof PRESETS;

export interface ExecuteOptions {
  readonly precision: Precision;
  readonly threads?: number;
  readonly timing?: Timing;
  /** Inputs by name; absent ones are pseudo-random. */
  readonly inputs?: ReadonlyMap<string, Tensor>;
  /** Which graph of several; otherwise the first that takes the inputs. */
  readonly plan?: number;
  /** What `compile` made of the model for this target and precision; otherwise it is compiled. */
  readonly compiled?: Compiled;
  /** Time every step, after and apart from the timing runs. */
  readonly profile?: boolean;
  /** On emulated targets: also count the instructions of one run, with this plugin. */
  readonly counter?: string;
  readonly silenceMs?: number;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

export interface Execution {
  readonly compiled: Compiled;
  /** The graph that ran, and what it was compiled to. */
  readonly graph: Graph;
  readonly plan: CompiledPlan;
  readonly runner: BuiltFile;
  readonly info: DeviceInfo;
  readonly put: PutResult;
  readonly report: RunReport;
  readonly inputs: ReadonlyMap<string, Tensor>;
  readonly outputs: ReadonlyMap<string, Tensor>;
  /** Guest instructions of one inference; emulated targets only. */
  readonly instructions?: number;
}

/**
 * The way of a model to a device: compile, build the runner, send what is missing, run, bring the outputs back. Several
 * graphs are one model for several input shapes, in one program; one of its plans runs.
 */
export async function execute(
  model: Graph | readonly Graph[],
  target: Target,
  device: Device,
  options: ExecuteOptions,
): Promise<Execution> {
  const { precision, threads = 1, timing = PRESETS.quick, onProgress = silent, signal } = options;
  const graphs = [model].flat();
  const index = options.plan ?? fittingPlans(graphs, options.inputs ?? new Map())[0]!;
  const graph = graphs[index]!;
  const compiled = options.compiled ?? compile(graphs, { ...machineOf(target), precision, onProgress });
  const runner = await buildRunner({ arch: target.arch, onProgress, ...(signal ? { signal } : {}) });
  const inputs = completeInputs(graph, options.inputs ?? new Map());
  const files: FileToPut[] = [
    { name: 'runner', bytes: runner.bytes, executable: true },
    { name: `${precision}.edp`, bytes: compiled.program },
    // A pseudo-random input is made by the runner itself.
    ...[...(options.inputs?.keys() ?? [])].map((name, i) => ({
      name: `input-${i}.bin`,
      bytes: bytesOf(inputs.get(name)!),
    })),
  ];
  const transfer = { onProgress, ...(signal ? { signal } : {}) };
  onProgress({ stage: 'connect', message: `asking ${target.name} about itself` });
  const info = await device.info();
  const put = await device.put(files, transfer);
  const results = [...new Set(graph.outputs)].map((name, i) => ({
    name,
    path: posix.join(info.folder, `output-${process.pid}-${i}.bin`),
  }));
  const bindings = [
    ...[...(options.inputs?.keys() ?? [])].flatMap((name, i) => [
      '--input',
      `${name}=${put.paths.get(`input-${i}.bin`)}`,
    ]),
    ...results.flatMap(({ name, path }) => ['--output', `${name}=${path}`]),
  ];
  const selection = [put.paths.get(`${precision}.edp`)!, ...(graphs.length > 1 ? shapeArguments(graph) : [])];
  const args = [
    ...selection,
    ...bindings,
    '--threads',
    String(threads),
    ...timingArguments(timing),
    ...(options.profile ? ['--profile'] : []),
  ];
  onProgress({ stage: 'run', message: `running on ${target.name} (${info.cpu})` });
  const runOptions = {
    silenceMs: options.silenceMs ?? 60_000 * patienceWith(target) + timing.maxMs + timing.warmupMs,
    ...(signal ? { signal } : {}),
  };
  const result = await device.run(put.paths.get('runner')!, args, runOptions);
  const report = readReport(target.name, result);
  const outputs = new Map<string, Tensor>();
  for (const { name, path } of results) {
    const type = graph.types.get(name)!;
    outputs.set(name, { type, data: viewAs(type.dtype, await device.get(path, transfer)) });
  }
  await device.remove(results.map(({ path }) => path));
  const counted =
    options.counter && target.type === 'qemu' ? await countOnce(target, device, put, selection, options) : undefined;
  return {
    compiled,
    graph,
    plan: compiled.plans[index]!,
    runner,
    info,
    put,
    report,
    inputs,
    outputs,
    ...(counted === undefined ? {} : { instructions: counted }),
  };
}

/** An emulated CPU is many times slower than a board, and slower still while its instructions are counted. */
function patienceWith({ type }: Target): number {
  return type === 'qemu' ? 10 : 1;
}

async function countOnce(
  target: Target,
  device: Device,
  put: PutResult,
  selection: readonly string[],
  options: ExecuteOptions,
): Promise<number | undefined> {
  const result = await device.run(put.paths.get('runner')!, [...selection, '--samples', '1'], {
    counter: options.counter!,
    silenceMs: options.silenceMs ?? 60_000 * patienceWith(target),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  readReport(target.name, result);
  return result.instructions;
}

/** What tells the runner which plan to take. */
function shapeArguments({ inputs, types }: Graph): string[] {
  const shapes = inputs.map((name) => [name, types.get(name)!.shape] as const).filter(([, { length }]) => length > 0);
  return shapes.flatMap(([name, shape]) => ['--shape', `${name}=${shape.join('x')}`]);
}

function timingArguments({ warmupMs, minRuns, minMs, maxMs, intervalPercent }: Timing): string[] {
  return [
    ['--warmup-ms', warmupMs],
    ['--min-runs', minRuns],
    ['--min-ms', minMs],
    ['--max-ms', maxMs],
    ['--interval', intervalPercent],
  ].flatMap(([flag, value]) => [String(flag), String(value)]);
}

function bytesOf({ data }: Tensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
