import { EdgeDeployError } from '../base/errors.js';
import { type ModelAttribute, type ModelNode, type ModelTensor, AttributeType as T, toNumber } from './messages.js';

/** A node's attributes by name and type. Absent ones take the default given; one of the wrong type is an error that names it. */
export class Attributes {
  readonly #byName: ReadonlyMap<string, ModelAttribute>;
  readonly #label: string;

  constructor(node: ModelNode, label: string) {
    this.#byName = new Map(node.attribute.map((attribute) => [attribute.name, attribute]));
    this.#label = label;
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  int(name: string, fallback?: number): number {
    const attribute = this.#find(name, fallback, T.INT, 'an integer');
    return attribute ? toNumber(attribute.i) : fallback!;
  }

  bool(name: string, fallback: boolean): boolean {
    return this.int(name, Number(fallback)) !== 0;
  }

  float(name: string, fallback?: number): number {
    const attribute = this.#find(name, fallback, T.FLOAT, 'a number');
    return attribute ? attribute.f : fallback!;
  }

  text(name: string, fallback?: string): string {
    const attribute = this.#find(name, fallback, T.STRING, 'a string');
    return attribute ? Buffer.from(attribute.s).toString('utf8') : fallback!;
  }

  ints(name: string, fallback?: readonly number[]): number[] {
    const attribute = this.#find(name, fallback, T.INTS, 'a list of integers');
    return attribute ? attribute.ints.map(toNumber) : [...fallback!];
  }

  floats(name: string, fallback?: readonly number[]): number[] {
    const attribute = this.#find(name, fallback, T.FLOATS, 'a list of numbers');
    return attribute ? [...attribute.floats] : [...fallback!];
  }

  tensor(name: string): ModelTensor {
    const tensor = this.#find(name, undefined, T.TENSOR, 'a tensor')?.t;
    if (!tensor) throw this.#error(`the attribute '${name}' of ${this.#label} is empty`);
    return tensor;
  }

  #find(name: string, fallback: unknown, type: number, expected: string): ModelAttribute | undefined {
    const attribute = this.#byName.get(name);
    if (attribute === undefined) {
      if (fallback === undefined) throw this.#error(`${this.#label} has no attribute '${name}'`);
      return undefined;
    }
    if (attribute.type === type) return attribute;
    throw this.#error(`the attribute '${name}' of ${this.#label} is not ${expected} (type ${attribute.type})`);
  }

  #error(message: string): EdgeDeployError {
    return new EdgeDeployError('E_OP', message, { hint: 'The model is damaged: export it again.' });
  }
}
