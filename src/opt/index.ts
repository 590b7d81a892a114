/** Paddle-Lite's `opt`: a Paddle program rewritten for Paddle-Lite's loader on ARM, or for Paddle itself. */
import { EdgeDeployError } from '../base/errors.js';
import {
  type Attribute,
  AttributeType,
  type Parameters,
  type Program,
  type TensorRecord,
  type Var,
  VarKind,
} from '../paddle/model.js';
import { setInt, setText } from './attributes.js';
import { isInteger } from './conv.js';
import { ProgramGraph } from './graph.js';
import { inlineConstants } from './inline-constants.js';
import { kernelKeys, kernelOf, precisionOf } from './kernels.js';
import type { Node, Slots, Value } from './node.js';
import { quantizeWeights } from './passes/quantize-weights.js';
import { forLite, forPaddle } from './pipeline.js';
import { shareBuffers } from './share-buffers.js';

export { kernelKeys } from './kernels.js';

export interface OptOptions {
  /** Store the weights of fc, conv2d, mul and lookup_table as integers. */
  readonly quantType?: 'QUANT_INT8' | 'QUANT_INT16';
  /**
   * 'upstream' makes what Paddle-Lite's opt makes, byte for byte, except where that is wrong. 'all' (the default) fuses also
   * where opt does not only because exporters since Paddle 2.3 write programs otherwise.
   */
  readonly fusions?: 'upstream' | 'all';
  /** 0 to 1: the fraction of zeros from which on a 1 × 1 convolution is stored sparse. Default: none is. */
  readonly sparsity?: number | undefined;
  /**
   * 'lite' (the default): Paddle-Lite's loader, with fused ops, kernels and shared buffers. 'paddle': Paddle itself, which
   * knows none of them: only its own ops come out, under their own names.
   */
  readonly reader?: 'lite' | 'paddle';
}

export interface Optimized {
  /** One block: ops in running order, for Paddle-Lite each with its kernel attribute; variables in the order of a file. */
  readonly program: Program;
  readonly parameters: Parameters;
  readonly warnings: readonly string[];
}

/** The attribute by which a file names the kernel of an op. */
const KERNEL_ATTRIBUTE = '__@kernel_type_attr@__';

/** Attributes that only training and debugging need; Paddle-Lite drops them on loading. */
const DROPPED: ReadonlySet<string> = new Set([
  'op_callstack',
  'op_namescope',
  'op_role',
  'op_role_var',
  'workspace_size_MB',
]);

/**
 * Optimises a program as Paddle-Lite's opt does with `--valid_targets=arm`; the arguments are not changed. Throws E_OP,
 * listing them all, for ops without a kernel, and E_MODEL and E_WEIGHTS for programs and scales that do not add up.
 */
export function optimizeProgram(program: Program, parameters: Parameters, options: OptOptions = {}): Optimized {
  const reader = options.reader ?? 'lite';
  if (reader === 'lite') assertSupported(program);
  if (program.blocks.length > 1) {
    throw new EdgeDeployError(
      'E_OP',
      `the program has ${program.blocks.length} blocks: control flow is not supported`,
      {
        hint: 'Export the model without while and cond.',
      },
    );
  }
  const [block] = program.blocks as [Program['blocks'][number]];
  const ops = block.ops.map((op) => ({ ...op, attrs: op.attrs.filter(({ name }) => !DROPPED.has(name)).map(loaded) }));
  const graph = new ProgramGraph(inlineConstants(ops), block.vars, parameters);
  const warnings = new Set<string>();
  const warn = (text: string) => void warnings.add(text);
  const isQuantized = graph.nodes.some((node) => [...node.inputs.values()].flat().some(isInteger));
  const { sparsity } = options;
  const passOptions = { newerExports: options.fusions !== 'upstream', reader, isQuantized, sparsity, warn };
  for (const pass of reader === 'lite' ? forLite : forPaddle) pass(graph, passOptions);
  graph.sort();
  if (reader === 'lite') {
    for (const node of graph.nodes) chooseKernel(node);
    shareBuffers(graph);
  }
  if (options.quantType) quantizeWeights(graph, options.quantType === 'QUANT_INT8' ? 8 : 16, warn);
  const { vars, records } = collect(graph);
  const written = { ...block, vars, ops: graph.nodes.map(toOp) };
  return { program: { ...program, blocks: [written] }, parameters: records, warnings: [...warnings] };
}

function chooseKernel(node: Node): void {
  setText(node, KERNEL_ATTRIBUTE, kernelOf(node));
  const precision = node.type === 'fetch' ? precisionOf(node.input('X')!) : undefined;
  if (precision !== undefined) setInt(node, 'data_type', precision);
}

/** Paddle-Lite knows a BLOCK attribute as an INT. */
function loaded(attribute: Attribute): Attribute {
  if (attribute.type !== AttributeType.BLOCK) return attribute;
  return { name: attribute.name, type: AttributeType.INT, i: attribute.block_idx ?? 0 };
}

/** Types of ops that Paddle-Lite has no kernel for, sorted. */
export function unsupportedTypes(program: Program): string[] {
  const types = new Set(program.blocks.flatMap(({ ops }) => ops.map(({ type }) => type)));
  return [...types].filter((type) => !Object.hasOwn(kernelKeys, type)).sort();
}

/** Throws E_OP with Paddle-Lite's sentence and all ops without a kernel; `targets` is for the message. */
export function assertSupported(program: Program, targets = 'arm'): void {
  const ops = unsupportedTypes(program);
  if (ops.length === 0) return;
  throw new EdgeDeployError(
    'E_OP',
    `This model is not supported, because ${ops.length} ops are not supported on '${targets}'. These unsupported ops are: '${ops.join(', ')}'.`,
    { hint: 'See what is supported: edge-deploy opt --print_supported_ops=true', details: { ops } },
  );
}

/** Variables as Paddle-Lite orders them: op by op, the names of its inputs and outputs ascending; parameters by name. */
function collect({ nodes }: ProgramGraph): { vars: Var[]; records: Map<string, TensorRecord> } {
  const vars = new Map<string, Var>();
  const shapes = new Set(nodes.flatMap((node) => (isFlatten(node) ? (node.outputs.get('XShape') ?? []) : [])));
  const records = new Map<string, TensorRecord>();
  for (const node of nodes) {
    const values = [...node.inputs.values(), ...node.outputs.values()].flat();
    for (const value of values.sort((a, b) => compare(a.name, b.name))) {
      if (!vars.has(value.name)) vars.set(value.name, declaration(value, shapes.has(value)));
      if (value.record) records.set(value.name, value.record);
    }
  }
  return { vars: [...vars.values()], records: new Map([...records].sort(([a], [b]) => compare(a, b))) };
}

function isFlatten({ type }: Node): boolean {
  return type === 'flatten2' || type === 'flatten_contiguous_range';
}

/**
 * What a file says of a variable: feed and fetch lists have an empty shape, float64 is fp32 (there are no kernels for it), and
 * the shapes that flattening ops put out are int64.
 */
function declaration({ name, variable: { type, persistable } }: Value, isShape: boolean): Var {
  const { tensor, lod_level = 0 } = type?.lod_tensor ?? {};
  const { data_type, dims } = tensor ?? { data_type: VarKind.BOOL, dims: [] };
  const isDouble = data_type === VarKind.FP64 && !persistable;
  const elements = isShape ? VarKind.INT64 : isDouble ? VarKind.FP32 : data_type;
  const lod_tensor = { tensor: { data_type: elements, dims }, lod_level };
  return { name, persistable, need_check_feed: false, type: { type: type?.type ?? VarKind.LOD_TENSOR, lod_tensor } };
}

function toOp({ type, inputs, outputs, attributes }: Node): Program['blocks'][number]['ops'][number] {
  return { type, inputs: toSlots(inputs), outputs: toSlots(outputs), attrs: [...attributes.values()] };
}

function toSlots(slots: Slots) {
  return [...slots].map(([parameter, values]) => ({ parameter, arguments: values.map(({ name }) => name) }));
}

function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
