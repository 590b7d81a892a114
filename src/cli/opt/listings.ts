/** Paddle-Lite's tables of ops, over the kernels that models made here may use. */
import { kernelKeys } from '../../opt/kernels.js';
import type { Program } from '../../paddle/index.js';

/** Columns in Paddle-Lite's order, with their numbers in kernel keys. */
const COLUMNS = [
  { title: 'kARM', markdown: 'ARM', target: '4' },
  { title: 'kHost', markdown: 'Host', target: '1' },
] as const;
const NAME_WIDTH = 47;

/** Ops for which Paddle-Lite 2.13 has kernels for ARM as well as for the host; a model names one of them. */
const ON_BOTH: ReadonlySet<string> = new Set([
  ...['abs', 'arg_max', 'box_coder', 'deformable_conv', 'elu', 'exp', 'floor', 'hard_sigmoid', 'hard_swish'],
  ...['leaky_relu', 'log', 'pad2d', 'pixel_shuffle', 'prelu', 'prior_box', 'reciprocal', 'relu', 'relu6'],
  ...['relu_clipped', 'rsqrt', 'shuffle_channel', 'sigmoid', 'silu', 'softplus', 'square', 'swish', 'tanh'],
  ...['thresholded_relu', 'yolo_box'],
]);

/** Whether Paddle-Lite has a kernel of an op for a target, of those ops that models made here may hold. */
function runsOn(op: string, target: string): boolean {
  if (!Object.hasOwn(kernelKeys, op)) return false;
  return ON_BOTH.has(op) || kernelKeys[op]!.some((key) => key.split('/')[1] === target);
}

const knownOps = (): string[] => Object.keys(kernelKeys).sort();

/** Right-aligned columns, two blanks wider than their titles. */
function opTable(ops: readonly string[]): string {
  const header = 'OP_name'.padStart(NAME_WIDTH) + COLUMNS.map(({ title }) => `  ${title}`).join('');
  const rows = ops.map((op) => {
    const marks = COLUMNS.map(({ title, target }) => (runsOn(op, target) ? 'Y' : '').padStart(title.length + 2));
    return op.padStart(NAME_WIDTH) + marks.join('');
  });
  return [header, ...rows].join('\n');
}

/** `--print_all_ops`. */
function allOps(): string {
  return opTable(knownOps());
}

/** `--print_supported_ops`; the blanks are Paddle-Lite's. */
function supportedOps(): string {
  return `Supported OPs on ' kARM': \n${opTable(knownOps())}`;
}

/** `--print_all_ops_in_md_format`. */
function allOpsInMarkdown(): string {
  const ops = knownOps();
  const rows = ops.map(
    (op) => `| ${op} |${COLUMNS.map(({ target }) => ` ${runsOn(op, target) ? 'Y' : ' '} |`).join('')}`,
  );
  const head = `| OP_name |${COLUMNS.map(({ markdown }) => ` ${markdown} |`).join('')}`.slice(0, -1);
  const rule = `|-:|${'-| '.repeat(COLUMNS.length)}`;
  return [`The number of supported operators is : ${ops.length}`, head, rule, ...rows].join('\n');
}

/** `--display_kernels`: names only, as Paddle-Lite does. */
function displayKernels(): string {
  return knownOps()
    .map((op) => ` - ${op}`)
    .join('\n');
}

/** What each listing prints that needs no model. */
export const TEXTS = {
  print_all_ops: allOps,
  print_supported_ops: supportedOps,
  display_kernels: displayKernels,
  print_all_ops_in_md_format: allOpsInMarkdown,
} as const;

/** `--print_model_ops`: the table of the ops of a model. */
export function modelOps(program: Program): string {
  return `OPs in the input model include:\n${opTable(opTypes(program))}`;
}

/** Types of all ops of all blocks, each once, sorted. */
export function opTypes(program: Program): string[] {
  return [...new Set(program.blocks.flatMap((block) => block.ops.map(({ type }) => type)))].sort();
}
