import type { Constant, TensorType } from './tensor.js';

/**
 * The compiler's one data structure: a readonly value in static single assignment. Values (graph inputs, constants,
 * node results) are known by name; a name is Paddle's own where there is one. Shapes are always known: a graph is made
 * for one set of input shapes.
 */
export interface Graph {
  readonly name: string;
  readonly stage: Stage;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** In topological order. */
  readonly nodes: readonly Node[];
  /** Types of every input, constant and node result. */
  readonly types: ReadonlyMap<string, TensorType>;
  readonly constants: ReadonlyMap<string, Constant>;
}

/**
 * imported   what an importer made: our ops, weights in fp32 or already quantised
 * quantized  weights of quantisable ops are integers with scales (or stayed fp32)
 * optimized  fused and cleaned: no batch_norm, no identity, no dead code
 */
export type Stage = 'imported' | 'quantized' | 'optimized';

export type AttributeValue = number | string | boolean | readonly number[] | Activation | undefined;

export interface Node {
  /** Unique in the graph; an original op's name or its first output's. Used in reports and error messages. */
  readonly name: string;
  /** A key of the op ledger (`src/ops/index.ts`). */
  readonly op: string;
  /** Names of values; '' marks an absent optional input in the middle. Trailing absent inputs are left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** Elementwise functions of one variable, as ops of their own and fused into the op before. x ↦ */
export type ActivationKind =
  | 'clamp' // min(max(x, a), b)                     relu, relu6, clip
  | 'leaky_relu' // x > 0 ? x : a·x
  | 'sigmoid'
  | 'tanh'
  | 'hard_sigmoid' // min(max(a·x + b, 0), 1)
  | 'hard_swish' // x · min(max(x + a, 0), b) / c
  | 'swish' // x / (1 + exp(−a·x))
  | 'gelu' // with erf
  | 'gelu_tanh'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'rsqrt'
  | 'abs'
  | 'square'
  | 'floor'
  | 'pow' // x^a
  | 'linear' // a·x + b                              scale
  | 'softplus' // a·x > b ? x : log(1 + exp(a·x)) / a
  | 'reciprocal';

/** Parameters a kind does not use are 0. Kinds are numbered by their place in ACTIVATION_KINDS (the C side agrees). */
export interface Activation {
  readonly kind: ActivationKind;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

export const ACTIVATION_KINDS = [
  'clamp',
  'leaky_relu',
  'sigmoid',
  'tanh',
  'hard_sigmoid',
  'hard_swish',
  'swish',
  'gelu',
  'gelu_tanh',
  'exp',
  'log',
  'sqrt',
  'rsqrt',
  'abs',
  'square',
  'floor',
  'pow',
  'linear',
  'softplus',
  'reciprocal',
] as const satisfies readonly ActivationKind[];

/** Consumers of every value, in program order. Graph outputs are not counted. */
export function uses(graph: Graph): ReadonlyMap<string, readonly Node[]> {
  const result = new Map<string, Node[]>();
  for (const node of graph.nodes) {
    for (const input of new Set(node.inputs)) {
      if (input === '') continue;
      const list = result.get(input);
      if (list) list.push(node);
      else result.set(input, [node]);
    }
  }
  return result;
}

/** The node that makes each value; inputs and constants have none. */
export function producers(graph: Graph): ReadonlyMap<string, Node> {
  const result = new Map<string, Node>();
  for (const node of graph.nodes) for (const output of node.outputs) result.set(output, node);
  return result;
}
