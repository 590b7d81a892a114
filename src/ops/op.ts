import type { Activation, Node } from '../ir/graph.js';
import type { Tensor, TensorType } from '../ir/tensor.js';

/**
 * One op of the compiler: everything about it that is not lowering. Adding an op = one file here, one line in
 * `index.ts`, and whatever TypeScript then says is missing (importer entry, lowering).
 */
export interface OpDefinition<A> {
  /** Types of the results. `inputs[i]` is undefined for an absent optional input. Throws EdgeDeployError E_SHAPE. */
  infer(inputs: readonly (TensorType | undefined)[], attributes: A): TensorType[];
  /** The plain meaning of the op, in NCHW and fp32 (fround where it matters): the definition the kernels are held to. */
  evaluate(inputs: readonly (Tensor | undefined)[], attributes: A): Tensor[];
  /** Multiply-accumulates of one execution; 0 for data movement. */
  macs(inputs: readonly (TensorType | undefined)[], outputs: readonly TensorType[], attributes: A): number;
}

/** Names the op's attribute type for inference; `Node.attributes` of this op has exactly this shape. */
export function defineOp<A extends object>(definition: OpDefinition<A>): OpDefinition<A> {
  return definition;
}

/** A node's attributes under their op's type. The graph verifier has checked that they are there. */
export function attributesOf<A>(node: Node): A {
  return node.attributes as A;
}

/** min(max(x, low), high): relu is (0, ∞), relu6 (0, 6). */
export function clamp(low: number, high: number): Activation {
  return { kind: 'clamp', a: low, b: high, c: 0 };
}
