import type { Config } from '../../targets/index.js';
import type { OnSkipped } from '../ir/skipped-op.js';
import { type LoadedModel, loadModelWithSize } from '../load.js';
import type { Context } from './context.js';
import { inputShapes } from './input-shapes.js';
import { chosenModel } from './options.js';

/** A model, and where it was. */
export interface CommandModel extends LoadedModel {
  readonly path: string;
}

/** Loads the model a command was given, with the flags of `modelFlags`. With `onSkipped`, one with unsupported ops, too. */
export async function loadForCommand(
  context: Context,
  config: Config | undefined,
  argument: string | undefined,
  options: Record<string, unknown>,
  onSkipped?: OnSkipped,
): Promise<CommandModel> {
  const path = chosenModel(config, argument);
  const files = {
    ...(typeof options.modelFile === 'string' ? { modelFile: options.modelFile } : {}),
    ...(typeof options.paramsFile === 'string' ? { paramsFile: options.paramsFile } : {}),
  };
  const shapes = inputShapes(config, (options.inputShape as string[] | undefined) ?? []);
  const model = await loadModelWithSize(path, shapes, {
    ...files,
    onProgress: context.onProgress,
    ...(onSkipped ? { onSkipped } : {}),
  });
  return { path, ...model };
}
