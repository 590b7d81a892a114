import { EdgeDeployError } from '../../base/errors.js';
import { deployModel } from '../../deployment/deploy-model.js';
import { PRESETS } from '../../deployment/execute.js';
import { Reference } from '../../deployment/reference.js';
import type { RunRecord } from '../../deployment/summary.js';
import { renderRun } from '../../report/run-record.js';
import { defineCommand } from '../command.js';
import { describeError, errorRecord } from '../errors.js';
import { loadForCommand } from '../model.js';
import {
  chosenPrecision,
  chosenPreset,
  chosenTargets,
  configuration,
  inputFlag,
  inputTensors,
  modelFlags,
  precisionFlag,
  presetFlag,
  targetFlag,
  threadsFlag,
} from '../options.js';
import { rehearse } from '../rehearse.js';

/** The whole product in one line. */
export const push = defineCommand({
  name: 'push',
  summary: 'quantise, compile, build, send what is missing, run, and print what it took',
  configure: (command) =>
    void presetFlag(
      inputFlag(
        threadsFlag(precisionFlag(targetFlag(modelFlags(command.argument('[model]', 'Paddle or ONNX model'))))),
      ),
    ),

  async run(context, [model], options) {
    const config = configuration();
    const targets = chosenTargets(config, options.target);
    const loaded = await loadForCommand(context, config, model, options);
    const precision = chosenPrecision(config, options.precision);
    const inputs = inputTensors(options.input as string[], loaded.graph.inputs);
    if (context.dryRun) return rehearse(context, loaded.graph, targets, precision);
    const reference = new Reference();
    const records: RunRecord[] = [];
    const failures: { target: string; error: unknown }[] = [];
    for (const target of targets) {
      try {
        const { record } = await deployModel(loaded.graph, target, {
          precision,
          threads: options.threads as number,
          timing: PRESETS[chosenPreset(options.preset, 'quick')],
          inputs,
          profile: true,
          modelBytes: loaded.bytes,
          reference,
          command: context.command,
          onProgress: context.onProgress,
          signal: context.signal,
          ...(context.silenceMs === undefined ? {} : { silenceMs: context.silenceMs }),
        });
        records.push(record);
        if (!context.json) context.print(renderRun(record, context.verbose));
      } catch (error) {
        if (context.signal.aborted || targets.length === 1) throw error;
        failures.push({ target: target.name, error });
        context.note(describeError(error, false));
      }
    }
    if (context.json) {
      const failed = failures.map(({ target, error }) => ({ target, error: errorRecord(error) }));
      context.print(JSON.stringify({ schema: 1, records, failures: failed }));
    }
    if (failures.length > 0) {
      throw new EdgeDeployError(
        'E_SOME_TARGETS',
        `${failures.length} of ${targets.length} targets failed: ${failures.map(({ target }) => target).join(', ')}`,
      );
    }
    return 0;
  },
});
