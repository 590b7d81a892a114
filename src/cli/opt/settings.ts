/** What the flags of `opt` ask for, checked in Paddle-Lite's order: targets, quantisation, sparsity. */
import { EdgeDeployError } from '../../base/errors.js';
import { nearest } from '../../base/nearest.js';
import type { OptOptions } from '../../opt/index.js';
import type { OptFlags, OutType } from './flags.js';

export type Listing =
  | 'print_all_ops'
  | 'print_supported_ops'
  | 'display_kernels'
  | 'print_model_ops'
  | 'print_all_ops_in_md_format';

/** Of several listings the first of these is made, as in Paddle-Lite. */
const LISTINGS: readonly Listing[] = [
  'print_all_ops',
  'print_supported_ops',
  'display_kernels',
  'print_model_ops',
  'print_all_ops_in_md_format',
];

export interface Settings {
  readonly listing: Listing | undefined;
  /** `.nb` file to draw, and the path its drawings begin with. */
  readonly visualize: { readonly model: string; readonly output: string } | undefined;
  readonly modelDir: string | undefined;
  /** Program and combined parameters; they win over a folder. */
  readonly files: { readonly model: string; readonly params: string } | undefined;
  readonly modelSet: { readonly folder: string; readonly model?: string; readonly params?: string } | undefined;
  readonly out: string | undefined;
  readonly outType: OutType;
  /** As it was given. */
  readonly targets: string;
  readonly recordTailoring: boolean;
  readonly opt: OptOptions;
}

/** Throws E_USAGE with Paddle-Lite's own sentence where it has one. */
export function settingsOf({ given, fusions }: OptFlags): Settings {
  const text = (name: string): string | undefined => (given.get(name) as string | undefined) || undefined;
  const on = (name: string): boolean => given.get(name) === true;
  const targets = checkTargets((given.get('valid_targets') as string | undefined) ?? 'arm');
  const opt = quantization(text('quant_type'), on('quant_model'));
  const sparsity = sparsityOf(given.get('sparse_threshold') as number | undefined, on('sparse_model'));
  refuseUnsupported(given);
  const [model, params] = [text('model_file'), text('param_file')];
  const folder = text('model_set_dir') ?? text('model_set');
  const [setModel, setParams] = [text('model_filename'), text('param_filename')];
  const [nb, output] = [text('optimized_nb_model_path'), text('visualization_file_output_path')];
  const outType = (text('optimize_out_type') as OutType | undefined) ?? 'naive_buffer';
  return {
    listing: LISTINGS.find(on),
    visualize: nb !== undefined && output !== undefined ? { model: nb, output } : undefined,
    modelDir: text('model_dir'),
    files: model !== undefined && params !== undefined ? { model, params } : undefined,
    modelSet:
      folder === undefined
        ? undefined
        : { folder, ...(setModel ? { model: setModel } : {}), ...(setParams ? { params: setParams } : {}) },
    out: text('optimize_out'),
    outType,
    targets,
    recordTailoring: on('record_tailoring_info'),
    opt: { ...opt, sparsity, fusions, reader: outType === 'protobuf' && fusions === 'all' ? 'paddle' : 'lite' },
  };
}

const SUPPORTED: readonly string[] = ['arm', 'host'];
/** Targets of Paddle-Lite that this opt writes nothing for. */
const OTHERS: readonly string[] = [
  ...['opencl', 'opencl_buffer', 'metal', 'arm_metal', 'x86_metal', 'x86', 'x86_opencl', 'xpu', 'nnadapter'],
  ...['imagination_nna', 'rockchip_npu', 'mediatek_apu', 'huawei_kirin_npu', 'huawei_ascend_npu', 'amlogic_npu'],
  ...['verisilicon_timvx', 'eeasytech_npu', 'android_nnapi', 'cambricon_mlu', 'qualcomm_qnn', 'kunlunxin_xtcl'],
];

/** Between commas, as Paddle-Lite reads them, or blanks, as its help says. */
function checkTargets(list: string): string {
  const targets = list.split(/[\s,]+/).filter((target) => target !== '');
  if (targets.length === 0) {
    throw usage(
      "At least one target should be set, should set the command argument 'valid_targets'",
      'Write --valid_targets=arm.',
    );
  }
  for (const target of targets) {
    if (SUPPORTED.includes(target)) continue;
    if (OTHERS.includes(target)) {
      throw usage(
        `the target '${target}' is known to Paddle-Lite, but this opt writes models for arm only`,
        'Use --valid_targets=arm, or Paddle-Lite’s own opt.',
      );
    }
    const meant = nearest(target, [...SUPPORTED, ...OTHERS]);
    throw usage(
      `Wrong target '${target}' found, please check the command flag 'valid_targets'`,
      meant === undefined ? 'Write --valid_targets=arm.' : `Did you mean ${meant}?`,
    );
  }
  if (targets.includes('arm')) return list;
  throw usage(
    "the target 'host' alone is not supported: this opt writes models for arm",
    'Use --valid_targets=arm, which includes it.',
  );
}

function quantization(type: string | undefined, wanted: boolean): Pick<OptOptions, 'quantType'> {
  if (type !== undefined && type !== 'QUANT_INT8' && type !== 'QUANT_INT16') {
    throw usage(`Unsupported quant type: ${type}`, 'Use --quant_type=QUANT_INT8 or QUANT_INT16.');
  }
  return wanted ? { quantType: type ?? 'QUANT_INT16' } : {};
}

/** The fraction of zeros from which on convolutions are to be sparse; undefined where that is not asked for. */
function sparsityOf(threshold: number | undefined, wanted: boolean): number | undefined {
  if (threshold === undefined || (threshold >= 0 && threshold <= 1)) return wanted ? (threshold ?? 0.6) : undefined;
  throw usage('Please set sparse_threshold between 0.0 and 1.0.', `It is ${threshold}.`);
}

/** Flags of Paddle-Lite that are understood here, but not what they ask for. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  enable_fp16: 'Leave it out: the weights are fp32 in the file in either case.',
  prefer_int8_kernel: 'Leave it out: Paddle-Lite has not known it since 2.3.',
  nnadapter_mixed_precision_quantization_config_path: 'Use Paddle-Lite’s own opt for NNAdapter devices.',
  flagfile: 'Write its flags on the command line.',
};

function refuseUnsupported(given: OptFlags['given']): void {
  for (const [name, hint] of Object.entries(UNSUPPORTED)) {
    const value = given.get(name);
    if (value !== undefined && value !== false && value !== '') throw usage(`--${name} is not supported`, hint);
  }
}

function usage(message: string, hint: string): EdgeDeployError {
  return new EdgeDeployError('E_USAGE', message, { hint });
}
