import { EdgeDeployError } from '../base/errors.js';
import { type Attribute, AttributeType as T, toNumber } from './messages.js';

/**
 * An op's attributes by name and type. Absent attributes take the default given (exporters clip attributes that have
 * their default value); one of the wrong type is an error that names it. Where Paddle's versions disagree on a type
 * (INT or LONG, BOOLEAN or INT), all of them are accepted. An attribute that names variables (VAR, VARS) takes their
 * value, which must be known at compile time.
 */
export class Attributes {
  readonly #byName: ReadonlyMap<string, Attribute>;
  readonly #label: string;
  readonly #known: (variable: string) => number[];

  /** `label` names the op in messages; `known` gives the compile-time value of a variable (by default none is known). */
  constructor(
    attributes: ReadonlyMap<string, Attribute>,
    label: string,
    known: (variable: string) => number[] = (variable) => {
      throw new EdgeDeployError('E_OP', `an attribute of ${label} is the variable '${variable}'`, {
        hint: 'Export the model with constant attributes.',
      });
    },
  ) {
    this.#byName = attributes;
    this.#label = label;
    this.#known = known;
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  int(name: string, fallback?: number): number {
    const value = this.float(name, fallback);
    if (!Number.isInteger(value)) throw this.#wrong(name, 'an integer');
    return value;
  }

  float(name: string, fallback?: number): number {
    const attribute = this.#find(name, fallback);
    if (attribute === undefined) return fallback!;
    const values = numbers(attribute, this.#known);
    if (values?.length !== 1) throw this.#wrong(name, 'a number');
    return values[0]!;
  }

  bool(name: string, fallback: boolean): boolean {
    return this.int(name, Number(fallback)) !== 0;
  }

  text(name: string, fallback?: string): string {
    const attribute = this.#find(name, fallback);
    if (attribute === undefined) return fallback!;
    if (attribute.type !== T.STRING) throw this.#wrong(name, 'a string');
    return Buffer.from(attribute.s ?? []).toString('utf8');
  }

  ints(name: string, fallback?: readonly number[]): number[] {
    const values = this.floats(name, fallback);
    if (!values.every(Number.isInteger)) throw this.#wrong(name, 'a list of integers');
    return values;
  }

  floats(name: string, fallback?: readonly number[]): number[] {
    const attribute = this.#find(name, fallback);
    if (attribute === undefined) return [...fallback!];
    const values = numbers(attribute, this.#known);
    if (values === undefined) throw this.#wrong(name, 'a list of numbers');
    return values;
  }

  #find(name: string, fallback: unknown): Attribute | undefined {
    const attribute = this.#byName.get(name);
    if (attribute === undefined && fallback === undefined) {
      throw new EdgeDeployError('E_OP', `${this.#label} has no attribute '${name}'`, {
        hint: 'The program is damaged or of an unknown version of Paddle: export the model again.',
      });
    }
    return attribute;
  }

  #wrong(name: string, expected: string): EdgeDeployError {
    const type = this.#byName.get(name)?.type;
    const found = Object.entries(T).find(([, value]) => value === type)?.[0] ?? `type ${type}`;
    return new EdgeDeployError('E_OP', `the attribute '${name}' of ${this.#label} is not ${expected} (${found})`, {
      hint: 'The program is damaged or of an unknown version of Paddle: export the model again.',
    });
  }
}

/** The numbers an attribute holds, one for a scalar; undefined for other types. */
function numbers(attribute: Attribute, known: (variable: string) => number[]): number[] | undefined {
  switch (attribute.type) {
    case T.INT:
      return [attribute.i ?? 0];
    case T.FLOAT:
      return [attribute.f ?? 0];
    case T.INTS:
      return [...(attribute.ints ?? [])];
    case T.FLOATS:
      return [...(attribute.floats ?? [])];
    case T.BOOLEAN:
      return [Number(attribute.b ?? false)];
    case T.BOOLEANS:
      return (attribute.bools ?? []).map(Number);
    case T.LONG:
      return [toNumber(attribute.l ?? 0)];
    case T.LONGS:
      return (attribute.longs ?? []).map(toNumber);
    case T.FLOAT64:
      return [attribute.float64 ?? 0];
    case T.FLOAT64S:
      return [...(attribute.float64s ?? [])];
    case T.SCALAR:
      return attribute.scalar ? [scalarValue(attribute.scalar)] : [0];
    case T.SCALARS:
      return (attribute.scalars ?? []).map(scalarValue);
    case T.VAR:
      return known(attribute.var_name ?? '');
    case T.VARS:
      return (attribute.vars_name ?? []).flatMap(known);
    default:
      return undefined;
  }
}

function scalarValue(scalar: NonNullable<Attribute['scalar']>): number {
  if (scalar.type === 1) return Number(scalar.b);
  return scalar.type === 2 ? toNumber(scalar.i) : scalar.r;
}
