/** One model through `opt`: load, check, optimise, save, with Paddle-Lite's lines on the way. */
import type { OnProgress } from '../../base/events.js';
import { writeNaiveBuffer } from '../../naive-buffer/index.js';
import { assertSupported, type OptOptions, optimizeProgram } from '../../opt/index.js';
import { type Parameters, type Program, storedParameters } from '../../paddle/model.js';
import type { Context } from '../context.js';
import type { OptModel } from './model-files.js';
import { type Saved, saveFile, saveProtobuf } from './save.js';
import type { Settings } from './settings.js';
import { type Tailoring, tailoringOf } from './tailoring.js';

/** The release whose files are written: the loader of any other warns, and goes on. */
export const OPT_VERSION = 'v2.13-rc';

/** Makes a program file of a model, for the output `edge`. */
export type EdgeCompiler = (
  name: string,
  program: Program,
  parameters: Parameters,
  options: { readonly quantType: OptOptions['quantType']; readonly onProgress: OnProgress },
) => { readonly bytes: Uint8Array; readonly ops: number };

export interface Converted extends Saved {
  readonly model: string;
  readonly ops: { readonly before: number; readonly after: number };
  readonly warnings: readonly string[];
  readonly tailoring: Tailoring | undefined;
}

/**
 * Optimises a model and writes it to `out`, to which the kind of output adds its ending. Throws E_OP when an op has no kernel, E_MODEL
 * for damaged parameters, E_OUTPUT.
 */
export async function convert(
  context: Context,
  { program, topology, loadingParams, source }: OptModel,
  out: string,
  settings: Settings,
  edge: EdgeCompiler | undefined,
): Promise<Converted> {
  if (edge === undefined && settings.opt.reader === 'lite') assertSupported(program, settings.targets);
  context.print(`Loading topology data from ${topology}`);
  context.print(loadingParams);
  const parameters = storedParameters(program, source);
  context.print('1. Model is successfully loaded!');
  const before = opCount(program);
  if (edge !== undefined) {
    const { quantType } = settings.opt;
    const { bytes, ops } = edge(source.name, program, parameters, { quantType, onProgress: context.onProgress });
    const saved = await saveFile(context, `${out}.edp`, [bytes]);
    return { model: topology, ...saved, ops: { before, after: ops }, warnings: [], tailoring: undefined };
  }
  const optimized = optimizeProgram(program, parameters, settings.opt);
  const saved =
    settings.outType === 'protobuf'
      ? await saveProtobuf(context, out, optimized.program, optimized.parameters)
      : await saveFile(
          context,
          `${out}.nb`,
          writeNaiveBuffer(optimized.program, optimized.parameters, { optVersion: OPT_VERSION }),
        );
  return {
    model: topology,
    ...saved,
    ops: { before, after: opCount(optimized.program) },
    warnings: optimized.warnings,
    tailoring: settings.opt.reader === 'lite' ? tailoringOf(optimized.program) : undefined,
  };
}

function opCount(program: Program): number {
  return program.blocks.reduce((sum, block) => sum + block.ops.length, 0);
}
