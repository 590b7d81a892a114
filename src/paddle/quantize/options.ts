import { basename } from 'node:path';
import { EdgeDeployError } from '../../base/errors.js';
import type { OnProgress } from '../../base/events.js';
import type { QuantizationMode } from '../../ir/quantization.js';
import { LAID_OUT } from '../weight-layout.js';
import type { ProgramRule } from './plan.js';
import { PADDLE_OPS } from './plan-as-paddle.js';

/** PaddleSlim's parameters under its own names; `weight_quantize_type` and `threshold_rate` are those of Paddle's function
 * behind it, those in camel case and `mode` and `layout` are ours. */
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
  /**
   * 'paddle' (the default): records, scales and attributes are PaddleSlim's, byte for byte, its faults included, each with a
   * warning. 'improved': also the weights of matmul, matmul_v2, fc and transposed convolutions, never biases, and shared
   * weights once. Paddle-Lite's loader converts integers only in conv2d, depthwise_conv2d, fc, mul and lookup_table: for
   * `.nb` files use 'paddle'.
   */
  readonly mode?: 'paddle' | 'improved' | undefined;
  /**
   * In mode 'paddle' of conv2d, depthwise_conv2d and mul; the default is conv2d and mul. In mode 'improved' also of
   * matmul, matmul_v2, fc, conv2d_transpose and depthwise_conv2d_transpose; the default is all of them.
   */
  readonly quantizable_op_type?: readonly string[] | undefined;
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
  readonly layout?: 'fluid' | 'static' | undefined;
  /** Do everything but write. */
  readonly dryRun?: boolean;
  readonly onProgress?: OnProgress;
  /** Ends the work with E_INTERRUPTED; nothing half-written stays. */
  readonly signal?: AbortSignal;
}

/** Throws E_USAGE for options upstream refuses, and for those that would destroy a model. */
export function ruleOf(options: QuantPostDynamicOptions): ProgramRule {
  const { mode = 'paddle', weight_bits = 8, weight_quantize_type = 'channel_wise_abs_max' } = options;
  if (mode !== 'paddle' && mode !== 'improved') throw usage(`unknown mode '${mode}'`, 'paddle, improved');
  const [known, chosen] = mode === 'paddle' ? [PADDLE_OPS, ['conv2d', 'mul']] : [LAID_OUT, LAID_OUT];
  const { quantizable_op_type = chosen } = options;
  for (const type of quantizable_op_type) {
    if (!known.includes(type)) {
      const more = LAID_OUT.includes(type) ? ' The improved mode (--improved) takes it.' : '';
      throw usage(`${type} is not supported for weight quantization`, `${known.join(', ')}`, more);
    }
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

function usage(message: string, choices: string, more = ''): EdgeDeployError {
  return new EdgeDeployError('E_USAGE', message, { hint: `Choose from: ${choices}.${more}` });
}

/** Names of the files of a model to be written. */
export interface OutputNames {
  readonly program: string;
  /** Undefined: one file per parameter. */
  readonly parameters: string | undefined;
  readonly warnings: readonly string[];
}

export function outputNames(options: QuantPostDynamicOptions, layout: 'fluid' | 'static'): OutputNames {
  const { save_model_filename, save_params_filename } = options;
  if (layout === 'fluid') {
    const parameters = save_params_filename === undefined ? undefined : basename(save_params_filename);
    return { program: basename(save_model_filename ?? '__model__'), parameters, warnings: [] };
  }
  const base = basename(save_model_filename ?? 'model.pdmodel').replace(/\.pdmodel$/, '');
  const parameters = `${base}.pdiparams`;
  const ignored = save_params_filename !== undefined && save_params_filename !== parameters;
  const warnings = ignored
    ? [`save_params_filename '${save_params_filename}' is ignored, as in Paddle: ${parameters}`]
    : [];
  return { program: `${base}.pdmodel`, parameters, warnings };
}
