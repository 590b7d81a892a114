/**
 * The messages of `framework.proto` as TypeScript sees them. Decoding gives these objects; fields that were absent read
 * as their defaults (empty list, '', 0, false, null for a message), yet stay absent when the program is written again.
 * 64-bit integers are `long` objects or, where we make messages ourselves, numbers.
 */
export interface Program {
  blocks: Block[];
  version?: { version: Int64 } | null;
}

export interface Block {
  idx: number;
  parent_idx: number;
  vars: Var[];
  ops: Op[];
  /** −1 where it does not apply, as the default is. */
  forward_block_idx?: number;
}

export interface Var {
  name: string;
  type?: VarType | null;
  persistable: boolean;
  need_check_feed: boolean;
}

export interface VarType {
  type: number;
  lod_tensor?: { tensor?: TensorDesc | null; lod_level: number } | null;
}

/** Shape and element type of a variable (dims −1 = unknown), and the header of every saved tensor. */
export interface TensorDesc {
  data_type: number;
  dims: Int64[];
}

export interface Op {
  type: string;
  inputs: Slot[];
  outputs: Slot[];
  attrs: Attribute[];
}

/** A named place of an op for variables: `Filter: ['conv2d_0.w_0']`. */
export interface Slot {
  parameter: string;
  arguments: string[];
}

/** `type` says which of the other fields holds the value; see AttributeType. */
export interface Attribute {
  name: string;
  type: number;
  i?: number;
  f?: number;
  s?: Uint8Array;
  ints?: number[];
  floats?: number[];
  strings?: Uint8Array[];
  b?: boolean;
  bools?: boolean[];
  block_idx?: number;
  l?: Int64;
  blocks_idx?: number[];
  longs?: Int64[];
  float64s?: number[];
  var_name?: string;
  vars_name?: string[];
  float64?: number;
  scalar?: Scalar | null;
  scalars?: Scalar[];
}

/** `type`: 1 boolean (b), 2 integer (i), 3 real (r). */
export interface Scalar {
  type: number;
  b: boolean;
  i: Int64;
  r: number;
}

export type Int64 = number | { toNumber(): number; toString(): string };

export const AttributeType = {
  INT: 0,
  FLOAT: 1,
  STRING: 2,
  INTS: 3,
  FLOATS: 4,
  STRINGS: 5,
  BOOLEAN: 6,
  BOOLEANS: 7,
  BLOCK: 8,
  LONG: 9,
  BLOCKS: 10,
  LONGS: 11,
  FLOAT64S: 12,
  VAR: 13,
  VARS: 14,
  FLOAT64: 15,
  SCALAR: 16,
  SCALARS: 17,
} as const;

/** VarType.Type: element types of tensors, and kinds of variables. */
export const VarKind = {
  BOOL: 0,
  INT16: 1,
  INT32: 2,
  INT64: 3,
  FP16: 4,
  FP32: 5,
  FP64: 6,
  LOD_TENSOR: 7,
  FEED_MINIBATCH: 9,
  FETCH_LIST: 10,
  READER: 15,
  RAW: 17,
  UINT8: 20,
  INT8: 21,
} as const;

/** The value of a 64-bit integer; beyond ±2^53 the nearest number, which no shape or index of a real model reaches. */
export function toNumber(value: Int64): number {
  return typeof value === 'number' ? value : value.toNumber();
}
