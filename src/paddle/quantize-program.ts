/**
 * PaddleSlim's `quant_post_dynamic` on files: a Paddle model in, the same program with integer weights out, in the
 * layout of either generation of upstream.
 */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EdgeDeployError } from '../base/errors.js';
import { type OnProgress, silent } from '../base/events.js';
import type { QuantizationMode } from '../ir/quantization.js';
import type { WeightReport } from '../ir/weight-report.js';
import { locateModel, type ModelSource } from './locate.js';
import { fileInside, joinParameters, type Parameters } from './parameters.js';
import { type ProgramRule, type QuantizedProgram, quantizeProgram } from './quantize-ops.js';
import { readModel } from './read.js';
import { writeTensorRecord } from './tensor-record.js';
import { readProgram, writeProgram } from './wire.js';

/** PaddleSlim's parameters under its own names; `weight_quantize_type` and `threshold_rate` are those of Paddle's function
 * behind it, `layout` and `onProgress` are ours. */
export interface QuantPostDynamicOptions {
  /** Folder, prefix or program file of the fp32 model. */
  readonly model_dir: string;
  /** Gets `quantized_model` and, if asked for, `test_model`. */
  readonly save_model_dir: string;
  /** Program file in `model_dir`; found by its usual names if absent. */
  readonly model_filename?: string | undefined;
  /** Combined parameter file in `model_dir`. */
  readonly params_filename?: string | undefined;
  readonly save_model_filename?: string | undefined;
  readonly save_params_filename?: string | undefined;
  /** Of conv2d, depthwise_conv2d and mul; the default is conv2d and mul. */
  readonly quantizable_op_type?: readonly string[];
  readonly weight_bits?: 8 | 16;
  readonly weight_quantize_type?: QuantizationMode;
  /** abs_max only: the fraction of a tensor's values that may be clipped, 0 ≤ rate < 1; useful are 1e-6 to 1e-8. */
  readonly threshold_rate?: number;
  /** Also write the model with weights quantised and turned back to fp32, which Paddle can run. */
  readonly generate_test_model?: boolean;
  /**
   * File layout: 'static' (Paddle 2.5 and later: NAME.pdmodel and NAME.pdiparams, the parameters' name is ignored) or
   * 'fluid' (before: names as given, `__model__` and one file per parameter by default). The default follows the input.
   */
  readonly layout?: 'fluid' | 'static';
  readonly onProgress?: OnProgress;
}

export interface QuantPostDynamicResult {
  /** Program files written. */
  readonly quantizedModel: string;
  readonly testModel: string | undefined;
  readonly report: readonly WeightReport[];
  readonly warnings: readonly string[];
}

const QUANTIZABLE: readonly string[] = ['conv2d', 'depthwise_conv2d', 'mul'];

/**
 * Quantises a model's weights. Records, scales and attributes equal upstream's; the rest of the program is kept byte for
 * byte. Files are replaced only by complete ones. Throws E_USAGE for options upstream refuses, E_MODEL_NOT_FOUND, E_MODEL,
 * E_WEIGHTS as the reader does and where upstream would lose weights, E_OUTPUT when nothing can be written.
 */
export async function quantPostDynamic(options: QuantPostDynamicOptions): Promise<QuantPostDynamicResult> {
  const { model_dir, save_model_dir, model_filename, params_filename, onProgress = silent } = options;
  const rule = ruleOf(options);
  const source = await locateModel(model_dir, {
    ...(model_filename === undefined ? {} : { modelFile: model_filename }),
    ...(params_filename === undefined ? {} : { paramsFile: params_filename }),
  });
  const { bytes, parameters } = await readModel(source, onProgress);
  const layout = options.layout ?? (source.program.endsWith('.pdmodel') ? 'static' : 'fluid');
  const names = layout === 'static' ? staticNames(options) : fluidNames(options);

  const run = (store: ProgramRule['store']): QuantizedProgram =>
    quantizeProgram(readProgram(bytes), parameters, { ...rule, store, marksOps: layout === 'static' });
  const quantized = run('integers');
  onProgress({ stage: 'quantize', message: `${quantized.report.length} weights to int${rule.bits}` });
  const quantizedModel = await save(join(save_model_dir, 'quantized_model'), names, quantized);
  const testModel = options.generate_test_model
    ? await save(join(save_model_dir, 'test_model'), names, run('dequantized'))
    : undefined;
  const { report, warnings } = quantized;
  return {
    quantizedModel,
    testModel,
    report,
    warnings: [...warnings, ...names.warnings, ...noWeights(quantized, source)],
  };
}

function ruleOf(options: QuantPostDynamicOptions): Pick<ProgramRule, 'opTypes' | 'bits' | 'mode' | 'thresholdRate'> {
  const {
    quantizable_op_type = ['conv2d', 'mul'],
    weight_bits = 8,
    weight_quantize_type = 'channel_wise_abs_max',
  } = options;
  for (const type of quantizable_op_type) {
    if (!QUANTIZABLE.includes(type))
      throw usage(`${type} is not supported for weight quantization`, QUANTIZABLE.join(', '));
  }
  if (weight_bits !== 8 && weight_bits !== 16)
    throw usage(`weight_bits should be 8 or 16, not ${weight_bits}`, '8, 16');
  if (weight_quantize_type !== 'channel_wise_abs_max' && weight_quantize_type !== 'abs_max') {
    throw usage(`unknown weight_quantize_type '${weight_quantize_type}'`, 'channel_wise_abs_max, abs_max');
  }
  const { threshold_rate = 0 } = options;
  if (!(threshold_rate >= 0 && threshold_rate < 1)) throw usage(`threshold_rate is ${threshold_rate}`, '0 ≤ rate < 1');
  return {
    opTypes: new Set(quantizable_op_type),
    bits: weight_bits,
    mode: weight_quantize_type,
    thresholdRate: threshold_rate,
  };
}

function usage(message: string, choices: string): EdgeDeployError {
  return new EdgeDeployError('E_USAGE', message, { hint: `Choose from: ${choices}.` });
}

interface OutputNames {
  readonly program: string;
  /** Undefined: one file per parameter. */
  readonly parameters: string | undefined;
  readonly warnings: readonly string[];
}

function staticNames({
  save_model_filename = 'model.pdmodel',
  save_params_filename,
}: QuantPostDynamicOptions): OutputNames {
  const base = basename(save_model_filename).replace(/\.pdmodel$/, '');
  const parameters = `${base}.pdiparams`;
  const ignored = save_params_filename !== undefined && save_params_filename !== parameters;
  const warnings = ignored
    ? [`save_params_filename '${save_params_filename}' is ignored, as in Paddle: ${parameters}`]
    : [];
  return { program: `${base}.pdmodel`, parameters, warnings };
}

function fluidNames({ save_model_filename = '__model__', save_params_filename }: QuantPostDynamicOptions): OutputNames {
  const parameters = save_params_filename === undefined ? undefined : basename(save_params_filename);
  return { program: basename(save_model_filename), parameters, warnings: [] };
}

function noWeights({ report }: QuantizedProgram, source: ModelSource): string[] {
  return report.length === 0 ? [`no weights of ${source.name} were quantised: no op of the given types has any`] : [];
}

/** Writes the model into the folder, the program last: without it the folder is no model. Returns the program's path. */
async function save(folder: string, names: OutputNames, { program, parameters }: QuantizedProgram): Promise<string> {
  for (const [name, bytes] of parameterFiles(names, parameters)) await replaceFile(fileInside(folder, name), bytes);
  const path = join(folder, names.program);
  await replaceFile(path, writeProgram(program));
  return path;
}

function parameterFiles(names: OutputNames, parameters: Parameters): Iterable<[string, Uint8Array]> {
  if (names.parameters !== undefined) return [[names.parameters, joinParameters(parameters)]];
  return [...parameters].map(([name, record]) => [name, writeTensorRecord(record)]);
}

/** Writes through a temporary name, so that the file is the old one or the whole new one at any moment. */
async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, bytes);
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EdgeDeployError('E_OUTPUT', `cannot write ${path}: ${reason}`, {
      hint: 'Choose a save_model_dir you may write to, on a disk with space.',
      cause,
    });
  }
}
