import { createHash } from 'node:crypto';
import type { Target } from '../../targets/target.js';
import { version } from '../base/version.js';
import { describeInputs } from '../ir/same-model.js';
import type { Precision } from '../lower/index.js';
import { type Summary, summarize } from '../measure/summary.js';
import type { Execution } from './execute.js';
import type { RunReport, StepTiming } from './protocol.js';
import type { OutputAgreement } from './reference.js';

/** Everything one run on one target showed: what `--json` prints and `bench` keeps. */
export interface RunRecord {
  readonly target: string;
  readonly transport: string;
  readonly cpu: string;
  readonly path: string;
  readonly precision: Precision;
  readonly threads: number;
  /** The model's inputs as they were in this run: `x f32[1,3,48,192]`. */
  readonly inputs: readonly string[];
  /** True when the CPU is emulated: times then say nothing about a board, instructions do. */
  readonly emulated: boolean;
  readonly modelBytes: number;
  readonly programBytes: number;
  readonly runnerBytes: number;
  readonly sent: readonly { readonly name: string; readonly bytes: number }[];
  readonly bytesSent: number;
  readonly loadNs: number;
  readonly summary: Summary;
  /** Why timing ended. */
  readonly stop: string;
  readonly warmup?: RunReport['warmup'];
  readonly instructions?: number;
  readonly peakRssBytes: number;
  readonly arenaBytes: number;
  readonly macs: number;
  /** Outputs against the host's evaluation of what this precision promises. */
  readonly agreement: readonly OutputAgreement[];
  /** Outputs against the model before quantisation: what the precision costs; absent for fp32. */
  readonly loss?: readonly Omit<OutputAgreement, 'agrees'>[];
  readonly steps: readonly {
    readonly name: string;
    readonly step: string;
    readonly kernel: string;
    readonly medianNs: number;
    readonly share: number;
  }[];
  readonly samples: readonly number[];
  /** The board, and what made the figure: versions, hashes of program and runner, the command. */
  readonly environment: Readonly<Record<string, unknown>>;
}

export interface RecordOptions {
  readonly precision: Precision;
  readonly threads: number;
  readonly path: string;
  readonly modelBytes: number;
  readonly agreement: readonly OutputAgreement[];
  readonly loss?: readonly OutputAgreement[];
  readonly command: string;
}

export function recordOf(target: Target, execution: Execution, options: RecordOptions): RunRecord {
  const { report, info, put, compiled, plan, graph, runner } = execution;
  return {
    target: target.name,
    transport: info.transport,
    cpu: info.cpu,
    path: options.path,
    precision: options.precision,
    threads: options.threads,
    inputs: describeInputs(graph),
    emulated: info.transport === 'qemu',
    modelBytes: options.modelBytes,
    programBytes: compiled.program.length,
    runnerBytes: runner.bytes.length,
    sent: put.sent,
    bytesSent: put.bytesSent,
    loadNs: report.loadNs,
    summary: summarize(report.samples),
    stop: report.stop,
    ...(report.warmup ? { warmup: report.warmup } : {}),
    ...(execution.instructions === undefined ? {} : { instructions: execution.instructions }),
    peakRssBytes: report.peakRssBytes,
    arenaBytes: plan.arenaBytes,
    macs: plan.macs,
    agreement: options.agreement,
    ...(options.loss ? { loss: options.loss.map(({ agrees: _, ...one }) => one) } : {}),
    steps: slowestFirst(report.steps),
    samples: report.samples,
    environment: {
      ...info,
      tool: version,
      compiler: runner.compiler,
      programHash: createHash('sha256').update(compiled.program).digest('hex'),
      runnerHash: runner.hash,
      command: options.command,
      date: new Date().toISOString(),
    },
  };
}

function slowestFirst(steps: readonly StepTiming[]): RunRecord['steps'] {
  const timed = steps.map(({ name, step, kernel, ns }) => ({ name, step, kernel, medianNs: summarize(ns).median }));
  const total = timed.reduce((sum, { medianNs }) => sum + medianNs, 0) || 1;
  return timed.map((step) => ({ ...step, share: step.medianNs / total })).toSorted((a, b) => b.medianNs - a.medianNs);
}
