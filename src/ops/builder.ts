import { EdgeDeployError } from '../base/errors.js';
import type { Graph, Node } from '../ir/graph.js';
import { byteLength, type Constant, type DType, elementCount, type TensorType } from '../ir/tensor.js';
import { definitionOf } from './index.js';
import { checkOperandTypes } from './operand-types.js';
import { shapeError } from './shape.js';

export interface NodeToAdd {
  /** '' for an absent optional input. */
  readonly inputs: readonly string[];
  readonly attributes: object;
  /** Label of the node; the default is its first output's name. */
  readonly name?: string;
  /** Names of the results; the default is one fresh name. */
  readonly outputs?: readonly string[];
}

/** No tensor of a graph has more elements: sizes and offsets stay well inside 32 bits. */
const MAX_ELEMENTS = 2 ** 28;

/** What a program file has room for; it also bounds the memory that a small, hostile program can ask for. */
const MAX_CONSTANT_BYTES = 2 ** 31;

/** Larger integer tensors are no shape arithmetic and are left to the program. */
const MAX_COMPUTED = 2 ** 20;

const isInteger = (dtype: DType) => dtype !== 'f32' && dtype !== 'f64';

/**
 * Grows a graph node by node: infers types as it goes, and computes integer ops on constants at once, so that the shape
 * arithmetic of an exported program is gone before it is a graph.
 */
export class GraphBuilder {
  readonly #name: string;
  readonly #inputs: string[] = [];
  readonly #nodes: Node[] = [];
  readonly #types = new Map<string, TensorType>();
  readonly #constants = new Map<string, Constant>();
  readonly #nodeNames = new Set<string>();
  #constantBytes = 0;

  constructor(name: string) {
    this.#name = name;
  }

  input(name: string, type: TensorType): string {
    this.#define(name, type);
    this.#inputs.push(name);
    return name;
  }

  constant(name: string, constant: Constant): string {
    this.#define(name, constant.type);
    this.#constantBytes += byteLength(constant.type);
    if (this.#constantBytes >= MAX_CONSTANT_BYTES) {
      throw new EdgeDeployError('E_MODEL', `with '${name}' the constants of the model take more than 2 GiB`, {
        hint: 'No program file can hold them: use a smaller model.',
      });
    }
    this.#constants.set(name, constant);
    return name;
  }

  /** Adds a node and returns its results' names. Throws E_SHAPE, naming the node, when the inputs do not fit. */
  add(op: string, { inputs, attributes, name, outputs = [this.fresh(op)] }: NodeToAdd): string[] {
    const label = name ?? outputs[0]!;
    const trimmed = trimAbsent(inputs);
    const definition = definitionOf(op);
    const types = trimmed.map((input) => (input === '' ? undefined : this.typeOf(input)));
    const constants = trimmed.map((input) => this.#constants.get(input));
    const results = naming(label, op, () => {
      checkOperandTypes(
        op,
        types.map((type, i) => (constants[i]?.quantization ? undefined : type)),
      );
      return definition.infer(types, attributes);
    });
    results.forEach((type, i) => {
      checkShape(outputs[i]!, type.shape);
    });
    const small = results.every(({ dtype, shape }) => isInteger(dtype) && elementCount(shape) <= MAX_COMPUTED);
    if (small && trimmed.length > 0 && constants.every((constant) => constant && !constant.quantization)) {
      const values = definition.evaluate(constants, attributes);
      for (const [i, output] of outputs.entries()) this.constant(output, values[i]!);
      return [...outputs];
    }
    for (const [i, output] of outputs.entries()) this.#define(output, results[i]!);
    this.#nodes.push({
      name: this.#uniqueNodeName(label),
      op,
      inputs: trimmed,
      outputs,
      attributes: attributes as Node['attributes'],
    });
    return [...outputs];
  }

  typeOf(name: string): TensorType {
    const type = this.#types.get(name);
    if (!type)
      throw new EdgeDeployError('E_MODEL', `'${name}' is used before anything makes it`, { hint: OUT_OF_ORDER });
    return type;
  }

  constantOf(name: string): Constant | undefined {
    return this.#constants.get(name);
  }

  has(name: string): boolean {
    return this.#types.has(name);
  }

  /** A name nothing has yet: the stem with a number. The stem itself stays free for whom it belongs to. */
  fresh(stem: string): string {
    let suffix = 1;
    while (this.#types.has(`${stem}.${suffix}`)) suffix++;
    return `${stem}.${suffix}`;
  }

  finish(outputs: readonly string[]): Graph {
    return {
      name: this.#name,
      stage: 'imported',
      inputs: this.#inputs,
      outputs,
      nodes: this.#nodes,
      types: this.#types,
      constants: this.#constants,
    };
  }

  #define(name: string, type: TensorType): void {
    if (this.#types.has(name)) throw new EdgeDeployError('E_MODEL', `'${name}' is made twice`, { hint: OUT_OF_ORDER });
    checkShape(name, type.shape);
    this.#types.set(name, type);
  }

  #uniqueNodeName(label: string): string {
    let name = label;
    for (let suffix = 1; this.#nodeNames.has(name); suffix++) name = `${label}.${suffix}`;
    this.#nodeNames.add(name);
    return name;
  }
}

function checkShape(name: string, shape: readonly number[]): void {
  const impossible = shape.some((dimension) => !Number.isSafeInteger(dimension) || dimension < 0);
  if (!impossible && elementCount(shape) <= MAX_ELEMENTS) return;
  const problem = impossible ? 'which is impossible' : 'more than 2^28 elements';
  throw shapeError(`'${name}' would have the shape [${shape}], ${problem}`);
}

const OUT_OF_ORDER = 'The ops of the program are cyclic or out of order: export the model again.';

function trimAbsent(inputs: readonly string[]): readonly string[] {
  let end = inputs.length;
  while (end > 0 && inputs[end - 1] === '') end--;
  return inputs.slice(0, end);
}

/** Runs an op's shape inference; its error gets the node's name. */
function naming<T>(label: string, op: string, infer: () => T): T {
  try {
    return infer();
  } catch (error) {
    if (!(error instanceof EdgeDeployError)) throw error;
    throw new EdgeDeployError(error.code, `${op} '${label}': ${error.message}`, { hint: error.hint, cause: error });
  }
}
