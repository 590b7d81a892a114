import { EdgeDeployError } from './base/errors.js';
import { type OnProgress, silent } from './base/events.js';
import type { Graph } from './ir/graph.js';
import { assertOneModel } from './ir/same-model.js';
import { SharedData } from './ir/shared-data.js';
import type { WeightReport } from './ir/weight-report.js';
import { type LowerOptions, lower, type Precision } from './lower/index.js';
import { type OptimizeOptions, optimize } from './passes/index.js';
import { plan } from './plan/index.js';
import { type ProgramPlan, writeProgram } from './program/write.js';
import { type QuantizationMode, quantizeWeights } from './quantize/index.js';
import type { Lowered, Operand, Step } from './steps/lowered.js';

export const PRECISIONS = ['fp32', 'int8w', 'int16w', 'int8'] as const satisfies readonly Precision[];

export interface CompileOptions extends LowerOptions {
  /** Scales per channel (the default) or one per tensor, as PaddleSlim's weight_quantize_type. */
  readonly mode?: QuantizationMode;
  readonly passes?: OptimizeOptions;
  readonly onProgress?: OnProgress;
}

/** What was made of the model for one set of input shapes. */
export interface CompiledPlan {
  /** The model with this precision's weights, before any optimisation: what the program must compute. */
  readonly model: Graph;
  /** The optimized graph, which was lowered. */
  readonly graph: Graph;
  /** Nodes of `graph` that compute in integers, their input quantised at run time; empty unless precision is int8. */
  readonly integerNodes: ReadonlySet<string>;
  readonly macs: number;
  /** Bytes of working memory; weights are in `constantBytes` instead. */
  readonly arenaBytes: number;
}

/** A program for one set of input shapes or several; what stands beside `plans` is the first's. */
export interface Compiled extends CompiledPlan {
  /** The program file. */
  readonly program: Uint8Array;
  readonly plans: readonly [CompiledPlan, ...CompiledPlan[]];
  /** What quantisation did to each weight; empty for fp32. */
  readonly weights: readonly WeightReport[];
  /** Of the plan that needs the most: one arena serves all. */
  readonly arenaBytes: number;
  /** Bytes of packed weights, those that several plans use counted once. */
  readonly constantBytes: number;
}

/**
 * Compiles a model into a program file. Several graphs are the same model imported for several input shapes (`loadPlans`):
 * each becomes a plan, and all plans share their weights. Throws E_USAGE where graphs do not belong together.
 */
export function compile(model: Graph | readonly Graph[], options: CompileOptions): Compiled {
  const graphs = [model].flat();
  assertOneModel(graphs);
  const shared = new SharedData();
  const made = graphs.map((graph) => compilePlan(graph, options, graphs.length > 1 ? shared : undefined));
  const [first, ...others] = made as [PlanResult, ...PlanResult[]];
  const constants = new Set(made.flatMap(({ written }) => [...written.lowered.constants.values()]));
  return {
    ...first.plan,
    program: writeProgram([first.written, ...others.map(({ written }) => written)]),
    plans: [first.plan, ...others.map((other) => other.plan)],
    weights: first.weights,
    arenaBytes: Math.max(...made.map(({ written }) => written.arenaBytes)),
    constantBytes: [...constants].reduce((sum, data) => sum + data.byteLength, 0),
  };
}

interface PlanResult {
  readonly plan: CompiledPlan;
  readonly written: ProgramPlan;
  readonly weights: readonly WeightReport[];
}

/**
 * The whole pipeline: quantise the original weights by PaddleSlim's rules, optimise, lower for one CPU path, plan memory.
 * Quantisation comes first so that the integers are PaddleSlim's own; passes then fold into scales. With `shared`, what a
 * stage makes of the weights and another plan has already is dropped at once.
 */
function compilePlan(graph: Graph, options: CompileOptions, shared: SharedData | undefined): PlanResult {
  const onProgress = options.onProgress ?? silent;
  const kept = (made: Graph) => shared?.shareConstants(made) ?? made;
  const { graph: imported, weights } = quantizeFor(graph, options, onProgress);
  const quantized = kept(imported);
  onProgress({ stage: 'optimize', message: `optimising ${quantized.nodes.length} nodes` });
  const optimized = kept(optimize(quantized, options.passes));
  onProgress({
    stage: 'compile',
    message: `compiling for ${options.architecture} (${options.path}), ${options.precision}`,
  });
  const lowered = shareLowered(lower(optimized, options), shared);
  const written = { lowered, ...plan(lowered) };
  const compiled = {
    model: quantized,
    graph: optimized,
    integerNodes: new Set(lowered.steps.filter(quantizesItsInput).map(({ name }) => name)),
    macs: lowered.steps.reduce((sum, step) => sum + step.macs, 0),
    arenaBytes: written.arenaBytes,
  };
  return { plan: compiled, written, weights };
}

function shareLowered(lowered: Lowered, shared: SharedData | undefined): Lowered {
  if (!shared) return lowered;
  return { ...lowered, constants: new Map([...lowered.constants].map(([name, data]) => [name, shared.share(data)])) };
}

/** The parameters of an input that is quantised at run time are computed; those of a model's own int8 are constant. */
function quantizesItsInput({ fields }: Step): boolean {
  return (fields.x_params as Operand | null | undefined)?.space === 'arena';
}

function quantizeFor(
  graph: Graph,
  options: CompileOptions,
  onProgress: OnProgress,
): { graph: Graph; weights: readonly WeightReport[] } {
  const { precision, mode = 'channel_wise_abs_max' } = options;
  if (precision === 'fp32') return { graph, weights: [] };
  const bits = precision === 'int16w' ? 16 : 8;
  for (const [name, constant] of graph.constants) {
    if (constant.quantization && constant.quantization.bits !== bits) {
      throw new EdgeDeployError(
        'E_USAGE',
        `the model's weights (${name}) are int${constant.quantization.bits} already`,
        {
          hint: `Use --precision ${constant.quantization.bits === 16 ? 'int16w' : 'int8w, int8'} or fp32.`,
        },
      );
    }
  }
  // What PaddleSlim left in fp32 stays so: the model then computes what PaddleSlim's own does.
  if ([...graph.constants.values()].some((constant) => constant.quantization)) return { graph, weights: [] };
  onProgress({ stage: 'quantize', message: `quantising weights to int${bits}` });
  const result = quantizeWeights(graph, { bits, mode });
  return { graph: result.graph, weights: result.report };
}
