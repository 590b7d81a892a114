import { z } from 'zod';
import type { RunResult } from '../../deploy/index.js';
import { EdgeDeployError, type ErrorCode } from '../base/errors.js';

/** The runner's JSON lines. Unknown events are skipped: a newer runner may say more. */
const natural = z.number().nonnegative();
const event = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('cpu'),
    machine: z.string(),
    paths: z.array(z.string()),
    cores: natural,
    features: z.string(),
  }),
  z.object({
    event: z.literal('load'),
    ns: natural,
    file_bytes: natural,
    arena_bytes: natural,
    scratch_bytes: natural,
    threads: natural,
  }),
  z.object({ event: z.literal('warmup'), reason: z.string(), runs: natural, ns: natural }),
  z.object({ event: z.literal('samples'), ns: z.array(natural) }),
  z.object({ event: z.literal('stop'), reason: z.string(), runs: natural }),
  z.object({
    event: z.literal('step'),
    index: natural,
    name: z.string(),
    step: z.string(),
    kernel: z.string(),
    macs: natural,
    ns: z.array(natural),
  }),
  z.object({ event: z.literal('done'), peak_rss_bytes: natural }),
  z.object({ event: z.literal('error'), status: z.string(), message: z.string() }),
]);

type Event = z.infer<typeof event>;

export interface StepTiming {
  readonly index: number;
  readonly name: string;
  readonly step: string;
  readonly kernel: string;
  readonly macs: number;
  readonly ns: readonly number[];
}

/** What one execution of the runner reported. */
export interface RunReport {
  readonly paths: readonly string[];
  readonly loadNs: number;
  readonly arenaBytes: number;
  /** Every timed run, in order, in nanoseconds of the device's monotonic clock. */
  readonly samples: readonly number[];
  /** Why timing ended: `interval`, `count` or `max-time`. */
  readonly stop: string;
  /** How warming up ended (`settled` or `max-time`) and after how many runs; absent when there was none. */
  readonly warmup?: { readonly reason: string; readonly runs: number };
  readonly steps: readonly StepTiming[];
  readonly peakRssBytes: number;
}

/** Reads what a runner printed. Throws the error it reported, or E_RUN when it ended without a word. */
export function readReport(target: string, { stdout, stderr, exitCode }: RunResult): RunReport {
  const events = stdout.split('\n').flatMap((line) => parseLine(line));
  const of = <K extends Event['event']>(kind: K) =>
    events.filter((one): one is Extract<Event, { event: K }> => one.event === kind);
  const error = of('error')[0];
  if (error) throw reportedError(target, error.status, error.message);
  const [cpu, load, warmup, stop, done] = [of('cpu')[0], of('load')[0], of('warmup')[0], of('stop')[0], of('done')[0]];
  if (exitCode !== 0 || !load || !done) {
    const said = stderr.trim().split('\n').at(-1) || stdout.trim().split('\n').at(-1) || 'it printed nothing';
    throw new EdgeDeployError('E_RUN', `${target}: the runner ended with exit code ${exitCode}: ${said}`, {
      hint: 'Run again with --debug to see all it printed.',
    });
  }
  return {
    paths: cpu?.paths ?? [],
    loadNs: load.ns,
    arenaBytes: load.arena_bytes,
    samples: of('samples').flatMap(({ ns }) => ns),
    stop: stop?.reason ?? '',
    ...(warmup ? { warmup: { reason: warmup.reason, runs: warmup.runs } } : {}),
    steps: of('step').map(({ event: _, ...step }) => step),
    peakRssBytes: done.peak_rss_bytes,
  };
}

function parseLine(line: string): Event[] {
  if (!line.startsWith('{')) return [];
  try {
    const parsed = event.safeParse(JSON.parse(line));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}

/** Errors the runner found by itself, by its status. */
const CODES: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ED_CPU_FEATURE: ['E_CPU_FEATURE', 'Set `path:` of the target to one that its CPU has (neon).'],
  ED_WRONG_MACHINE: ['E_WRONG_ARCH', 'Compile the program for this target: `edge-deploy push MODEL -t TARGET`.'],
  ED_NOT_A_PROGRAM: ['E_PROGRAM', 'Compile the model again.'],
  ED_WRONG_ABI: ['E_PROGRAM', 'Compile the model again with this version.'],
  ED_TRUNCATED: ['E_PROGRAM', 'Push again.'],
  ED_CORRUPT: ['E_PROGRAM', 'Compile the model again.'],
  SHAPE: ['E_INPUT', 'Compile the model for this shape as well: --input-shape.'],
  INPUT: ['E_INPUT', 'Give the input the shape and the type that `edge-deploy inspect` shows.'],
  MEMORY: ['E_KILLED', 'Free memory on the device, or use int8w or int8.'],
};

function reportedError(target: string, status: string, message: string): EdgeDeployError {
  const [code, hint] =
    CODES[status] ??
    (/no space/i.test(message)
      ? ['E_DISK_FULL', 'Free some space on the device.']
      : ['E_RUN', 'Run it again; if it fails again, report it as a bug.']);
  return new EdgeDeployError(code as ErrorCode, `${target}: ${message}`, { hint });
}
