/** Paddle programs made in memory, for tests: variables, ops, feed and fetch as Paddle saves them. */
import type { Graph } from '../../src/ir/graph.js';
import {
  type Attribute,
  AttributeType,
  importProgram,
  type Op,
  type Parameters,
  type Program,
  parameterNames,
  type TensorRecord,
  type Var,
  VarKind,
} from '../../src/paddle/index.js';

/** A variable of a test program: an input, or with `data` a parameter. −1 is an open dimension. */
export interface TestVariable {
  readonly dims: readonly number[];
  /** A VarKind; the default is FP32. */
  readonly dataType?: number;
  readonly data?: ArrayLike<number>;
}

export type AttributeValue = Omit<Attribute, 'name'>;

export interface TestOp {
  readonly type: string;
  readonly inputs: Readonly<Record<string, readonly string[]>>;
  readonly outputs: Readonly<Record<string, readonly string[]>>;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

export const int = (i: number): AttributeValue => ({ type: AttributeType.INT, i });
export const float = (f: number): AttributeValue => ({ type: AttributeType.FLOAT, f });
export const text = (s: string): AttributeValue => ({ type: AttributeType.STRING, s: Buffer.from(s) });
export const ints = (...values: number[]): AttributeValue => ({ type: AttributeType.INTS, ints: values });
export const floats = (...values: number[]): AttributeValue => ({ type: AttributeType.FLOATS, floats: values });
export const bool = (b: boolean): AttributeValue => ({ type: AttributeType.BOOLEAN, b });
export const long = (l: number): AttributeValue => ({ type: AttributeType.LONG, l });

export function op(
  type: string,
  inputs: TestOp['inputs'],
  outputs: TestOp['outputs'],
  attributes: TestOp['attributes'] = {},
): TestOp {
  return { type, inputs, outputs, attributes };
}

const slots = (record: TestOp['inputs']) =>
  Object.entries(record).map(([parameter, names]) => ({ parameter, arguments: [...names] }));

export function messageOf({ type, inputs, outputs, attributes = {} }: TestOp): Op {
  return {
    type,
    inputs: slots(inputs),
    outputs: slots(outputs),
    attrs: Object.entries(attributes).map(([name, value]) => ({ name, ...value })),
  };
}

function variable(name: string, type: number, dims?: readonly number[], dataType: number = VarKind.FP32): Var {
  const tensor = dims && { data_type: dataType, dims: [...dims] };
  return {
    name,
    type: tensor ? { type, lod_tensor: { tensor, lod_level: 0 } } : { type },
    persistable: false,
    need_check_feed: false,
  };
}

/**
 * A program of one block that feeds every variable without data and fetches `outputs`. `declared` gives shapes of results,
 * where an op looks at them; the others are left undeclared.
 */
export function programOf(
  variables: Readonly<Record<string, TestVariable>>,
  ops: readonly TestOp[],
  outputs: readonly string[],
  declared: Readonly<Record<string, readonly number[]>> = {},
): Program {
  const feeds = Object.keys(variables).filter((name) => variables[name]!.data === undefined);
  return {
    blocks: [
      {
        idx: 0,
        parent_idx: -1,
        vars: [
          { ...variable('feed', VarKind.FEED_MINIBATCH), persistable: true },
          { ...variable('fetch', VarKind.FETCH_LIST), persistable: true },
          ...Object.entries(variables).map(([name, { dims, dataType, data }]) => ({
            ...variable(name, VarKind.LOD_TENSOR, dims, dataType),
            persistable: data !== undefined,
          })),
          ...Object.entries(declared).map(([name, dims]) => variable(name, VarKind.LOD_TENSOR, dims)),
        ],
        ops: [
          ...feeds.map((name, col) => op('feed', { X: ['feed'] }, { Out: [name] }, { col: int(col) })),
          ...ops,
          ...outputs.map((name, col) => op('fetch', { X: [name] }, { Out: ['fetch'] }, { col: int(col) })),
        ].map(messageOf),
      },
    ],
    version: { version: 2_006_002 },
  };
}

const ARRAYS: Readonly<Record<number, (data: ArrayLike<number>) => { buffer: ArrayBufferLike }>> = {
  [VarKind.FP32]: (data) => Float32Array.from(data),
  [VarKind.FP64]: (data) => Float64Array.from(data),
  [VarKind.FP16]: (data) => Uint16Array.from(data),
  [VarKind.INT8]: (data) => Int8Array.from(data),
  [VarKind.UINT8]: (data) => Uint8Array.from(data),
  [VarKind.BOOL]: (data) => Uint8Array.from(data),
  [VarKind.INT16]: (data) => Int16Array.from(data),
  [VarKind.INT32]: (data) => Int32Array.from(data),
  [VarKind.INT64]: (data) => BigInt64Array.from(Array.from(data, BigInt)),
};

/** A saved tensor; FP16 takes its bit patterns. */
export function recordOf({ dims, dataType = VarKind.FP32, data = [] }: TestVariable): TensorRecord {
  return { dataType, dims, data: new Uint8Array(ARRAYS[dataType]!(data).buffer) };
}

/** The parameters of a program, in the order of a combined file. */
export function parametersOf(program: Program, variables: Readonly<Record<string, TestVariable>>): Parameters {
  return new Map(parameterNames(program).map((name) => [name, recordOf(variables[name]!)]));
}

/** Imports a program of these variables and ops that fetches `outputs`. */
export function importing(
  variables: Record<string, TestVariable>,
  ops: readonly TestOp[],
  outputs: readonly string[] = ['y'],
): () => Graph {
  const program = programOf(variables, ops, outputs);
  return () => importProgram('m', program, parametersOf(program, variables));
}
