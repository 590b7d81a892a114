import type { AttributesOf, OpName } from './index.js';

/** A further op behind an output: its first input is the value before it. */
export interface Step {
  readonly op: OpName;
  readonly inputs: readonly string[];
  readonly attributes: object;
}

/** `step('reshape', [], { shape })`, with the attributes checked against the op's type. */
export function step<K extends OpName>(op: K, inputs: readonly string[], attributes: AttributesOf<K>): Step {
  return { op, inputs, attributes };
}
