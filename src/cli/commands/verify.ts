import { EdgeDeployError } from '../../base/errors.js';
import { deployModel } from '../../deployment/deploy-model.js';
import { PRESETS } from '../../deployment/execute.js';
import { Reference } from '../../deployment/reference.js';
import { renderTable } from '../../report/table.js';
import { defineCommand } from '../command.js';
import { loadForCommand } from '../model.js';
import {
  chosenPrecision,
  chosenTargets,
  configuration,
  inputFlag,
  inputTensors,
  modelFlags,
  precisionFlag,
  targetFlag,
  threadsFlag,
} from '../options.js';

/** The board's outputs against the host's reference; exit code 9 when they differ. */
export const verify = defineCommand({
  name: 'verify',
  summary: 'compare a target’s outputs with the host’s reference',
  configure: (command) =>
    void inputFlag(threadsFlag(precisionFlag(targetFlag(modelFlags(command.argument('[model]', 'Paddle model')))))),

  async run(context, [model], options) {
    const config = configuration();
    const targets = chosenTargets(config, options.target);
    const loaded = await loadForCommand(context, config, model, options);
    const precision = chosenPrecision(config, options.precision);
    const reference = new Reference();
    const results = [];
    for (const target of targets) {
      const { record } = await deployModel(loaded.graph, target, {
        precision,
        threads: options.threads as number,
        timing: PRESETS.once,
        inputs: inputTensors(options.input as string[], loaded.graph.inputs),
        modelBytes: loaded.bytes,
        reference,
        command: context.command,
        onProgress: context.onProgress,
        signal: context.signal,
        ...(context.silenceMs === undefined ? {} : { silenceMs: context.silenceMs }),
      });
      results.push(...record.agreement.map((one) => ({ target: target.name, precision, ...one })));
    }
    if (context.json) context.print(JSON.stringify({ schema: 1, results }));
    else {
      const right = { align: 'right' } as const;
      context.print(
        renderTable(
          [
            { title: 'target' },
            { title: 'output' },
            { title: 'max |Δ|', ...right },
            { title: 'of largest', ...right },
            { title: 'cosine', ...right },
            { title: '' },
          ],
          results.map((one) => [
            one.target,
            one.output,
            one.maxDifference.toExponential(2),
            one.relative.toExponential(2),
            one.cosine.toFixed(6),
            one.agrees ? 'agrees' : 'DIFFERS',
          ]),
        ),
      );
    }
    const different = results.filter(({ agrees }) => !agrees);
    if (different.length === 0) return 0;
    throw new EdgeDeployError(
      'E_MISMATCH',
      `${different.length} of ${results.length} outputs differ from the host's reference`,
      {
        hint: 'Try --precision fp32: if that agrees, the precision is the cause; if not, report it as a bug.',
      },
    );
  },
});
