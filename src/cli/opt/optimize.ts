/** What `opt` works on, one model or a set of them, and the lists for tailored libraries. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EdgeDeployError } from '../../base/errors.js';
import type { Context } from '../context.js';
import { type Converted, convert } from './convert.js';
import type { OptFlags } from './flags.js';
import { modelFromFiles, modelFromFolder, type OptModel } from './model-files.js';
import { makeOutput, write } from './save.js';
import type { Settings } from './settings.js';
import { merge, tailoringFiles } from './tailoring.js';

/** Optimises what the flags name. Throws E_USAGE where they name nothing, or no place for the result. */
export async function optimize(context: Context, settings: Settings, flags: OptFlags): Promise<void> {
  const { files, modelDir, modelSet } = settings;
  const out = chosenOutput(settings);
  if (settings.recordTailoring && (settings.outType === 'edge' || settings.opt.reader === 'paddle')) {
    throw new EdgeDeployError(
      'E_USAGE',
      `--record_tailoring_info has no meaning for --optimize_out_type=${settings.outType}`,
      { hint: 'It is about the kernels of Paddle-Lite: leave one of the two out.' },
    );
  }
  const edge = settings.outType === 'edge' ? (await import('./edge.js')).edgeCompiler(flags) : undefined;
  const converted: Converted[] = [];
  if (modelSet === undefined || files !== undefined || modelDir !== undefined) {
    converted.push(await convert(context, await chosenModel(settings), out, settings, edge));
  } else {
    const names = await modelsOf(modelSet.folder);
    await makeOutput(context, out);
    for (const name of names) {
      const model = await modelOfSet(modelSet, name);
      converted.push(await convert(context, model, join(out, name), settings, edge));
    }
  }
  for (const warning of converted.flatMap(({ warnings }) => warnings)) context.note(`warning: ${warning}`);
  if (settings.recordTailoring) await recordTailoring(context, out, converted);
  context.result({ models: converted.map(({ tailoring, ...model }) => ({ ...model, kernels: tailoring?.kernels })) });
}

/** Paddle-Lite's choice: two files win over a folder. */
export async function chosenModel({ files, modelDir }: Settings): Promise<OptModel> {
  if (files !== undefined) return modelFromFiles(files.model, files.params);
  if (modelDir !== undefined) return modelFromFolder(modelDir);
  throw new EdgeDeployError('E_USAGE', 'no model was named', {
    hint: 'Write --model_dir=FOLDER, or both --model_file=FILE and --param_file=FILE.',
  });
}

function chosenOutput({ out }: Settings): string {
  if (out !== undefined && !out.endsWith('/')) return out;
  const problem = out === undefined ? 'is missing' : `names no file: ${out}`;
  throw new EdgeDeployError('E_USAGE', `--optimize_out ${problem}`, {
    hint: 'Write --optimize_out=FOLDER/NAME; the ending is added.',
  });
}

/** Names of the sub-folders of a set, in order. */
async function modelsOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: Error) => {
    throw new EdgeDeployError('E_MODEL_NOT_FOUND', `the model set ${folder} cannot be read: ${cause.message}`, {
      hint: 'Give the folder that holds a folder for each model.',
      cause,
    });
  });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  if (names.length > 0) return names.sort();
  throw new EdgeDeployError('E_MODEL_NOT_FOUND', `the model set ${folder} holds no folder`, {
    hint: 'Give a folder with one model per sub-folder; for one model use --model_dir.',
  });
}

function modelOfSet({ folder, model, params }: NonNullable<Settings['modelSet']>, name: string): Promise<OptModel> {
  const path = join(folder, name);
  return model !== undefined && params !== undefined
    ? modelFromFiles(join(path, model), join(path, params))
    : modelFromFolder(path);
}

async function recordTailoring(context: Context, out: string, converted: readonly Converted[]): Promise<void> {
  const lists = merge(converted.flatMap(({ tailoring }) => tailoring ?? []));
  await makeOutput(context, out);
  for (const [name, text] of tailoringFiles(lists)) await write(context, join(out, name), [Buffer.from(text)]);
  context.print(`operators information of tailored model is stored into: ${out}/.tailored_ops_list`);
  context.print(`kernels information of tailored model is stored into: ${out}/.tailored_kernels_list`);
}
