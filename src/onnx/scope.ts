import { EdgeDeployError } from '../base/errors.js';
import type { GraphBuilder } from '../ops/builder.js';
import type { ExternalFiles } from './external.js';
import type { ModelGraph, ModelTensor } from './messages.js';
import { constantOf } from './tensor.js';

/** The names of a model while it is imported: which value of the graph each one stands for. */
export class Scope {
  readonly builder: GraphBuilder;
  readonly files: ExternalFiles;
  readonly #initializers: ReadonlyMap<string, ModelTensor>;
  readonly #values = new Map<string, string>();
  readonly #unknown = new Set<string>();
  readonly #outputs: ReadonlySet<string>;
  /** Every name the model gives: values that only we know must have others. */
  readonly #reserved: ReadonlySet<string>;

  constructor(builder: GraphBuilder, graph: ModelGraph, files: ExternalFiles) {
    this.builder = builder;
    this.files = files;
    this.#initializers = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
    this.#outputs = new Set(graph.output.map(({ name }) => name));
    this.#reserved = new Set([
      ...this.#initializers.keys(),
      ...graph.input.map(({ name }) => name),
      ...graph.node.flatMap((node) => node.output),
    ]);
  }

  /** The value a name stands for; an initializer enters the graph when it is first read. `reader` is for messages. */
  read(name: string, reader: string): string {
    const value = this.#values.get(name);
    if (value !== undefined) return value;
    const initializer = this.#initializers.get(name);
    if (initializer === undefined) {
      throw new EdgeDeployError('E_MODEL', `${reader} reads '${name}', which nothing before it makes`, {
        hint: 'The nodes of the model are cyclic or out of order: export the model again.',
      });
    }
    const constant = constantOf(initializer, `the tensor '${name}'`, this.files);
    const entered = this.builder.constant(this.constantName(name), constant);
    this.#values.set(name, entered);
    return entered;
  }

  /** The name of a constant: the model's own, unless the model gives it out; then the result of a node needs that name. */
  constantName(name: string): string {
    return this.#outputs.has(name) ? this.fresh(name) : name;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** Whether `read` would find a value. */
  canRead(name: string): boolean {
    return this.#values.has(name) || this.#initializers.has(name);
  }

  /** Says that a name stands for something that is not in the graph. */
  forget(name: string): void {
    this.#unknown.add(name);
  }

  isForgotten(name: string): boolean {
    return this.#unknown.has(name);
  }

  write(name: string, value: string): void {
    this.#values.set(name, value);
  }

  /** A name that neither the graph nor the model uses. */
  fresh(stem: string): string {
    let name = this.builder.fresh(stem);
    while (this.#reserved.has(name)) name = this.builder.fresh(name);
    return name;
  }
}
