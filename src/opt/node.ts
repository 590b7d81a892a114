/** The parts of a program graph: ops, and the values they exchange. */
import { type Attribute, type TensorRecord, toNumber, type Var, VarKind } from '../paddle/model.js';

/** What one op writes and others read, or a parameter. */
export class Value {
  variable: Var;
  /** The data of a parameter; undefined for what is computed. */
  record: TensorRecord | undefined;
  producer: Node | undefined;
  /** The ops that read it, one entry a use. */
  readonly uses: Node[] = [];

  constructor(variable: Var, record?: TensorRecord) {
    this.variable = variable;
    this.record = record;
  }

  get name(): string {
    return this.variable.name;
  }

  /** Declared dims, −1 where they are open; those of the data for a parameter. */
  get dims(): readonly number[] {
    return this.record?.dims ?? this.variable.type?.lod_tensor?.tensor?.dims.map(toNumber) ?? [];
  }

  /** Declared element type (VarKind), or that of the data. */
  get dataType(): number {
    return this.record?.dataType ?? this.variable.type?.lod_tensor?.tensor?.data_type ?? VarKind.FP32;
  }

  /** The only op that reads it, and reads it once; undefined otherwise. */
  get onlyUse(): Node | undefined {
    return this.uses.length === 1 ? this.uses[0] : undefined;
  }
}

/** Slots with their values, as `inputs` and `outputs` of an op. */
export type Slots = Map<string, readonly Value[]>;

export class Node {
  type: string;
  readonly inputs: Slots = new Map();
  readonly outputs: Slots = new Map();
  readonly attributes: Map<string, Attribute>;

  constructor(type: string, attributes: Iterable<Attribute> = []) {
    this.type = type;
    this.attributes = new Map([...attributes].map((attribute) => [attribute.name, attribute]));
  }

  /** The only value of an input slot; undefined when it has none or several. */
  input(slot: string): Value | undefined {
    return only(this.inputs.get(slot));
  }

  output(slot: string): Value | undefined {
    return only(this.outputs.get(slot));
  }

  /** Some op reads what this one writes into the slot. */
  isRead(slot: string): boolean {
    return (this.outputs.get(slot) ?? []).some((value) => value.uses.length > 0);
  }

  setInput(slot: string, value: Value): void {
    this.clearInput(slot);
    this.inputs.set(slot, [value]);
    value.uses.push(this);
  }

  clearInput(slot: string): void {
    for (const value of this.inputs.get(slot) ?? []) removeOne(value.uses, this);
    this.inputs.delete(slot);
  }

  /** Makes this op the producer of `value`; what the slot held before is nobody's. */
  setOutput(slot: string, value: Value): void {
    for (const old of this.outputs.get(slot) ?? []) if (old.producer === this) old.producer = undefined;
    this.outputs.set(slot, [value]);
    value.producer = this;
  }
}

function only(values: readonly Value[] | undefined): Value | undefined {
  return values?.length === 1 ? values[0] : undefined;
}

function removeOne(nodes: Node[], node: Node): void {
  const at = nodes.indexOf(node);
  if (at >= 0) nodes.splice(at, 1);
}
