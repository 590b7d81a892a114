import { EdgeDeployError } from '../base/errors.js';
import {
  byteLength,
  type Constant,
  type Data,
  elementCount,
  formatType,
  type TensorType,
  type WeightQuantization,
} from '../ir/tensor.js';
import type { GraphBuilder } from '../ops/builder.js';
import type { Step } from '../ops/chain.js';
import { realValues } from '../ops/evaluate.js';
import type { AttributesOf, OpName } from '../ops/index.js';
import { Attributes } from './attributes.js';
import { type Kernel, kernelOf } from './kernel-attribute.js';
import type { Op } from './messages.js';
import type { Scope } from './scope.js';

export type { AttributesOf };

/** Larger constants are not made from a few numbers of the program. */
const MAX_CONSTANT_BYTES = 2 ** 26;

const UNSUPPORTED_FORM = 'The program is damaged, or uses a form of the op that is not supported: export it otherwise.';

/** What an importer sees of one op of the program: its inputs, its attributes, and the graph that grows. */
export class OpContext {
  readonly attributes: Attributes;
  readonly #op: Op;
  readonly #scope: Scope;
  readonly #builder: GraphBuilder;
  /** Names the op in messages. */
  readonly label: string;

  constructor(op: Op, label: string, scope: Scope) {
    this.#op = op;
    this.label = label;
    this.#scope = scope;
    this.#builder = scope.builder;
    this.attributes = new Attributes(new Map(op.attrs.map((one) => [one.name, one])), label, (variable) =>
      this.#numbers(this.#scope.read(variable, label)),
    );
  }

  /** The op's type in Paddle. */
  get type(): string {
    return this.#op.type;
  }

  /** The kernel that Paddle-Lite chose, in `.nb` files. */
  get kernel(): Kernel | undefined {
    return kernelOf(this.#op);
  }

  /** Whether Paddle 1.x made the program. */
  get legacy(): boolean {
    return this.#scope.legacy;
  }

  /** The values in a slot; empty when it is absent. Quantised weights come as real numbers. */
  inputs(slot: string): string[] {
    return this.#names(slot).map((variable) => this.#real(this.#scope.read(variable, this.label)));
  }

  optional(slot: string): string | undefined {
    return this.inputs(slot)[0];
  }

  input(slot: string): string {
    const value = this.optional(slot);
    if (value === undefined) throw this.fail(`has no input '${slot}'`);
    return value;
  }

  /** Like input, but quantised weights keep their integers if their scales lie along `axis`. */
  weight(slot: string, axis: number): string {
    const [variable] = this.#names(slot);
    if (variable === undefined) throw this.fail(`has no input '${slot}'`);
    const value = this.#scope.read(variable, this.label);
    const { dtype } = this.typeOf(value);
    const quantization = this.constantOf(value)?.quantization;
    if (dtype !== 'f32' && quantization === undefined) {
      throw this.fail(`has weights of the element type ${dtype} in '${slot}'`, 'Export the model in fp32.');
    }
    return quantization === undefined || quantization.axis === axis ? value : this.#real(value);
  }

  typeOf(value: string): TensorType {
    return this.#builder.typeOf(value);
  }

  shapeOf(value: string): readonly number[] {
    return this.typeOf(value).shape;
  }

  constantOf(value: string): Constant | undefined {
    return this.#builder.constantOf(value);
  }

  /** The elements of an integer tensor that must be known at compile time. */
  integers(value: string): number[] {
    const values = this.#numbers(value);
    if (!values.every(Number.isInteger)) throw this.fail(`needs integers in '${value}'`);
    return values;
  }

  /** Number of variables in an output slot. */
  outputCount(slot: string): number {
    return this.#op.outputs.find((output) => output.parameter === slot)?.arguments.length ?? 0;
  }

  /** Rank the program declares for an output. Paddle ≤ 2.4 has [1] where later versions have rank 0: this tells them apart. */
  declaredRank(slot: string): number | undefined {
    return this.#scope.declaredRank(this.#outputName(slot, 0));
  }

  /** Adds a node whose result only this op's importer knows. */
  node<K extends OpName>(op: K, inputs: readonly string[], attributes: AttributesOf<K>): string {
    return this.#add(op, inputs, attributes, this.#builder.fresh(this.#stem()));
  }

  /** Adds the node that makes the output in `slot`, and the steps behind it; the last one bears Paddle's name. */
  output<K extends OpName>(
    slot: string,
    op: K,
    inputs: readonly string[],
    attributes: AttributesOf<K>,
    ...then: readonly Step[]
  ): void {
    this.outputAt(slot, 0, op, inputs, attributes, ...then);
  }

  /** Like output, for the variable at `index` of a slot with several. */
  outputAt<K extends OpName>(
    slot: string,
    index: number,
    op: K,
    inputs: readonly string[],
    attributes: AttributesOf<K>,
    ...then: readonly Step[]
  ): void {
    const steps: Step[] = [{ op, inputs, attributes }, ...then];
    const variable = this.#outputName(slot, index);
    let value: string | undefined;
    for (const [position, next] of steps.entries()) {
      const last = position === steps.length - 1;
      const name = last ? this.#scope.nameFor(variable) : this.#builder.fresh(this.#stem());
      value = this.#add(next.op, value === undefined ? next.inputs : [value, ...next.inputs], next.attributes, name);
    }
    this.#scope.write(variable, value!);
  }

  /** Makes the output in `slot` a constant. */
  outputConstant(slot: string, constant: Constant): void {
    const variable = this.#outputName(slot, 0);
    this.#scope.write(variable, this.#builder.constant(this.#scope.nameFor(variable), constant));
  }

  /** A new constant that is no parameter. */
  constant(type: TensorType, data: Data, quantization?: WeightQuantization): string {
    const constant = quantization === undefined ? { type, data } : { type, data, quantization };
    return this.#builder.constant(this.#builder.fresh(this.#stem()), constant);
  }

  /** `value` under another shape: the same data when it is constant, else a reshape node. */
  reshaped(value: string, shape: readonly number[]): string {
    const constant = this.constantOf(value);
    if (constant === undefined) return this.node('reshape', [value], { shape });
    if (elementCount(shape) !== elementCount(constant.type.shape)) {
      throw this.fail(`cannot view '${value}' of shape [${constant.type.shape}] as [${shape}]`);
    }
    const real = realValues(constant);
    return this.constant({ dtype: real.type.dtype, shape }, real.data);
  }

  /** To be called before the memory of a new constant is taken: a few bytes of a program may ask for any amount. */
  checkConstantSize(type: TensorType): void {
    if (type.shape.some((dimension) => dimension < 0)) throw this.fail(`has the impossible shape [${type.shape}]`);
    if (byteLength(type) <= MAX_CONSTANT_BYTES) return;
    throw this.fail(
      `makes a constant ${formatType(type)}, larger than 64 MiB`,
      'Store it as a parameter of the model.',
    );
  }

  /** An axis counted from the end if negative, checked against the rank. */
  axis(axis: number, rank: number): number {
    const result = axis < 0 ? axis + rank : axis;
    if (!(Number.isInteger(result) && result >= 0 && result < rank))
      throw this.fail(`has axis ${axis}, outside rank ${rank}`);
    return result;
  }

  fail(problem: string, hint = UNSUPPORTED_FORM): EdgeDeployError {
    return new EdgeDeployError('E_OP', `${this.label} ${problem}`, { hint });
  }

  #numbers(value: string): number[] {
    const constant = this.constantOf(value);
    if (constant !== undefined) return Array.from(constant.data as ArrayLike<number | bigint>, Number);
    throw this.fail(`needs the value of '${value}' at compile time, but it depends on the input's values`);
  }

  #names(slot: string): readonly string[] {
    return this.#op.inputs.find((input) => input.parameter === slot)?.arguments ?? [];
  }

  #outputName(slot: string, index: number): string {
    const name = this.#op.outputs.find((output) => output.parameter === slot)?.arguments[index];
    if (name === undefined) throw this.fail(`has no output '${slot}'`);
    return name;
  }

  #stem(): string {
    return this.#op.outputs.find((output) => output.arguments.length > 0)?.arguments[0] ?? this.type;
  }

  #real(value: string): string {
    const constant = this.constantOf(value);
    if (constant?.quantization === undefined) return value;
    const real = realValues(constant);
    return this.constant(real.type, real.data);
  }

  #add(op: OpName, inputs: readonly string[], attributes: object, output: string): string {
    return this.#builder.add(op, { inputs, outputs: [output], attributes: attributes as never })[0]!;
  }
}

/** Adds an op's meaning to the graph. */
export type Importer = (c: OpContext) => void;
