/**
 * A Paddle 3 program (PIR) as a classic one, so that everything behind it, importers, parameters and their order, is shared.
 * A value keeps a parameter's or an input's name, and is otherwise called after the operation that makes it.
 */
import { ZodError } from 'zod';
import { EdgeDeployError } from '../../base/errors.js';
import { type Attribute, AttributeType, type Op, type Program, type Slot, type Var, VarKind } from '../messages.js';
import { classicAttribute, kindOfElement } from './attributes.js';
import { PIR_OPS } from './ops.js';
import { own } from './own.js';
import { type PirOperation, pirAttributes, pirOperations, pirTensor } from './schema.js';

/** `file` is for messages. Throws E_MODEL for JSON that is no PIR program. Operations without a mapping keep their PIR name: the importer lists them. */
export function readPirProgram(bytes: Uint8Array, file: string): Program {
  try {
    return new Converter().convert(pirOperations(JSON.parse(Buffer.from(bytes).toString('utf8'))));
  } catch (cause) {
    if (cause instanceof EdgeDeployError) throw cause;
    const reason = cause instanceof ZodError ? describeIssue(cause.issues[0]) : String((cause as Error).message);
    throw new EdgeDeployError('E_MODEL', `${file} is no Paddle 3 program, or it is damaged (${reason})`, {
      hint: 'Export or copy the model again.',
    });
  }
}

function describeIssue(issue: { path: PropertyKey[]; message: string } | undefined): string {
  return issue ? `${issue.path.join('.')}: ${issue.message}` : 'unreadable';
}

class Converter {
  readonly #vars: Var[] = [];
  readonly #ops: Op[] = [];
  /** Names of a value; several for a list. */
  readonly #names = new Map<number, readonly string[]>();
  readonly #taken = new Set<string>();

  convert(operations: readonly PirOperation[]): Program {
    for (const operation of operations) this.#add(operation);
    return { blocks: [{ idx: 0, parent_idx: -1, vars: this.#vars, ops: this.#ops }] };
  }

  #add(operation: PirOperation): void {
    const kind = operation['#'];
    const [dialect, ...rest] = kind.split('.');
    const name = rest.join('.').replace(/_$/, '');
    if (kind === 'p') this.#parameter(operation);
    else if (dialect === '0') this.#list(operation, name);
    else if (dialect === '1' && (name === 'data' || name === 'feed')) this.#feed(operation);
    else if (dialect === '1' && name === 'fetch') this.#fetch(operation);
    else this.#op(operation, dialect === '1' ? name : kind);
  }

  #parameter(operation: PirOperation): void {
    const name = operation.A?.[3];
    if (typeof name !== 'string') throw new Error('a parameter without a name');
    this.#define(operation, 0, name, true);
  }

  /** `combine` makes a list of values, `split` and `slice` take one apart: names come and go, nothing is computed. */
  #list(operation: PirOperation, name: string): void {
    const operands = this.#operands(operation);
    const results = resultsOf(operation);
    if (name === 'combine') this.#names.set(results[0]!['%'], operands.flat());
    else if (name === 'split')
      for (const [i, result] of results.entries()) this.#names.set(result['%'], [operands[0]![i]!]);
    else if (name === 'slice') {
      const index = Number(pirAttributes(operation).get('index')?.D ?? 0);
      this.#names.set(results[0]!['%'], [operands[0]!.at(index)!]);
    } else this.#op(operation, `builtin.${name}`);
  }

  #feed(operation: PirOperation): void {
    const name = String(pirAttributes(operation).get('name')?.D ?? `feed_${this.#ops.length}`);
    this.#define(operation, 0, name, false);
    const col = this.#ops.filter(({ type }) => type === 'feed').length;
    this.#ops.push({ type: 'feed', inputs: [], outputs: [slot('Out', [name])], attrs: [column(col)] });
  }

  #fetch(operation: PirOperation): void {
    const [operand = []] = this.#operands(operation);
    const col = Number(pirAttributes(operation).get('col')?.D ?? 0);
    this.#ops.push({ type: 'fetch', inputs: [slot('X', operand)], outputs: [], attrs: [column(col)] });
  }

  #op(operation: PirOperation, name: string): void {
    const mapping = own(PIR_OPS, name);
    const attributes = new Map<string, Attribute>();
    for (const [key, value] of pirAttributes(operation)) {
      const attribute = classicAttribute(own(mapping?.attributes ?? {}, key) ?? key, value);
      if (attribute) attributes.set(attribute.name, attribute);
    }
    const inputs: Slot[] = [];
    for (const [i, names] of this.#operands(operation).entries()) {
      const place = mapping ? (mapping.inputs[i] ?? '') : `X${i}`;
      if (place === '' || names.length === 0) continue;
      if (place.startsWith('@')) attributes.set(place.slice(1), variables(place.slice(1), names));
      else inputs.push(slot(place, names));
    }
    // All results of an unknown operation have a place: any of them may be the one that is read.
    const places = mapping?.outputs ?? resultsOf(operation).map((_, i) => (i === 0 ? 'Out' : `Out${i}`));
    const outputs = this.#outputs(operation, name, places);
    if (name === 'full_int_array') completeValues(attributes);
    this.#ops.push({ type: mapping?.type ?? name, inputs, outputs, attrs: [...attributes.values()] });
  }

  /** Results beyond those the classic op needs (saved statistics, a reshape's old shape) are only named. */
  #outputs(operation: PirOperation, name: string, places: readonly string[]): Slot[] {
    return resultsOf(operation).flatMap((result, i) => {
      if (result['%'] <= 0) return [];
      const list = listLength(result.TT);
      const own = `${name}_${result['%']}`;
      if (list === undefined) this.#define(operation, i, own, false);
      else
        this.#names.set(
          result['%'],
          Array.from({ length: list }, (_, k) => this.#declare(`${own}_${k}`, undefined)),
        );
      const place = places[i];
      return place === undefined ? [] : [slot(place, this.#names.get(result['%'])!)];
    });
  }

  #operands(operation: PirOperation): (readonly string[])[] {
    return (operation.I ?? []).map(({ '%': id }) => {
      if (id === 0) return [];
      const names = this.#names.get(id);
      if (!names) throw new Error(`${operation['#']} reads the value ${id}, which nothing before it makes`);
      return names;
    });
  }

  #define(operation: PirOperation, index: number, name: string, persistable: boolean): void {
    const result = resultsOf(operation)[index];
    if (!result) throw new Error(`${operation['#']} makes no value`);
    this.#names.set(result['%'], [this.#declare(name, pirTensor(result.TT), persistable)]);
  }

  #declare(name: string, tensor: ReturnType<typeof pirTensor>, persistable = false): string {
    if (this.#taken.has(name)) throw new Error(`two values are called '${name}'`);
    this.#taken.add(name);
    const desc = tensor && { data_type: kindOfElement(tensor.element), dims: tensor.dims };
    this.#vars.push({
      name,
      type: { type: VarKind.LOD_TENSOR, lod_tensor: { ...(desc ? { tensor: desc } : {}), lod_level: 0 } },
      persistable,
      need_check_feed: false,
    });
    return name;
  }
}

function resultsOf({ O: results = [] }: PirOperation) {
  return Array.isArray(results) ? results : [results];
}

/** Number of members of a list type, which results of split have. */
function listLength(type: { '#': string; D?: unknown } | undefined): number | undefined {
  return type?.['#'] === '0.t_vec' && Array.isArray(type.D) ? type.D.length : undefined;
}

function slot(parameter: string, names: readonly string[]): Slot {
  return { parameter, arguments: [...names] };
}

function column(col: number): Attribute {
  return { name: 'col', type: AttributeType.INT, i: col };
}

/** An attribute whose value is that of variables. */
function variables(name: string, names: readonly string[]): Attribute {
  return { name, type: AttributeType.VARS, vars_name: [...names] };
}

/** `full_int_array` as `assign_value`: the values under their classic name, and the shape that PIR leaves out. */
function completeValues(attributes: Map<string, Attribute>): void {
  const longs = attributes.get('value')?.longs ?? [];
  attributes.delete('value');
  attributes.set('values', { name: 'values', type: AttributeType.LONGS, longs });
  attributes.set('shape', { name: 'shape', type: AttributeType.LONGS, longs: [longs.length] });
}
