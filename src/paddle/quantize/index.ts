/**
 * PaddleSlim's `quant_post_dynamic` on files: a Paddle model in, the same program with integer weights out, in the
 * layout of either generation of upstream. Weights pass through in pieces, so that a model may be larger than memory.
 */
import { basename, join } from 'node:path';
import { silent } from '../../base/events.js';
import { locateModel, type ModelSource } from '../locate.js';
import type { Program } from '../messages.js';
import { readProgramFile } from '../program-file.js';
import { type StoredParameters, storedParameters } from '../stored-parameters.js';
import { looksLikePir, readClassicProgram } from '../wire.js';
import { outputNames, type QuantPostDynamicOptions, ruleOf } from './options.js';
import { nowhere, OutputFiles } from './output.js';
import type { LeftWeight } from './plan.js';
import { breathe, type QuantizedWeight } from './weight-quantizer.js';
import { type Job, quantizeInto } from './write-model.js';

export type { QuantPostDynamicOptions } from './options.js';
export type { LeftWeight } from './plan.js';
export type { QuantizedWeight } from './weight-quantizer.js';

export interface QuantPostDynamicResult {
  /** Program files written (with `dryRun`: that would be). */
  readonly quantizedModel: string;
  readonly testModel: string | undefined;
  /** The quantised weights, in the order of their first use. */
  readonly report: readonly QuantizedWeight[];
  /** The other weights of convolutions, matrix products, embeddings and recurrent layers, and why they stay as they are. */
  readonly left: readonly LeftWeight[];
  /** Of all parameters, biases and norms included; integers with their scales. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly warnings: readonly string[];
}

/**
 * Quantises a model's weights. In mode 'paddle' records, scales and attributes equal upstream's; the rest of the program is
 * kept byte for byte. A program of Paddle 3 (`.json`) becomes a classic one. Files are replaced only by complete ones, all
 * at once. Throws E_USAGE for options upstream refuses, E_MODEL_NOT_FOUND, E_MODEL, E_WEIGHTS as the reader does and where
 * upstream would lose weights, E_OP for operations of Paddle 3 without a classic form, E_OUTPUT when nothing can be
 * written, E_INTERRUPTED.
 */
export async function quantPostDynamic(options: QuantPostDynamicOptions): Promise<QuantPostDynamicResult> {
  const { model_dir, save_model_dir, model_filename, params_filename, onProgress = silent, signal } = options;
  const rule = ruleOf(options);
  const source = await locateModel(model_dir, {
    ...(model_filename === undefined ? {} : { modelFile: model_filename }),
    ...(params_filename === undefined ? {} : { paramsFile: params_filename }),
  });
  onProgress({ stage: 'import', message: `reading ${source.program}` });
  const { pir, decode } = await openProgram(source);
  const layout = options.layout ?? (pir || source.program.endsWith('.pdmodel') ? 'static' : 'fluid');
  const names = outputNames(options, layout);
  const program = decode();
  const parameters = storedParameters(program, source);
  const { mode = 'paddle' } = options;
  const job: Job = { mode, rule, names, parameters, marksOps: layout === 'static', onProgress, signal };

  const output = options.dryRun ? nowhere : new OutputFiles();
  const folders = {
    integers: join(save_model_dir, 'quantized_model'),
    dequantized: join(save_model_dir, 'test_model'),
  };
  try {
    const quantized = await quantizeInto(folders.integers, program, 'integers', job, output);
    onProgress({ stage: 'quantize', message: `${quantized.report.length} weights to int${rule.bits}` });
    if (options.generate_test_model) await quantizeInto(folders.dequantized, decode(), 'dequantized', job, output);
    await breathe(signal);
    await output.finish();
    return {
      quantizedModel: join(folders.integers, names.program),
      testModel: options.generate_test_model ? join(folders.dequantized, names.program) : undefined,
      ...quantized,
      ...sizes(parameters, quantized.report),
      warnings: [
        ...(pir ? [fromPir(source, names.program)] : []),
        ...quantized.warnings,
        ...names.warnings,
        ...(quantized.report.length === 0
          ? [`no weights of ${source.name} were quantised: no op of the given types has any`]
          : []),
      ],
    };
  } catch (error) {
    await output.discard();
    throw error;
  }
}

/** `decode` gives a new program each time: quantising changes it. */
async function openProgram({ program: file }: ModelSource): Promise<{ pir: boolean; decode: () => Program }> {
  const bytes = await readProgramFile(file);
  if (!looksLikePir(bytes)) return { pir: false, decode: () => readClassicProgram(bytes, file) };
  const { classicProgram } = await import('../pir/classic.js');
  return { pir: true, decode: () => classicProgram(bytes, file) };
}

function fromPir({ program }: ModelSource, written: string): string {
  return `${basename(program)} is a program of Paddle 3 (PIR), which PaddleSlim cannot quantise: ${written} is the same network as a classic program`;
}

function sizes(parameters: StoredParameters, report: readonly QuantizedWeight[]) {
  const bytesBefore = [...parameters.values()].reduce((sum, { size }) => sum + size, 0);
  const saved = report.reduce((sum, weight) => sum + weight.bytesBefore - weight.bytesAfter, 0);
  return { bytesBefore, bytesAfter: bytesBefore - saved };
}
