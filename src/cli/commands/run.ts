import { join } from 'node:path';
import { EdgeDeployError } from '../../base/errors.js';
import { execute, PRESETS } from '../../deployment/execute.js';
import { describeInputs } from '../../ir/same-model.js';
import { formatType, type Tensor } from '../../ir/tensor.js';
import { medianOf } from '../../measure/summary.js';
import { writeNpy } from '../../npy/index.js';
import { formatTime } from '../../report/format.js';
import { defineCommand } from '../command.js';
import { withDevice } from '../device.js';
import { loadForCommand } from '../model.js';
import {
  chosenPrecision,
  chosenTarget,
  configuration,
  inputFlag,
  inputTensors,
  modelFlags,
  precisionFlag,
  targetFlag,
  threadsFlag,
} from '../options.js';
import { rehearse } from '../rehearse.js';
import { makeFolder, writeWhole } from '../write-whole.js';

/** Inputs in, outputs out. */
export const run = defineCommand({
  name: 'run',
  summary: 'run a model once on a target, with inputs and outputs as .npy files',
  configure: (command) =>
    void inputFlag(
      threadsFlag(precisionFlag(targetFlag(modelFlags(command.argument('[model]', 'Paddle or ONNX model'))))),
    ).option('-o, --output <file.npy | folder>', 'where the outputs go; a folder gets one file each'),

  async run(context, [model], options) {
    const config = configuration();
    const target = chosenTarget(config, options.target, 'run works on');
    const { graphs } = await loadForCommand(context, config, model, options);
    const precision = chosenPrecision(config, options.precision);
    const inputs = inputTensors(options.input as string[] | undefined, graphs[0].inputs);
    if (context.dryRun) return rehearse(context, graphs, [target], precision);
    const { outputs, report, graph } = await withDevice(context, target, (device) =>
      execute(graphs, target, device, {
        precision,
        threads: options.threads as number,
        timing: PRESETS.once,
        inputs,
        onProgress: context.onProgress,
        signal: context.signal,
        ...(context.silenceMs === undefined ? {} : { silenceMs: context.silenceMs }),
      }),
    );
    const files = await save(outputs, options.output as string | undefined);
    const ns = medianOf(report.samples);
    const described = [...outputs].map(([name, { type, data }]) => ({
      name,
      type: formatType(type),
      file: files.get(name),
      first: firstValues(data, 10),
    }));
    const taken = describeInputs(graph);
    context.result({ target: target.name, precision, inputs: taken, ns, outputs: described });
    for (const [name, { type, data }] of outputs) {
      const shown = files.get(name) ?? `${firstValues(data, 10).join(', ')}${data.length > 10 ? ', …' : ''}`;
      context.print(`${name} ${formatType(type)}: ${shown}`);
    }
    const plan = graphs.length > 1 ? `, ${taken.join(', ')}` : '';
    context.note(
      `${target.name}, ${precision}${plan}: ${formatTime(ns)}${target.type === 'qemu' ? ' (emulated)' : ''}`,
    );
    return 0;
  },
});

function firstValues(data: Tensor['data'], count: number): number[] {
  return Array.from(data.subarray(0, count) as ArrayLike<number | bigint>, Number);
}

/** One output into a file, or any number into a folder under their names. */
async function save(
  outputs: ReadonlyMap<string, Tensor>,
  path: string | undefined,
): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  if (path === undefined) return files;
  if (path.endsWith('.npy')) {
    const [first, ...others] = [...outputs.keys()];
    if (others.length > 0) {
      throw new EdgeDeployError('E_USAGE', `the model has ${outputs.size} outputs, which do not fit one file`, {
        hint: 'Give a folder: -o outputs/',
      });
    }
    files.set(first!, path);
  } else {
    await makeFolder(path, 'Give another folder with -o.');
    for (const name of outputs.keys()) files.set(name, join(path, `${name.replaceAll(/[^A-Za-z0-9._-]/g, '_')}.npy`));
  }
  for (const [name, file] of files) await writeWhole(file, writeNpy(outputs.get(name)!), false);
  return files;
}
