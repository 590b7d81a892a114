/**
 * The messages of `onnx.proto` as TypeScript sees them. Absent fields read as their defaults ([], '', 0); absent messages
 * are null. 64-bit integers are `long` objects.
 */
export interface Model {
  graph: ModelGraph | null;
  opset_import: { domain: string; version: Int64 }[];
  /** Functions that the model defines itself. */
  functions: { name: string; domain: string }[];
}

export interface ModelGraph {
  node: ModelNode[];
  initializer: ModelTensor[];
  input: ValueInfo[];
  output: ValueInfo[];
  /** Types of values inside, as far as the exporter noted them. */
  value_info: ValueInfo[];
  sparse_initializer: Uint8Array[];
}

export interface ModelNode {
  name: string;
  op_type: string;
  domain: string;
  /** '' marks an absent optional input or output. */
  input: string[];
  output: string[];
  attribute: ModelAttribute[];
}

/** `type` says which of the other fields holds the value; see AttributeType. */
export interface ModelAttribute {
  name: string;
  type: number;
  f: number;
  i: Int64;
  s: Uint8Array;
  t: ModelTensor | null;
  floats: number[];
  ints: Int64[];
}

/** The elements stand in raw_data (little-endian), in the list of their type, or in another file. */
export interface ModelTensor {
  name: string;
  dims: Int64[];
  data_type: number;
  raw_data: Uint8Array;
  float_data: number[];
  int32_data: number[];
  int64_data: Int64[];
  double_data: number[];
  uint64_data: Int64[];
  external_data: { key: string; value: string }[];
  /** 1: in another file. */
  data_location: number;
}

export interface ValueInfo {
  name: string;
  /** No tensor_type: a sequence, a map, an optional value or a sparse tensor. */
  type: { tensor_type: { elem_type: number; shape: { dim: { dim_value: Int64 }[] } | null } | null } | null;
}

export type Int64 = number | { toNumber(): number; toString(): string };

export const AttributeType = { FLOAT: 1, INT: 2, STRING: 3, TENSOR: 4, GRAPH: 5, FLOATS: 6, INTS: 7 } as const;

/** TensorProto.DataType. */
export const ElementType = {
  FLOAT: 1,
  UINT8: 2,
  INT8: 3,
  UINT16: 4,
  INT16: 5,
  INT32: 6,
  INT64: 7,
  STRING: 8,
  BOOL: 9,
  FLOAT16: 10,
  DOUBLE: 11,
  UINT32: 12,
  UINT64: 13,
  COMPLEX64: 14,
  COMPLEX128: 15,
  BFLOAT16: 16,
} as const;

/** The name of an element type, for messages. */
export function elementTypeName(type: number): string {
  return Object.entries(ElementType).find(([, value]) => value === type)?.[0] ?? `number ${type}`;
}

/** The value of a 64-bit integer; beyond ±2^53 the nearest number, which no shape or index of a real model reaches. */
export function toNumber(value: Int64): number {
  return typeof value === 'number' ? value : value.toNumber();
}
