/**
 * A Paddle program while it is optimised: ops linked by the values they exchange. A variable that is written twice
 * (programs of 1.x do) is two values of one name, so no pass has to think of names. Passes change the graph in place:
 * it is a private copy, and what they see and leave is a valid program at every step.
 */

import { EdgeDeployError } from '../base/errors.js';
import { isParameter, type Op, type TensorRecord, type Var, VarKind } from '../paddle/index.js';
import { Node, Value } from './node.js';

export class ProgramGraph {
  /** Every op after the ops whose outputs it reads, but for those that were moved to the end: see `sort`. */
  readonly nodes: Node[] = [];
  readonly #names: Set<string>;

  constructor(ops: readonly Op[], vars: readonly Var[], parameters: ReadonlyMap<string, TensorRecord>) {
    const declared = new Map(vars.map((variable) => [variable.name, variable]));
    this.#names = new Set(declared.keys());
    const versions = new Map<string, Value[]>();
    const variableOf = (name: string, op: Op): Var => {
      const variable = declared.get(name);
      if (variable) return variable;
      throw new EdgeDeployError(
        'E_MODEL',
        `${op.type} names the variable '${name}', which the program does not declare`,
        {
          hint: 'The program is damaged: export the model again.',
        },
      );
    };
    for (const op of ops) {
      const node = new Node(op.type, op.attrs);
      for (const { parameter, arguments: names } of op.inputs) {
        const values = names.map((name) => {
          const variable = variableOf(name, op);
          const known = versions.get(name);
          const value = known?.at(-1) ?? new Value(variable, isParameter(variable) ? parameters.get(name) : undefined);
          if (!known) versions.set(name, [value]);
          value.uses.push(node);
          return value;
        });
        node.inputs.set(parameter, values);
      }
      for (const { parameter, arguments: names } of op.outputs) {
        const values = names.map((name) => {
          const value = new Value(variableOf(name, op));
          value.producer = node;
          versions.set(name, [...(versions.get(name) ?? []), value]);
          return value;
        });
        node.outputs.set(parameter, values);
      }
      this.nodes.push(node);
    }
    for (const values of versions.values()) this.#tellApart(values);
  }

  /**
   * Gives computed values of one name names of their own, but for the one users know: the model's input, or the last. Those
   * that ops hand on in place may share theirs.
   */
  #tellApart(values: readonly Value[]): void {
    const computed = values.filter(({ variable }) => !variable.persistable);
    if (computed.every((value, i) => i === 0 || computed[i - 1]!.uses.includes(value.producer!))) return;
    const known = computed.find(({ producer }) => producer?.type === 'feed') ?? computed.at(-1);
    for (const value of computed) {
      if (value !== known) value.variable = { ...value.variable, name: this.#freeName(value.name) };
    }
  }

  /** Takes the ops out of the program; values that only they produced or read are gone with them. */
  remove(...nodes: readonly Node[]): void {
    for (const node of nodes) {
      for (const slot of [...node.inputs.keys()]) node.clearInput(slot);
      for (const values of node.outputs.values()) {
        for (const value of values) if (value.producer === node) value.producer = undefined;
      }
    }
    const gone = new Set(nodes);
    const left = this.nodes.filter((node) => !gone.has(node));
    this.nodes.splice(0, this.nodes.length, ...left);
  }

  /** Lets every reader of `from` read `to` instead. */
  redirect(from: Value, to: Value): void {
    for (const node of new Set(from.uses)) {
      for (const [slot, values] of node.inputs) {
        node.inputs.set(
          slot,
          values.map((value) => (value === from ? to : value)),
        );
      }
    }
    to.uses.push(...from.uses.splice(0));
  }

  /** A parameter of its own for one op: `value` itself when nobody else reads it, otherwise a copy under a new name. */
  own(node: Node, slot: string): Value {
    const value = node.input(slot)!;
    if (value.onlyUse === node) return value;
    const copy = this.parameter(`${value.name}_${node.type}`, value.record!, value.variable);
    node.setInput(slot, copy);
    return copy;
  }

  /** Turns what an op computes into a parameter of the same name. */
  makeParameter(value: Value, record: TensorRecord): void {
    const { dataType, dims } = record;
    const lod_tensor = { tensor: { data_type: dataType, dims: [...dims] }, lod_level: 0 };
    value.variable = { ...value.variable, persistable: true, type: { type: VarKind.LOD_TENSOR, lod_tensor } };
    value.record = record;
    value.producer = undefined;
  }

  /** Puts an op behind all others, where Paddle-Lite puts an op that it makes anew. */
  moveToEnd(node: Node): void {
    this.nodes.splice(this.nodes.indexOf(node), 1);
    this.nodes.push(node);
  }

  /** Brings the ops into running order: as they stand, each preceded by those it waits for. */
  sort(): void {
    const places = new Map(this.nodes.map((node, place) => [node, place]));
    const sorted = new Set<Node>();
    for (const start of this.nodes) {
      const stack = [start];
      while (stack.length > 0) {
        const node = stack.at(-1)!;
        const waitsFor = [...node.inputs.values()]
          .flat()
          .map(({ producer }) => producer)
          .filter((producer): producer is Node => producer !== undefined && !sorted.has(producer))
          .sort((a, b) => places.get(b)! - places.get(a)!);
        if (waitsFor.length > 0) stack.push(...waitsFor);
        else sorted.add(stack.pop()!);
      }
    }
    this.nodes.splice(0, this.nodes.length, ...sorted);
  }

  /** A new op in front of another. */
  insertBefore(next: Node, type: string): Node {
    const node = new Node(type);
    this.nodes.splice(this.nodes.indexOf(next), 0, node);
    return node;
  }

  /** A new variable that is computed, of unknown shape. */
  variable(name: string): Value {
    const lod_tensor = { tensor: { data_type: VarKind.FP32, dims: [] }, lod_level: 0 };
    const type = { type: VarKind.LOD_TENSOR, lod_tensor };
    return new Value({ name: this.#freeName(name), persistable: false, need_check_feed: false, type });
  }

  /** A new parameter; its name is `name`, or that with a number when it is taken. */
  parameter(name: string, record: TensorRecord, like?: Var): Value {
    const tensor = { data_type: record.dataType, dims: [...record.dims] };
    const type = { type: VarKind.LOD_TENSOR, lod_tensor: { tensor, lod_level: 0 } };
    return new Value(
      { name: this.#freeName(name), persistable: true, need_check_feed: like?.need_check_feed ?? false, type },
      record,
    );
  }

  #freeName(name: string): string {
    let free = name;
    for (let i = 1; this.#names.has(free); i++) free = `${name}_${i}`;
    this.#names.add(free);
    return free;
  }
}
