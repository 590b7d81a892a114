import { VarKind } from '../../../../src/paddle/index.js';
import { type AttributeValue, op, programOf, type TestVariable } from '../../../support/programs.js';

/** A variable with values: fed at run time, or (`known`) a parameter. */
export interface CaseInput extends Omit<TestVariable, 'data'> {
  readonly values: readonly number[];
  readonly known: boolean;
}

/** One Paddle op, and what Paddle's definition of it gives: worked out by hand, not by our code. */
export interface OpCase {
  readonly type: string;
  /** What is special about it; '' for the op with nothing but defaults. */
  readonly what: string;
  readonly inputs: Readonly<Record<string, readonly CaseInput[]>>;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** Slot of the results; a list has several variables in it. */
  readonly slot: string;
  readonly results: readonly Result[];
}

export interface Result {
  readonly dims: readonly number[];
  readonly values: readonly number[];
  /** Declared in the program, where the op looks at that. */
  readonly declared?: boolean;
}

/** −2.5 … 2.5 in steps of a half, in no order. */
export function ramp(count: number): number[] {
  return Array.from({ length: count }, (_, i) => (((i * 7) % 11) - 5) / 2);
}

/** 1, 2, 3 … */
export function counted(count: number, first = 1): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}

const product = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1);

/** An input that is fed. */
export function fed(dims: readonly number[], values: readonly number[] = ramp(product(dims))): CaseInput {
  return { dims, values, known: false };
}

/** A parameter. */
export function known(dims: readonly number[], values: readonly number[] = ramp(product(dims))): CaseInput {
  return { dims, values, known: true };
}

/** Integers that are known when the model is compiled: shapes, axes, indices. */
export function integers(...values: number[]): CaseInput {
  return { dims: [values.length], values, known: true, dataType: VarKind.INT32 };
}

export function result(dims: readonly number[], values: readonly number[], declared = false): Result {
  return { dims, values, declared };
}

/** The case as a program: inputs are called after slot and place (X0, Filter0), results y0, y1 … */
export function programOfCase({ type, inputs, attributes, slot, results }: OpCase) {
  const variables: Record<string, TestVariable> = {};
  const named: Record<string, string[]> = {};
  for (const [slotName, list] of Object.entries(inputs)) {
    named[slotName] = list.map((input, i) => {
      const { dims, dataType = VarKind.FP32, values, known: isKnown } = input;
      variables[`${slotName}${i}`] = isKnown ? { dims, dataType, data: values } : { dims, dataType };
      return `${slotName}${i}`;
    });
  }
  const outputs = results.map((_, i) => `y${i}`);
  const declared = Object.fromEntries(
    results.flatMap(({ dims, declared: is }, i) => (is ? [[`y${i}`, dims] as const] : [])),
  );
  const program = programOf(variables, [op(type, named, { [slot]: outputs }, attributes)], outputs, declared);
  return { program, variables, outputs };
}

/** `one(type, inputs, attributes, dims, values)` for ops with one result in `Out`. */
export function one(
  type: string,
  inputs: OpCase['inputs'],
  attributes: OpCase['attributes'],
  dims: readonly number[],
  values: readonly number[],
  more: Partial<OpCase> & { declared?: boolean } = {},
): OpCase {
  const { declared = false, ...rest } = more;
  return { type, what: '', inputs, attributes, slot: 'Out', results: [result(dims, values, declared)], ...rest };
}
