/** What a model is made of, what cannot be compiled of it, and what quantisation would gain and cost: figures only. */
import { EdgeDeployError } from '../base/errors.js';
import { compile, PRECISIONS } from '../compile.js';
import type { Graph, Node } from '../ir/graph.js';
import { describeInputs } from '../ir/same-model.js';
import type { SkippedOp } from '../ir/skipped-op.js';
import type { TensorType } from '../ir/tensor.js';
import type { Precision } from '../lower/index.js';
import { definitionOf } from '../ops/index.js';
import { type InspectedWeight, inspectConstant, inspectWeights, type StoredBytes, sumBytes } from './weights.js';

export type { Histogram } from './histogram.js';
export { type InspectedWeight, STORAGES, type Storage, type StoredBytes } from './weights.js';

/** What sizes are given for; they hardly differ between CPUs. */
export const REFERENCE_MACHINE = { architecture: 'aarch64', path: 'neon', l2: 1 << 20 } as const;

export interface InspectedLayer {
  readonly node: Node;
  readonly outputs: readonly TensorType[];
  readonly macs: number;
  /** Bytes of the constants it reads. */
  readonly bytes: StoredBytes;
}

/** The size of a program file, and of the memory it needs besides. */
export interface ProgramSize {
  readonly precision: Precision;
  readonly programBytes: number;
  readonly arenaBytes: number;
  readonly macs: number;
  /** For each set of input shapes. */
  readonly plans: readonly { readonly inputs: readonly string[]; readonly arenaBytes: number; readonly macs: number }[];
}

export interface Inspection {
  /** As imported; it lacks the ops that were skipped, whose results may stand among its inputs. */
  readonly graph: Graph;
  /** The model's own inputs. */
  readonly inputs: readonly string[];
  readonly layers: readonly InspectedLayer[];
  readonly weights: readonly InspectedWeight[];
  readonly skipped: readonly SkippedOp[];
  /** As it is compiled for fp32; undefined when it cannot be compiled. */
  readonly optimized: Graph | undefined;
  /** Constants of that graph which the model does not have: batch norms folded into weights, and the like. */
  readonly folded: readonly InspectedWeight[];
  /** Nodes that compute in integers with the precision int8; the others of it only store their weights so. */
  readonly integerNodes: ReadonlySet<string>;
  /** Of every precision the weights can take; empty when the model cannot be compiled. */
  readonly sizes: readonly ProgramSize[];
  /** Why it cannot be compiled though every op was imported. */
  readonly refusal: EdgeDeployError | undefined;
}

/**
 * Inspects a graph and the ops that an importer left out of it; `others` are the same model for other input shapes, in the
 * sizes alone. Throws E_WEIGHTS for weights without a scale.
 */
export function inspectGraph(
  imported: Graph,
  skipped: readonly SkippedOp[] = [],
  others: readonly Graph[] = [],
): Inspection {
  const graph = skipped.length === 0 ? imported : withoutRemains(imported, skipped);
  const { weights, int8, int16 } = inspectWeights(graph);
  const bytesOf = new Map(weights.map(({ name, bytes }) => [name, bytes]));
  const layers = graph.nodes.map((node): InspectedLayer => {
    const bytes = sumBytes([...new Set(node.inputs)].flatMap((name) => bytesOf.get(name) ?? []));
    return { node, outputs: node.outputs.map((name) => graph.types.get(name)!), macs: macsOf(graph, node), bytes };
  });
  const assumed = new Set(skipped.flatMap(({ outputs }) => outputs));
  return {
    graph,
    inputs: graph.inputs.filter((name) => !assumed.has(name)),
    layers,
    weights,
    skipped,
    ...(skipped.length === 0
      ? compiled({ fp32: graph, int8w: int8, int16w: int16, int8 }, others)
      : notCompiled(undefined)),
  };
}

/** Multiply-accumulates of one node. */
export function macsOf({ types }: Graph, { op, inputs, outputs, attributes }: Node): number {
  return definitionOf(op).macs(
    inputs.map((name) => types.get(name)),
    outputs.map((name) => types.get(name)!),
    attributes,
  );
}

/** Layers of a model that was quantised before it came here compute in integers at every precision. */
function int8Layers({ nodes }: Graph): string[] {
  return nodes.filter(({ op }) => op === 'int8_conv2d' || op === 'int8_fc').map(({ name }) => name);
}

type Compiled = Pick<Inspection, 'optimized' | 'folded' | 'integerNodes' | 'sizes' | 'refusal'>;

/** Compiles what each precision needs. A form of an op that only lowering refuses is a finding, not a failure. */
function compiled(graphs: Readonly<Record<Precision, Graph | undefined>>, others: readonly Graph[]): Compiled {
  const sizes: ProgramSize[] = [];
  let optimized: Graph | undefined;
  let integerNodes: ReadonlySet<string> = new Set();
  try {
    for (const precision of PRECISIONS) {
      const graph = graphs[precision];
      if (graph === undefined) continue;
      const result = compile([graph, ...others], { ...REFERENCE_MACHINE, precision });
      const { program, arenaBytes, macs } = result;
      const plans = result.plans.map((plan) => ({
        inputs: describeInputs(plan.model),
        arenaBytes: plan.arenaBytes,
        macs: plan.macs,
      }));
      sizes.push({ precision, programBytes: program.length, arenaBytes, macs, plans });
      if (precision === 'fp32') optimized = result.graph;
      if (precision === 'int8') integerNodes = new Set([...result.integerNodes, ...int8Layers(result.graph)]);
    }
    const folded = [...optimized!.constants].filter(
      ([name, { data }]) => graphs.fp32!.constants.get(name)?.data !== data,
    );
    return {
      optimized,
      folded: folded.map(([name, constant]) => inspectConstant(name, constant)),
      integerNodes,
      sizes,
      refusal: undefined,
    };
  } catch (error) {
    if (!(error instanceof EdgeDeployError && error.code === 'E_OP')) throw error;
    return notCompiled(error);
  }
}

function notCompiled(refusal: EdgeDeployError | undefined): Compiled {
  return { optimized: undefined, folded: [], integerNodes: new Set(), sizes: [], refusal };
}

/** Without nodes that an importer added before it gave up: nothing reads them. */
function withoutRemains(graph: Graph, skipped: readonly SkippedOp[]): Graph {
  const read = new Set([...graph.outputs, ...skipped.flatMap(({ inputs }) => inputs)]);
  const nodes = [...graph.nodes].reverse().filter(({ inputs, outputs }) => {
    const isRead = outputs.some((output) => read.has(output));
    if (isRead) for (const input of inputs) read.add(input);
    return isRead;
  });
  return { ...graph, nodes: nodes.reverse() };
}
