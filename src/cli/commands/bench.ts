import PQueue from 'p-queue';
import type { Target } from '../../../targets/index.js';
import { EdgeDeployError } from '../../base/errors.js';
import { PRECISIONS } from '../../compile.js';
import { deployPlans } from '../../deployment/deploy-model.js';
import { PRESETS } from '../../deployment/execute.js';
import { Reference } from '../../deployment/reference.js';
import type { RunRecord } from '../../deployment/summary.js';
import type { Precision } from '../../lower/index.js';
import { renderSweep } from '../../report/run-record.js';
import { type CommandDefinition, defineCommand } from '../command.js';
import type { Context } from '../context.js';
import { checkFailures, withDevice } from '../device.js';
import { errorRecord } from '../errors.js';
import { type CommandModel, loadForCommand } from '../model.js';
import { chosenPreset, chosenTargets, configuration, count, modelFlags, presetFlag, targetFlag } from '../options.js';
import { writeWhole } from '../write-whole.js';

interface Cell {
  readonly model: CommandModel;
  readonly reference: Reference;
  readonly precision: Precision;
  readonly threads: number;
}

interface Outcome {
  readonly results: { model: string; record: RunRecord }[];
  readonly failures: { target: string; model: string; precision: string; threads: number; error: unknown }[];
}

/** Models × precisions × threads × targets: one cell at a time on a machine, machines side by side. */
export const bench: CommandDefinition = defineCommand({
  name: 'bench',
  summary: 'sweep models × precisions × threads × targets; every sample is kept',
  configure: (command) =>
    void presetFlag(targetFlag(modelFlags(command.argument('[models...]', 'Paddle or ONNX models'))))
      .option('--precision <list>', 'comma list of fp32, int8w, int16w, int8')
      .option('--threads <list>', 'comma list')
      .option('-o, --output <file.json>', 'where the samples go', 'bench.json'),

  async run(context, models, options) {
    const config = configuration();
    const targets = chosenTargets(config, options.target);
    const precisions = precisionList(
      (options.precision as string | undefined)?.split(',') ?? config?.bench?.precision ?? ['fp32', 'int8'],
    );
    const threads = (options.threads as string | undefined)?.split(',').map(count) ?? config?.bench?.threads ?? [1];
    const preset = chosenPreset(options.preset ?? config?.bench?.preset, 'normal');
    const loaded: CommandModel[] = [];
    for (const path of models.length > 0 ? models : [undefined])
      loaded.push(await loadForCommand(context, config, path, options));
    const cells = loaded.flatMap((model) => {
      const reference = new Reference();
      return precisions.flatMap((precision) => threads.map((n) => ({ model, reference, precision, threads: n })));
    });
    if (context.dryRun) {
      context.result({
        dryRun: targets.flatMap((target) =>
          cells.map(({ model, precision, threads: n }) => ({
            target: target.name,
            model: model.path,
            precision,
            threads: n,
          })),
        ),
      });
      context.print(
        `${cells.length * targets.length} cells: ${cells.length} on each of ${targets.map(({ name }) => name).join(', ')}`,
      );
      return 0;
    }
    const outcome: Outcome = { results: [], failures: [] };
    const queues = new Map<string, PQueue>();
    await Promise.all(
      targets.map((target) => {
        const queue = queues.get(placeOf(target)) ?? new PQueue({ concurrency: 1 });
        queues.set(placeOf(target), queue);
        return queue.add(() => sweepTarget(context, target, cells, PRESETS[preset], outcome));
      }),
    );
    if (context.signal.aborted) throw new EdgeDeployError('E_INTERRUPTED', 'interrupted');
    // Cells of one target are in their order; those of targets that ran side by side are not.
    const order = new Map(targets.map(({ name }, i) => [name, i]));
    outcome.results.sort((a, b) => order.get(a.record.target)! - order.get(b.record.target)!);
    const failures = outcome.failures.map(({ error, ...cell }) => ({ ...cell, error: errorRecord(error) }));
    const file = {
      schema: 1,
      tool: 'edge-deploy',
      command: context.command,
      preset,
      node: process.version,
      results: outcome.results,
      failures,
    };
    const output = options.output as string;
    await writeWhole(output, `${JSON.stringify(file)}\n`, false);
    context.result(file);
    context.print(`${renderSweep(outcome.results)}\n\nsamples and environment: ${output}`);
    const failed = new Set(outcome.failures.map(({ target }) => target));
    checkFailures([...failed], targets, `What succeeded is in ${output}, and so are the errors.`);
    return 0;
  },
});

/** Targets of one place take turns: the host and emulated CPUs share this machine and would disturb each other's times. */
function placeOf(target: Target): string {
  return target.type === 'host' || target.type === 'qemu' ? 'this machine' : target.name;
}

/** All cells on one device, in a fixed order. A device that cannot be reached fails all its cells at once. */
async function sweepTarget(
  context: Context,
  target: Target,
  cells: readonly Cell[],
  timing: (typeof PRESETS)[keyof typeof PRESETS],
  outcome: Outcome,
): Promise<void> {
  const done = new Set<Cell>();
  const fail = (cell: Cell, error: unknown) => {
    const { model, precision, threads } = cell;
    done.add(cell);
    outcome.failures.push({ target: target.name, model: model.path, precision, threads, error });
  };
  try {
    await withDevice(context, target, async (device) => {
      for (const cell of cells) {
        if (context.signal.aborted) return;
        const { model, reference, precision, threads } = cell;
        context.note(`${target.name}: ${model.path}, ${precision}, ${threads} thread${threads === 1 ? '' : 's'}`);
        try {
          for await (const { record } of deployPlans(model.graphs, target, {
            precision,
            threads,
            timing,
            modelBytes: model.bytes,
            device,
            reference,
            command: context.command,
            signal: context.signal,
            ...(context.silenceMs === undefined ? {} : { silenceMs: context.silenceMs }),
          }))
            outcome.results.push({ model: model.path, record });
          done.add(cell);
        } catch (error) {
          if (context.signal.aborted) return;
          context.complain(error);
          fail(cell, error);
        }
      }
    });
  } catch (error) {
    context.complain(error);
    for (const cell of cells) if (!done.has(cell)) fail(cell, error);
  }
}

function precisionList(words: readonly string[]): Precision[] {
  return words.map((word) => {
    const found = PRECISIONS.find((precision) => precision === word.trim());
    if (found) return found;
    throw new EdgeDeployError('E_USAGE', `there is no precision '${word}'`, {
      hint: `Choose from: ${PRECISIONS.join(', ')}.`,
    });
  });
}
