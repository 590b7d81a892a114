import { EdgeDeployError } from '../base/errors.js';
import { type Constant, type Data, elementCount, type TensorType } from '../ir/tensor.js';
import type { Step } from '../ops/chain.js';
import { type AttributesOf, definitionOf, type OpName } from '../ops/index.js';
import { checkOperandTypes } from '../ops/operand-types.js';
import { Attributes } from './attributes.js';
import type { ModelNode, ModelTensor } from './messages.js';
import type { Scope } from './scope.js';
import { constantOf } from './tensor.js';

export type { AttributesOf };

/** Larger constants are not made at compile time: 16 Mi elements. */
const MAX_CONSTANT_ELEMENTS = 2 ** 24;

/** What is known at compile time is computed at once up to this many results (more if the inputs have more) and products. */
const MAX_FOLDED_ELEMENTS = 2 ** 16;
const MAX_FOLDED_MACS = 2 ** 22;

const UNSUPPORTED_FORM = 'The model is damaged, or uses a form of the op that is not supported: export it otherwise.';

/** What an importer sees of one node of the model: its inputs, its attributes, and the graph that grows. */
export class OpContext {
  readonly attributes: Attributes;
  /** Version of the operator set the model was made for. */
  readonly opset: number;
  /** Names the node in messages. */
  readonly label: string;
  readonly #node: ModelNode;
  readonly #scope: Scope;

  constructor(node: ModelNode, label: string, opset: number, scope: Scope) {
    this.#node = node;
    this.label = label;
    this.opset = opset;
    this.#scope = scope;
    this.attributes = new Attributes(node, label);
  }

  get type(): string {
    return this.#node.op_type;
  }

  /** All inputs, which must be there. */
  inputs(): string[] {
    return this.#node.input.map((_, index) => this.input(index));
  }

  optional(index: number): string | undefined {
    const name = this.#node.input[index] ?? '';
    return name === '' ? undefined : this.#scope.read(name, this.label);
  }

  input(index: number): string {
    const value = this.optional(index);
    if (value === undefined) throw this.fail(`has no input ${index}`);
    return value;
  }

  /** An input that must be known at compile time, its numbers finite: E_OP or E_WEIGHTS otherwise. */
  weight(index: number): string {
    const value = this.input(index);
    const constant = this.constantOf(value);
    if (constant === undefined)
      throw this.fail(`has weights ('${value}') that are computed at run time, not supported`);
    if (constant.data instanceof Float32Array && !constant.data.every(Number.isFinite)) {
      throw new EdgeDeployError('E_WEIGHTS', `the weights '${value}' hold NaN or infinity`, {
        hint: 'Training diverged or the file is damaged; such a model computes nothing of use.',
        details: { parameters: [value] },
      });
    }
    return value;
  }

  typeOf(value: string): TensorType {
    return this.#scope.builder.typeOf(value);
  }

  shapeOf(value: string): readonly number[] {
    return this.typeOf(value).shape;
  }

  constantOf(value: string): Constant | undefined {
    return this.#scope.builder.constantOf(value);
  }

  /** The elements of an input that must be known at compile time; undefined when it is absent. */
  numbers(index: number): number[] | undefined {
    const value = this.optional(index);
    if (value === undefined) return undefined;
    const constant = this.constantOf(value);
    if (constant !== undefined) return Array.from(constant.data as ArrayLike<number | bigint>, Number);
    throw this.fail(`needs the value of '${value}' at compile time, but it depends on the input's values`);
  }

  integers(index: number): number[] | undefined {
    const values = this.numbers(index);
    if (values && !values.every(Number.isInteger)) throw this.fail(`needs integers in input ${index}`);
    return values;
  }

  /** The one number of an optional input. */
  scalar(index: number): number | undefined {
    const values = this.numbers(index);
    if (values && values.length !== 1) throw this.fail(`needs one number in input ${index}, not ${values.length}`);
    return values?.[0];
  }

  /** What newer versions have as an input and older ones as an attribute. */
  list(index: number, attribute: string): number[] | undefined {
    return this.integers(index) ?? (this.attributes.has(attribute) ? this.attributes.ints(attribute) : undefined);
  }

  get outputCount(): number {
    return this.#node.output.length;
  }

  /** Adds a node whose result only this importer knows. */
  node<K extends OpName>(op: K, inputs: readonly string[], attributes: AttributesOf<K>): string {
    return this.#add(op, inputs, attributes, this.#scope.fresh(this.#stem()));
  }

  /** Adds the node that makes the first output, and the steps behind it; the last one bears the model's name. */
  output<K extends OpName>(op: K, inputs: readonly string[], attributes: AttributesOf<K>, ...then: Step[]): void {
    this.outputAt(0, op, inputs, attributes, ...then);
  }

  outputAt<K extends OpName>(
    index: number,
    op: K,
    inputs: readonly string[],
    attributes: AttributesOf<K>,
    ...then: Step[]
  ): void {
    const name = this.#node.output[index] ?? '';
    const steps: Step[] = [{ op, inputs, attributes }, ...then];
    let value: string | undefined;
    for (const [position, next] of steps.entries()) {
      const last = position === steps.length - 1 && name !== '';
      const operands = value === undefined ? next.inputs : [value, ...next.inputs];
      value = this.#add(next.op, operands, next.attributes, last ? name : this.#scope.fresh(this.#stem()));
    }
    if (name !== '') this.#scope.write(name, value!);
  }

  /** Makes the first output a constant. */
  outputConstant(constant: Constant): void {
    const name = this.#node.output[0] ?? '';
    if (name === '') return;
    this.#scope.write(name, this.#scope.builder.constant(this.#scope.constantName(name), constant));
  }

  /** Makes an output another name of a value. */
  alias(value: string, index = 0): void {
    const name = this.#node.output[index] ?? '';
    if (name !== '') this.#scope.write(name, value);
  }

  /** A new constant of this importer. */
  constant(type: TensorType, data: Data): string {
    return this.#scope.builder.constant(this.#scope.fresh(this.#stem()), { type, data });
  }

  /** A tensor that is an attribute. */
  tensorConstant(tensor: ModelTensor): Constant {
    return constantOf(tensor, `the tensor of ${this.label}`, this.#scope.files);
  }

  /** `value` under another shape. */
  reshaped(value: string, shape: readonly number[]): string {
    return this.node('reshape', [value], { shape });
  }

  /** Refuses constants whose size would exhaust the compiler's memory. */
  checkConstantSize(shape: readonly number[]): void {
    if (shape.some((dimension) => dimension < 0)) throw this.fail(`has the impossible shape [${shape}]`);
    if (elementCount(shape) > MAX_CONSTANT_ELEMENTS) throw this.fail(`makes a constant of shape [${shape}], too large`);
  }

  /** An axis counted from the end if negative, checked against the rank. */
  axis(axis: number, rank: number): number {
    const result = axis < 0 ? axis + rank : axis;
    if (!(result >= 0 && result < rank)) throw this.fail(`has axis ${axis}, outside rank ${rank}`);
    return result;
  }

  fail(problem: string, hint = UNSUPPORTED_FORM): EdgeDeployError {
    return new EdgeDeployError('E_OP', `${this.label} ${problem}`, { hint });
  }

  #stem(): string {
    return this.#node.output.find((name) => name !== '') ?? this.type;
  }

  #add(op: OpName, inputs: readonly string[], attributes: object, output: string): string {
    const folded = this.#folded(op, inputs, attributes);
    if (folded) return this.#scope.builder.constant(this.#scope.constantName(output), folded);
    const [value] = this.#scope.builder.add(op, { inputs, outputs: [output], attributes });
    const { shape } = this.typeOf(value!);
    if (shape.includes(0)) throw this.fail(`leaves nothing: its result has the shape [${shape}]`);
    return value!;
  }

  /** The result when all inputs are known and it is cheap: sizes that a model computes in f32 are known that way, too. */
  #folded(op: OpName, inputs: readonly string[], attributes: object): Constant | undefined {
    const operands = inputs.map((input) => (input === '' ? undefined : this.constantOf(input)));
    if (inputs.some((input, i) => input !== '' && operands[i] === undefined)) return undefined;
    const definition = definitionOf(op);
    const types = operands.map((operand) => operand?.type);
    checkOperandTypes(op, types);
    const results = definition.infer(types, attributes);
    const given = types.reduce((sum, type) => sum + (type ? elementCount(type.shape) : 0), 0);
    const small = elementCount(results[0]!.shape) <= Math.max(MAX_FOLDED_ELEMENTS, given);
    if (!small || definition.macs(types, results, attributes) > MAX_FOLDED_MACS) return undefined;
    return definition.evaluate(operands, attributes)[0];
  }
}

/** Adds a node's meaning to the graph. */
export type Importer = (c: OpContext) => void;
