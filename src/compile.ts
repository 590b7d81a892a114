import { EdgeDeployError } from './base/errors.js';
import { type OnProgress, silent } from './base/events.js';
import type { Graph } from './ir/graph.js';
import type { WeightReport } from './ir/weight-report.js';
import { type LowerOptions, lower, type Precision } from './lower/index.js';
import { type OptimizeOptions, optimize } from './passes/index.js';
import { plan } from './plan/index.js';
import { writeProgram } from './program/write.js';
import { type QuantizationMode, quantizeWeights } from './quantize/index.js';
import type { Operand, Step } from './steps/lowered.js';

export const PRECISIONS = ['fp32', 'int8w', 'int16w', 'int8'] as const satisfies readonly Precision[];

export interface CompileOptions extends LowerOptions {
  /** Scales per channel (the default) or one per tensor, as PaddleSlim's weight_quantize_type. */
  readonly mode?: QuantizationMode;
  readonly passes?: OptimizeOptions;
  readonly onProgress?: OnProgress;
}

export interface Compiled {
  /** The program file. */
  readonly program: Uint8Array;
  /** The model with this precision's weights, before any optimisation: what the program must compute. */
  readonly model: Graph;
  /** The optimized graph, which was lowered. */
  readonly graph: Graph;
  /** Nodes of `graph` that compute in integers, their input quantised at run time; empty unless precision is int8. */
  readonly integerNodes: ReadonlySet<string>;
  /** What quantisation did to each weight; empty for fp32. */
  readonly weights: readonly WeightReport[];
  readonly macs: number;
  /** Bytes of working memory, packed weights included in `constantBytes` instead. */
  readonly arenaBytes: number;
  readonly constantBytes: number;
}

/**
 * The whole pipeline: quantise the original weights by PaddleSlim's rules, optimise, lower for one CPU path, plan memory,
 * write the program file. Quantisation comes first so that the integers are PaddleSlim's own; passes then fold into scales.
 */
export function compile(graph: Graph, options: CompileOptions): Compiled {
  const onProgress = options.onProgress ?? silent;
  const { graph: quantized, weights } = quantizeFor(graph, options, onProgress);
  onProgress({ stage: 'optimize', message: `optimising ${quantized.nodes.length} nodes` });
  const optimized = optimize(quantized, options.passes);
  onProgress({
    stage: 'compile',
    message: `compiling for ${options.architecture} (${options.path}), ${options.precision}`,
  });
  const lowered = lower(optimized, options);
  const placement = plan(lowered);
  const program = writeProgram(lowered, placement);
  return {
    program,
    model: quantized,
    graph: optimized,
    integerNodes: new Set(lowered.steps.filter(quantizesItsInput).map(({ name }) => name)),
    weights,
    macs: lowered.steps.reduce((sum, step) => sum + step.macs, 0),
    arenaBytes: placement.arenaBytes,
    constantBytes: [...lowered.constants.values()].reduce((sum, data) => sum + data.byteLength, 0),
  };
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
