/** The flags of `edge-deploy opt`: Paddle-Lite's under their own names, and ours. */
import { EdgeDeployError } from '../../base/errors.js';
import { type Flag, type FlagValue, parseFlags } from './parse-flags.js';

const text = (name: string): Flag => ({ name, kind: 'text' });
const list = (name: string): Flag => ({ name, kind: 'list' });
const switches = (...names: string[]): Flag[] => names.map((name) => ({ name, kind: 'switch' }));

export const OUT_TYPES = ['protobuf', 'naive_buffer', 'edge'] as const;
export type OutType = (typeof OUT_TYPES)[number];

/** Of the Python script; the binary has them too, save `model_set`. */
const SCRIPT: readonly Flag[] = [
  ...['model_dir', 'model_file', 'param_file', 'model_set'].map(text),
  { name: 'optimize_out_type', kind: 'text', choices: OUT_TYPES },
  ...['optimize_out', 'valid_targets', 'quant_type'].map(text),
  ...switches('quant_model', 'enable_fp16', 'sparse_model', 'record_tailoring_info'),
  { name: 'sparse_threshold', kind: 'number' },
  ...switches('print_all_ops', 'print_supported_ops', 'print_model_ops', 'print_all_ops_in_md_format'),
  ...switches('display_kernels', 'version'),
  { name: 'help', kind: 'switch', short: 'h' },
  ...['optimized_nb_model_path', 'visualization_file_output_path'].map(text),
];

/** Of the binary alone, in one release or another. */
const BINARY: readonly Flag[] = [
  ...['model_set_dir', 'model_filename', 'param_filename', 'flagfile'].map(text),
  text('nnadapter_mixed_precision_quantization_config_path'),
  ...switches('prefer_int8_kernel'),
];

const UPSTREAM: readonly Flag[] = [...SCRIPT.map((flag) => ({ ...flag, abbreviated: true })), ...BINARY];

const OURS: readonly Flag[] = [
  list('input-shape'),
  { name: 'fusions', kind: 'text', choices: ['all', 'upstream'] },
  { name: 'target', kind: 'text', short: 't' },
  { name: 'quiet', kind: 'switch', short: 'q' },
  { name: 'verbose', kind: 'switch', short: 'v' },
  ...switches('json', 'debug', 'dry-run', 'no-input', 'no-color'),
  { name: 'timeout', kind: 'number' },
];

export interface OptFlags {
  /** What was given, by Paddle-Lite's names. */
  readonly given: ReadonlyMap<string, FlagValue>;
  readonly inputShapes: readonly string[];
  readonly target: string | undefined;
  /** 'upstream': files like the original's, byte for byte. */
  readonly fusions: 'all' | 'upstream';
}

/** Reads the arguments of `opt`: its flags, and the options that every command has, under the names the others use. */
export function parseOptFlags(args: readonly string[]): OptFlags & Record<string, unknown> {
  const values = parseFlags(args, [...UPSTREAM, ...OURS]);
  const timeout = values.get('timeout');
  if (timeout !== undefined && !((timeout as number) > 0)) {
    throw new EdgeDeployError('E_USAGE', `--timeout ${timeout} is no number of seconds`, {
      hint: 'Give a positive number.',
    });
  }
  return {
    given: new Map([...values].filter(([name]) => UPSTREAM.some((flag) => flag.name === name))),
    inputShapes: (values.get('input-shape') as string[] | undefined) ?? [],
    fusions: (values.get('fusions') as 'upstream' | undefined) ?? 'all',
    target: values.get('target') as string | undefined,
    json: values.get('json') === true,
    quiet: values.get('quiet') === true,
    verbose: values.get('verbose') === true,
    dryRun: values.get('dry-run') === true,
    noInput: values.get('no-input') === true,
    ...(timeout === undefined ? {} : { timeout }),
  };
}
