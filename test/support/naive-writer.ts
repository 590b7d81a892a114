/** Writes the encoding of Paddle-Lite up to 2.6: struct after struct, lists and strings behind a u64 count. */
import {
  type Attribute,
  AttributeType,
  type Block,
  type Op,
  type Parameters,
  type Program,
  parameterNames,
  type Slot,
  type TensorRecord,
  toNumber,
  type Var,
  VarKind,
} from '../../src/paddle/index.js';

const int32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value | 0);
  return bytes;
};
const float32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
};
const int64 = (value: number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(value));
  return bytes;
};
const bool = (value: boolean) => Buffer.of(Number(value));
const list = <T>(items: readonly T[], write: (item: T) => Uint8Array) =>
  Buffer.concat([int64(items.length), ...items.map(write)]);
const raw = (bytes: ArrayLike<number>) => Buffer.concat([int64(bytes.length), Uint8Array.from(bytes)]);
const text = (value: string) => raw(Buffer.from(value));

/** This generation's own numbers, by VarKind. */
const KINDS = new Map<number, number>([
  ...[VarKind.BOOL, VarKind.INT16, VarKind.INT32, VarKind.INT64, VarKind.FP16, VarKind.FP32, VarKind.FP64].map(
    (kind, i): [number, number] => [kind, i],
  ),
  [VarKind.UINT8, 8],
  [VarKind.INT8, 9],
  [VarKind.LOD_TENSOR, 10],
  [VarKind.FEED_MINIBATCH, 12],
  [VarKind.FETCH_LIST, 13],
]);
const kind = (value: number) => int32(KINDS.get(value) ?? 20);

const tensor = (dataType: number, dims: readonly number[]) => Buffer.concat([kind(dataType), list(dims, int64)]);
const none = Buffer.concat([tensor(VarKind.BOOL, []), int32(0)]);

function variable({ name, type, persistable }: Var): Buffer {
  const described = type?.lod_tensor?.tensor;
  const own = described ? tensor(described.data_type, described.dims.map(toNumber)) : tensor(VarKind.BOOL, []);
  const pieces = [text(name), kind(type?.type ?? VarKind.RAW), tensor(VarKind.BOOL, []), own, int32(0), none];
  return Buffer.concat([...pieces, list([], int32), list([], int32), bool(persistable)]);
}

function attribute(one: Attribute): Buffer {
  const known = one.type <= AttributeType.LONGS;
  return Buffer.concat([
    ...[text(one.name), int32(known ? one.type : AttributeType.STRING), int32(one.i ?? 0), float32(one.f ?? 0)],
    ...[raw(one.s ?? Buffer.of()), list(one.ints ?? [], int32), list(one.floats ?? [], float32)],
    ...[list(one.strings ?? [], raw), bool(one.b ?? false), list(one.bools ?? [], bool), int32(one.block_idx ?? 0)],
    ...[int64(toNumber(one.l ?? 0)), list(one.blocks_idx ?? [], int32)],
    list((one.longs ?? []).map(toNumber), int64),
  ]);
}

const slot = (one: Slot) => Buffer.concat([text(one.parameter), list(one.arguments, text)]);

function op({ type, inputs, outputs, attrs }: Op): Buffer {
  return Buffer.concat([text(type), list(inputs, slot), list(outputs, slot), list(attrs, attribute), bool(false)]);
}

function block({ idx, parent_idx, vars, ops }: Block): Buffer {
  return Buffer.concat([int32(idx), int32(parent_idx), list(vars, variable), list(ops, op), int32(-1)]);
}

export function naiveTopology({ blocks, version }: Program): Buffer {
  return Buffer.concat([list(blocks, block), int64(toNumber(version?.version ?? 0))]);
}

export function naiveParameter(name: string, { dataType, dims, data }: TensorRecord): Buffer {
  const pieces = [text(name), int32(0), int64(0), list([], int64), int32(0)];
  return Buffer.concat([...pieces, tensor(dataType, dims), raw(data)]);
}

export function naiveParameters(program: Program, parameters: Parameters): Buffer {
  return list(parameterNames(program), (name) => naiveParameter(name, parameters.get(name)!));
}

/** A file of meta version 0. */
export function naiveFile(program: Program, parameters: Parameters): Buffer {
  const topology = naiveTopology(program);
  const head = Buffer.concat([Buffer.of(0, 0), Buffer.alloc(16, 'v2.6.3\0'), int64(topology.length)]);
  return Buffer.concat([head, topology, naiveParameters(program, parameters)]);
}
