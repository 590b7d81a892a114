/** One model through `opt`: load, check, optimise, save, with Paddle-Lite's lines on the way. */
import { compile } from '../../compile.js';
import type { Machine } from '../../deployment/machine.js';
import type { InputShapes } from '../../load.js';
import { writeNaiveBuffer } from '../../naive-buffer/index.js';
import { assertSupported, optimizeForLite } from '../../opt/index.js';
import { importProgram, type Program, readParameters } from '../../paddle/index.js';
import type { Context } from '../context.js';
import type { OptModel } from './model-files.js';
import { type Saved, saveFile, saveProtobuf } from './save.js';
import type { Settings } from './settings.js';
import { type Tailoring, tailoringOf } from './tailoring.js';

/** The release whose files are written: the loader of any other warns, and goes on. */
export const OPT_VERSION = 'v2.13-rc';

/** Needed for the output `edge` only. */
export interface EdgeOptions {
  readonly machine: Machine;
  /** One set of input shapes, or several, each with a plan in the file. */
  readonly inputShapes: readonly InputShapes[];
}

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
  edge: EdgeOptions | undefined,
): Promise<Converted> {
  if (edge === undefined && settings.opt.reader === 'lite') assertSupported(program, settings.targets);
  context.print(`Loading topology data from ${topology}`);
  context.print(loadingParams);
  const parameters = await readParameters(program, source, context.onProgress);
  context.print('1. Model is successfully loaded!');
  const before = opCount(program);
  if (edge !== undefined) {
    const graphs = edge.inputShapes.map((inputShapes) =>
      importProgram(source.name, program, parameters, { inputShapes }),
    );
    const precision = PRECISIONS[settings.opt.quantType ?? 'none'];
    const { program: bytes, graph: optimized } = compile(graphs, {
      ...edge.machine,
      precision,
      onProgress: context.onProgress,
    });
    const saved = await saveFile(context, `${out}.edp`, [bytes]);
    return {
      model: topology,
      ...saved,
      ops: { before, after: optimized.nodes.length },
      warnings: [],
      tailoring: undefined,
    };
  }
  const optimized = optimizeForLite(program, parameters, settings.opt);
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

/** What the weights of an `edge` file are, so that they are what Paddle-Lite would have made. */
const PRECISIONS = { none: 'fp32', QUANT_INT8: 'int8w', QUANT_INT16: 'int16w' } as const;

function opCount(program: Program): number {
  return program.blocks.reduce((sum, block) => sum + block.ops.length, 0);
}
