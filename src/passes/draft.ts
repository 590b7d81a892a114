import type { Graph, Node } from '../ir/graph.js';
import type { Constant, TensorType } from '../ir/tensor.js';

/**
 * A graph while a pass edits it. Nodes keep their place in the order: a fused node takes the place of the last node it
 * replaces, where everything it reads has been made.
 */
export class Draft {
  readonly #graph: Graph;
  readonly #slots: (Node | undefined)[];
  readonly #slotOf = new Map<Node, number>();
  readonly #maker = new Map<string, Node>();
  readonly #users = new Map<string, Set<Node>>();
  readonly #types: Map<string, TensorType>;
  readonly #constants: Map<string, Constant>;
  #changed = false;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#types = new Map(graph.types);
    this.#constants = new Map(graph.constants);
    this.#slots = [...graph.nodes];
    for (const [slot, node] of graph.nodes.entries()) this.#enter(node, slot);
  }

  /** The nodes in order, edits made while walking included. */
  *nodes(): Generator<Node> {
    for (let slot = 0; slot < this.#slots.length; slot++) {
      const node = this.#slots[slot];
      if (node) yield node;
    }
  }

  typeOf(value: string): TensorType {
    return this.#types.get(value)!;
  }

  constantOf(value: string | undefined): Constant | undefined {
    return value === undefined ? undefined : this.#constants.get(value);
  }

  /** The node that makes a value; inputs and constants have none. */
  maker(value: string): Node | undefined {
    return this.#maker.get(value);
  }

  isOutput(value: string): boolean {
    return this.#graph.outputs.includes(value);
  }

  /** Whether the value is read exactly once, by a node. */
  usedOnce(value: string): boolean {
    const users = this.#users.get(value);
    if (users?.size !== 1 || this.isOutput(value)) return false;
    const [user] = users;
    return user!.inputs.filter((input) => input === value).length === 1;
  }

  isUsed(value: string): boolean {
    return this.isOutput(value) || (this.#users.get(value)?.size ?? 0) > 0;
  }

  /** Adds a constant under a name nothing has yet. */
  addConstant(stem: string, constant: Constant): string {
    let name = stem;
    for (let suffix = 1; this.#types.has(name); suffix++) name = `${stem}.${suffix}`;
    this.#types.set(name, constant.type);
    this.#constants.set(name, constant);
    this.#changed = true;
    return name;
  }

  /** Puts `replacement` in the node's place; it must make the same values, of the same types. */
  replace(node: Node, replacement: Node): void {
    const slot = this.#slotOf.get(node)!;
    this.#leave(node);
    this.#slots[slot] = replacement;
    this.#enter(replacement, slot);
  }

  remove(node: Node): void {
    const slot = this.#slotOf.get(node)!;
    this.#leave(node);
    this.#slots[slot] = undefined;
  }

  /** `merged` does the work of both: it takes the place and the results of `consumer`, and `producer` goes. */
  merge(producer: Node, consumer: Node, merged: Omit<Node, 'outputs'>): void {
    this.remove(producer);
    this.replace(consumer, { ...merged, outputs: consumer.outputs });
  }

  /** Lets every node that reads `value` read `other` instead. Graph outputs keep their names. */
  redirect(value: string, other: string): void {
    for (const user of [...(this.#users.get(value) ?? [])]) {
      this.replace(user, { ...user, inputs: user.inputs.map((input) => (input === value ? other : input)) });
    }
  }

  /** Turns a node's result into a constant; the node must have this one result. */
  makeConstant(node: Node, constant: Constant): void {
    this.remove(node);
    this.#constants.set(node.outputs[0]!, constant);
    this.#types.set(node.outputs[0]!, constant.type);
  }

  /** Drops a constant that nothing reads. */
  dropConstant(name: string): void {
    this.#constants.delete(name);
    this.#changed = true;
  }

  /** The edited graph; the original one if nothing was changed. */
  finish(): Graph {
    if (!this.#changed) return this.#graph;
    const nodes = [...this.nodes()];
    const live = new Set([...this.#graph.inputs, ...this.#constants.keys(), ...nodes.flatMap((node) => node.outputs)]);
    const types = new Map([...this.#types].filter(([name]) => live.has(name)));
    return { ...this.#graph, nodes, types, constants: this.#constants };
  }

  #enter(node: Node, slot: number): void {
    this.#slotOf.set(node, slot);
    for (const output of node.outputs) this.#maker.set(output, node);
    for (const input of node.inputs) {
      const users = this.#users.get(input);
      if (users) users.add(node);
      else this.#users.set(input, new Set([node]));
    }
  }

  #leave(node: Node): void {
    this.#changed = true;
    this.#slotOf.delete(node);
    for (const output of node.outputs) this.#maker.delete(output);
    for (const input of node.inputs) this.#users.get(input)?.delete(node);
  }
}
