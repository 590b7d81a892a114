/** A Paddle program as the FlatBuffers `ProgramDesc` of Paddle-Lite 2.13. Field numbers are the schema's; the inverse of `topology.ts`. */
import { EdgeDeployError } from '../base/errors.js';
import {
  type Attribute,
  AttributeType,
  type Block,
  type Int64,
  type Op,
  type Program,
  type Slot,
  type Var,
} from '../paddle/model.js';
import {
  bytes,
  float32,
  float64,
  int32,
  int64,
  numbers,
  optionalText,
  type Reference,
  references,
  type TableFields,
  table,
  text,
  uint8,
} from './flatbuffer-writer.js';

export function topologyTable(program: Program): TableFields {
  return table([references(program.blocks.map(blockTable)), table([int64(toBigInt(program.version?.version ?? 0))])]);
}

function blockTable(block: Block): TableFields {
  return table([
    int32(block.idx),
    int32(block.parent_idx),
    references(block.vars.map(varTable)),
    references(block.ops.map(opTable)),
    int32(block.forward_block_idx ?? -1, -1),
  ]);
}

/** The loader reads `type.lod_tensor.tensor.dims` without asking whether they are there. */
function varTable({ name, type, persistable, need_check_feed }: Var): TableFields {
  const { tensor, lod_level = 0 } = type?.lod_tensor ?? {};
  const desc = table([int32(tensor?.data_type ?? 0), numbers('int64', (tensor?.dims ?? []).map(toBigInt))]);
  return table([
    text(name),
    table([int32(type?.type ?? 0), undefined, table([desc, int32(lod_level)])]),
    uint8(Number(persistable)),
    uint8(Number(need_check_feed)),
  ]);
}

function opTable(op: Op): TableFields {
  return table([
    text(op.type),
    slotTables(op.inputs),
    slotTables(op.outputs),
    references(sorted(op.attrs, ({ name }) => name).map((attribute) => attributeTable(op, attribute))),
  ]);
}

function slotTables(slots: readonly Slot[]): Reference {
  return references(
    sorted(slots, ({ parameter }) => parameter).map((slot) =>
      table([text(slot.parameter), references(slot.arguments.map(text))]),
    ),
  );
}

/** The loader looks slots and attributes up by binary search over the bytes of their names. */
function sorted<T>(values: readonly T[], key: (value: T) => string): T[] {
  return values
    .map((value) => ({ value, bytes: Buffer.from(key(value)) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ value }) => value);
}

/** Attribute types the format has a field for. Paddle's later ones (variables and scalars as attributes) have none. */
const EXPRESSIBLE: ReadonlySet<number> = new Set([
  ...Array.from({ length: AttributeType.FLOAT64S + 1 }, (_, type) => type),
  AttributeType.FLOAT64,
]);

/** Every string and every list is written for every attribute, though most are empty: so does `opt`. */
function attributeTable(op: Op, attribute: Attribute): TableFields {
  const { name, type } = attribute;
  if (!EXPRESSIBLE.has(type)) {
    throw new EdgeDeployError(
      'E_OP',
      `${op.type}: an .nb file has no place for its attribute '${name}' of type ${type}`,
      {
        hint: 'Export the model with Paddle 2.6 or earlier.',
      },
    );
  }
  const own = <T>(kind: number, value: T | undefined, otherwise: T): T =>
    type === kind && value !== undefined ? value : otherwise;
  const A = AttributeType;
  return table([
    text(name),
    int32(type),
    int32(own(A.INT, attribute.i, 0)),
    float32(own(A.FLOAT, attribute.f, 0)),
    optionalText(own(A.STRING, attribute.s, NOTHING)),
    numbers('int32', own(A.INTS, attribute.ints, [])),
    numbers('float32', own(A.FLOATS, attribute.floats, [])),
    references(own(A.STRINGS, attribute.strings, []).map(text)),
    uint8(Number(own(A.BOOLEAN, attribute.b, false))),
    bytes(type === A.BOOLEANS ? Uint8Array.from(attribute.bools ?? [], Number) : NOTHING),
    int32(own(A.BLOCK, attribute.block_idx, 0)),
    int64(toBigInt(own(A.LONG, attribute.l, 0))),
    numbers('int32', own(A.BLOCKS, attribute.blocks_idx, [])),
    numbers('int64', own(A.LONGS, attribute.longs, []).map(toBigInt)),
    float64(own(A.FLOAT64, attribute.float64, 0)),
    numbers('float64', own(A.FLOAT64S, attribute.float64s, [])),
  ]);
}

const NOTHING = new Uint8Array();

function toBigInt(value: Int64): bigint {
  return BigInt(typeof value === 'number' ? value : value.toString());
}
