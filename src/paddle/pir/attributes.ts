import { z } from 'zod';
import { type Attribute, AttributeType, VarKind } from '../messages.js';
import { own } from './own.js';
import type { PirAttribute } from './schema.js';

/** Element types as types name them (`t_f32`) and as attributes do (`float32`). */
const ELEMENTS: Readonly<Record<string, number>> = {
  ...{ t_bool: VarKind.BOOL, t_i8: VarKind.INT8, t_ui8: VarKind.UINT8, t_i16: VarKind.INT16, t_i32: VarKind.INT32 },
  ...{ t_i64: VarKind.INT64, t_f16: VarKind.FP16, t_f32: VarKind.FP32, t_f64: VarKind.FP64 },
  ...{ bool: VarKind.BOOL, int8: VarKind.INT8, uint8: VarKind.UINT8, int16: VarKind.INT16, int32: VarKind.INT32 },
  ...{ int64: VarKind.INT64, float16: VarKind.FP16, float32: VarKind.FP32, float64: VarKind.FP64 },
};

/** Paddle's number of an element type; −1, which every reader refuses by its own name, for one this version does not know. */
export function kindOfElement(element: string): number {
  return own(ELEMENTS, element) ?? -1;
}

const NOT_FINITE: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  INF: Number.POSITIVE_INFINITY,
  '-INF': Number.NEGATIVE_INFINITY,
};

const number = z.union([z.number(), z.boolean()]).transform(Number);
const elements = z.array(z.looseObject({ '#': z.string(), D: z.unknown().optional(), VD: z.unknown().optional() }));

/** A PIR attribute in the classic form; undefined for kinds that only Paddle's own runtime reads (places, types, layouts). */
export function classicAttribute(name: string, attribute: PirAttribute): Attribute | undefined {
  const { '#': kind, D: data } = attribute;
  switch (kind.replace(/^[01]\./, '')) {
    case 'a_bool':
      return { name, type: AttributeType.BOOLEAN, b: z.boolean().parse(data) };
    case 'a_i32':
    case 'a_index':
      return { name, type: AttributeType.INT, i: z.int().parse(data) };
    case 'a_i64':
      return { name, type: AttributeType.LONG, l: z.int().parse(data) };
    case 'a_f32':
      return { name, type: AttributeType.FLOAT, f: Math.fround(real(attribute)) };
    case 'a_f64':
      return { name, type: AttributeType.FLOAT64, float64: real(attribute) };
    case 'a_str':
      return { name, type: AttributeType.STRING, s: Buffer.from(z.string().parse(data)) };
    case 'a_dtype':
      return { name, type: AttributeType.INT, i: kindOfElement(z.string().parse(data)) };
    case 'a_intarray':
      return { name, type: AttributeType.LONGS, longs: z.array(z.int()).parse(data) };
    case 'a_scalar':
      return { name, type: AttributeType.FLOAT64, float64: z.tuple([z.string(), number]).parse(data)[1] };
    case 'a_array':
      return list(name, elements.parse(data));
    default:
      return undefined;
  }
}

/** A list of one kind; an empty one says nothing of its kind and is read as any. */
function list(name: string, members: readonly PirAttribute[]): Attribute | undefined {
  const kind = members[0]?.['#'].replace(/^[01]\./, '');
  switch (kind) {
    case 'a_f32':
    case 'a_f64':
      return { name, type: AttributeType.FLOATS, floats: members.map((member) => Math.fround(real(member))) };
    case 'a_bool':
      return { name, type: AttributeType.BOOLEANS, bools: members.map(({ D }) => z.boolean().parse(D)) };
    case 'a_str':
      return { name, type: AttributeType.STRINGS, strings: members.map(({ D }) => Buffer.from(z.string().parse(D))) };
    case undefined:
    case 'a_i32':
    case 'a_i64':
      return { name, type: AttributeType.LONGS, longs: members.map(({ D }) => z.int().parse(D)) };
    default:
      return undefined;
  }
}

/** Numbers that are not finite stand in a field of their own. */
function real({ D, VD }: PirAttribute): number {
  return (typeof VD === 'string' ? own(NOT_FINITE, VD) : undefined) ?? z.number().parse(D);
}
