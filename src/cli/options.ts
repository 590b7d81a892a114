import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Config, findConfig, loadTargets, readConfig, resolveTargets, type Target } from '../../targets/index.js';
import { EdgeDeployError } from '../base/errors.js';
import { nearest } from '../base/nearest.js';
import { PRECISIONS } from '../compile.js';
import { PRESETS, type Preset } from '../deployment/execute.js';
import type { Tensor } from '../ir/tensor.js';
import type { Precision } from '../lower/index.js';
import { readNpy } from '../npy/index.js';

/** Flags that several commands share, and what they mean. Flags win over edge-deploy.yaml, which wins over defaults. */
export function modelFlags(command: Command): Command {
  return command
    .option(
      '--input-shape <name=1x3x224x224>',
      'shape of an input whose dimensions the model leaves open; of one input several times: one program for all its shapes, the k-th of each input together',
      collect,
    )
    .option('--model-file <name>', 'program file inside the folder')
    .option('--params-file <name>', 'combined parameter file inside the folder');
}

export function targetFlag(command: Command): Command {
  return command.option(
    '-t, --target <targets>',
    'name, list, all, tag:x, glob, ssh://user@host:port, adb://serial, qemu:cpu, host',
  );
}

export function precisionFlag(command: Command): Command {
  return command.addOption(
    new Option('--precision <precision>', 'how the weights are stored and computed').choices([...PRECISIONS]),
  );
}

export function threadsFlag(command: Command): Command {
  return command.option('--threads <n>', 'threads of the runner', count, 1);
}

export function inputFlag(command: Command): Command {
  return command.option(
    '--input <file.npy | name=file.npy>',
    'an input; absent ones are pseudo-random; may be given several times',
    collect,
  );
}

export function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}

export function count(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > 64)
    throw new InvalidArgumentError('expected a number from 1 to 64');
  return number;
}

/** The configuration of the project, if there is one. */
export function configuration(): Config | undefined {
  const file = findConfig();
  return file === undefined ? undefined : readConfig(file);
}

/** The targets a command works on. */
export function chosenTargets(config: Config | undefined, spec: unknown): Target[] {
  const targets = loadTargets(config);
  const own = Object.keys(config?.targets ?? {});
  if (typeof spec === 'string') return resolveTargets(spec, targets, own);
  if (own.length === 1) return resolveTargets(own[0]!, targets, own);
  throw new EdgeDeployError('E_USAGE', 'no target was named', {
    hint: 'Use -t NAME, for example -t host; see: edge-deploy targets',
  });
}

/** The one target that a command works on; `does` is what it does, for the message. */
export function chosenTarget(config: Config | undefined, spec: unknown, does: string): Target {
  const [target, ...others] = chosenTargets(config, spec);
  if (target && others.length === 0) return target;
  throw new EdgeDeployError('E_USAGE', `${does} one target at a time`, { hint: 'Name a single one with -t.' });
}

/** The model's path from the command line or the configuration. */
export function chosenModel(config: Config | undefined, argument: string | undefined): string {
  const model = argument ?? config?.model;
  if (model) return model;
  throw new EdgeDeployError('E_USAGE', 'no model was named', {
    hint: 'Give the folder of a Paddle model, or set model: in edge-deploy.yaml.',
  });
}

/** What a model is compiled to unless told otherwise: integer weights and arithmetic. */
export function chosenPrecision(config: Config | undefined, flag: unknown): Precision {
  const bits = config?.quantize?.bits;
  return (flag as Precision | undefined) ?? config?.precision ?? (bits === 16 ? 'int16w' : 'int8');
}

/** Tensors from `.npy` files; a file without a name is for the model's only input. */
export function inputTensors(flags: readonly string[] | undefined, names: readonly string[]): Map<string, Tensor> {
  const inputs = new Map<string, Tensor>();
  for (const flag of flags ?? []) {
    const [, given, path] = /^(?:([^=]+)=)?(.+)$/.exec(flag)!;
    const name = given ?? (names.length === 1 ? names[0]! : undefined);
    if (name === undefined) {
      throw new EdgeDeployError('E_USAGE', `--input '${flag}' does not say which input`, {
        hint: `Use NAME=FILE; the inputs are: ${names.join(', ')}.`,
      });
    }
    if (!names.includes(name)) {
      const guess = nearest(name, names);
      throw new EdgeDeployError('E_INPUT', `the model has no input '${name}'`, {
        hint: guess ? `Did you mean '${guess}'?` : `Its inputs are: ${names.join(', ')}.`,
      });
    }
    let bytes: Uint8Array;
    try {
      bytes = readFileSync(path!);
    } catch (cause) {
      throw new EdgeDeployError('E_INPUT', `the input file ${path} cannot be read: ${(cause as Error).message}`, {
        hint: 'Give a .npy file that is there and may be read.',
        cause,
      });
    }
    inputs.set(name, readNpy(bytes, path!));
  }
  return inputs;
}

export function chosenPreset(flag: unknown, fallback: Preset): Preset {
  return Object.hasOwn(PRESETS, String(flag)) ? (flag as Preset) : fallback;
}

export function presetFlag(command: Command): Command {
  return command.addOption(new Option('--preset <preset>', 'how long to time').choices(Object.keys(PRESETS)));
}
