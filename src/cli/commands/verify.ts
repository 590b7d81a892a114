import { EdgeDeployError } from '../../base/errors.js';
import { compareNodes, type NodeAgreement } from '../../deployment/bisect.js';
import { deployPlans } from '../../deployment/deploy-model.js';
import { PRESETS } from '../../deployment/execute.js';
import { type OutputAgreement, Reference } from '../../deployment/reference.js';
import { renderTable } from '../../report/table.js';
import { defineCommand } from '../command.js';
import { checkFailures, eachTarget, withDevice } from '../device.js';
import { errorRecord } from '../errors.js';
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
import { rehearse } from '../rehearse.js';

/** The board's outputs against the host's reference; exit code 9 when they differ. */
export const verify = defineCommand({
  name: 'verify',
  summary: 'compare a target’s outputs with the host’s reference',
  configure: (command) =>
    void inputFlag(
      threadsFlag(precisionFlag(targetFlag(modelFlags(command.argument('[model]', 'Paddle or ONNX model'))))),
    ).option('--bisect', 'compare every step’s result and name the first that differs'),

  async run(context, [model], options) {
    const config = configuration();
    const targets = chosenTargets(config, options.target);
    const loaded = await loadForCommand(context, config, model, options);
    const precision = chosenPrecision(config, options.precision);
    if (context.dryRun) return rehearse(context, loaded.graphs, targets, precision);
    const reference = new Reference();
    const results: (OutputAgreement & {
      readonly target: string;
      readonly precision: string;
      readonly inputs: readonly string[];
    })[] = [];
    const steps: Bisection[] = [];
    const execution = {
      precision,
      threads: options.threads as number,
      timing: PRESETS.once,
      inputs: inputTensors(options.input as string[] | undefined, loaded.graphs[0].inputs),
      onProgress: context.onProgress,
      signal: context.signal,
      ...(context.silenceMs === undefined ? {} : { silenceMs: context.silenceMs }),
    };
    const failures = await eachTarget(context, targets, (target) =>
      withDevice(context, target, async (device) => {
        for await (const {
          record,
          execution: { graph },
        } of deployPlans(loaded.graphs, target, {
          ...execution,
          modelBytes: loaded.bytes,
          device,
          reference,
          command: context.command,
        })) {
          const { inputs } = record;
          results.push(...record.agreement.map((one) => ({ target: target.name, precision, inputs, ...one })));
          if (!options.bisect) continue;
          const nodes = await compareNodes(graph, target, device, execution);
          steps.push({
            target: target.name,
            inputs,
            compared: nodes.length,
            first: nodes.find(({ agrees }) => !agrees),
          });
        }
      }),
    );
    context.result({
      results,
      ...(options.bisect ? { steps } : {}),
      failures: failures.map(({ target, error }) => ({ target, error: errorRecord(error) })),
    });
    const right = { align: 'right' } as const;
    const several = loaded.graphs.length > 1;
    context.print(
      renderTable(
        [
          { title: 'target' },
          ...(several ? [{ title: 'inputs' }] : []),
          { title: 'output' },
          { title: 'max |Δ|', ...right },
          { title: 'of largest', ...right },
          { title: 'cosine', ...right },
          { title: '' },
        ],
        results.map((one) => [
          one.target,
          ...(several ? [one.inputs.join(', ')] : []),
          one.output,
          one.maxDifference.toExponential(2),
          one.relative.toExponential(2),
          one.cosine.toFixed(6),
          one.agrees ? 'agrees' : 'DIFFERS',
        ]),
      ),
    );
    for (const one of steps) context.print(describeBisection(one, several));
    const different = results.filter(({ agrees }) => !agrees);
    if (different.length === 0) {
      checkFailures(
        failures.map(({ target }) => target),
        targets,
      );
      return 0;
    }
    throw new EdgeDeployError(
      'E_MISMATCH',
      `${different.length} of ${results.length} outputs differ from the host's reference`,
      {
        hint: 'Try --precision fp32: if that agrees, the precision is the cause. Else --bisect names the step: report it.',
      },
    );
  },
});

interface Bisection {
  readonly target: string;
  readonly inputs: readonly string[];
  readonly compared: number;
  /** The first result that differs, in the order of execution. */
  readonly first: NodeAgreement | undefined;
}

function describeBisection({ target, inputs, compared, first }: Bisection, several: boolean): string {
  const where = several ? `${target}, ${inputs.join(', ')}` : target;
  if (!first) return `${where}: the results of all ${compared} steps agree`;
  return `${where}: the first of ${compared} steps to differ is ${first.op} ${first.node}, by ${first.relative.toExponential(2)} of its largest value`;
}
