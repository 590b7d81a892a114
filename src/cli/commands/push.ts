import { deployPlans } from '../../deployment/deploy-model.js';
import { PRESETS } from '../../deployment/execute.js';
import { Reference } from '../../deployment/reference.js';
import type { RunRecord } from '../../deployment/summary.js';
import { renderPlans } from '../../report/run-record.js';
import { defineCommand } from '../command.js';
import { checkFailures, eachTarget, withDevice } from '../device.js';
import { errorRecord } from '../errors.js';
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
    const inputs = inputTensors(options.input as string[] | undefined, loaded.graphs[0].inputs);
    if (context.dryRun) return rehearse(context, loaded.graphs, targets, precision);
    const reference = new Reference();
    const records: RunRecord[] = [];
    const failures = await eachTarget(context, targets, (target) =>
      withDevice(context, target, async (device) => {
        const plans: RunRecord[] = [];
        for await (const { record } of deployPlans(loaded.graphs, target, {
          precision,
          threads: options.threads as number,
          timing: PRESETS[chosenPreset(options.preset, 'quick')],
          inputs,
          profile: true,
          modelBytes: loaded.bytes,
          device,
          reference,
          command: context.command,
          onProgress: context.onProgress,
          signal: context.signal,
          ...(context.silenceMs === undefined ? {} : { silenceMs: context.silenceMs }),
        })) {
          plans.push(record);
          records.push(record);
        }
        context.print(renderPlans(plans, context.verbose));
      }),
    );
    context.result({ records, failures: failures.map(({ target, error }) => ({ target, error: errorRecord(error) })) });
    checkFailures(
      failures.map(({ target }) => target),
      targets,
    );
    return 0;
  },
});
