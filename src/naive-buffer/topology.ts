/** FlatBuffers `ProgramDesc` (Paddle-Lite 2.7 and later) as a Paddle program. Field numbers are the schema's. */
import type { Attribute, Op, Program, Slot, Var } from '../paddle/index.js';
import { AttributeType } from '../paddle/index.js';
import type { Table } from './flatbuffer.js';

export function readTopology(root: Table): Program {
  return {
    blocks: root.tables(0).map((block) => ({
      idx: block.int32(0),
      parent_idx: block.int32(1),
      vars: block.tables(2).map(readVar),
      ops: block.tables(3).map(readOp),
      forward_block_idx: block.int32(4, -1),
    })),
    version: { version: root.table(1)?.int64(0) ?? 0 },
  };
}

function readVar(variable: Table): Var {
  const type = variable.table(1);
  const lod = type?.table(2);
  const tensor = lod?.table(0);
  return {
    name: variable.text(0),
    persistable: variable.uint8(2) !== 0,
    need_check_feed: variable.uint8(3) !== 0,
    ...(type
      ? {
          type: {
            type: type.int32(0),
            ...(lod
              ? {
                  lod_tensor: {
                    lod_level: lod.int32(1),
                    ...(tensor ? { tensor: { data_type: tensor.int32(0), dims: tensor.longs(1) } } : {}),
                  },
                }
              : {}),
          },
        }
      : {}),
  };
}

function readOp(op: Table): Op {
  return {
    type: op.text(0),
    inputs: op.tables(1).map(readSlot),
    outputs: op.tables(2).map(readSlot),
    attrs: op.tables(3).flatMap((attribute) => readAttribute(attribute) ?? []),
  };
}

function readSlot(slot: Table): Slot {
  return { parameter: slot.text(0), arguments: slot.texts(1) };
}

/** Undefined for a type this version does not know: the op's importer then says what it misses. */
function readAttribute(attribute: Table): Attribute | undefined {
  const [name, type] = [attribute.text(0), attribute.int32(1)];
  switch (type) {
    case AttributeType.INT:
      return { name, type, i: attribute.int32(2) };
    case AttributeType.FLOAT:
      return { name, type, f: attribute.float32(3) };
    case AttributeType.STRING:
      return { name, type, s: attribute.bytes(4) };
    case AttributeType.INTS:
      return { name, type, ints: attribute.ints(5) };
    case AttributeType.FLOATS:
      return { name, type, floats: attribute.floats(6) };
    case AttributeType.STRINGS:
      return { name, type, strings: attribute.texts(7).map((text) => Buffer.from(text)) };
    case AttributeType.BOOLEAN:
      return { name, type, b: attribute.uint8(8) !== 0 };
    case AttributeType.BOOLEANS:
      return { name, type, bools: Array.from(attribute.bytes(9), (value) => value !== 0) };
    case AttributeType.BLOCK:
      return { name, type, block_idx: attribute.int32(10) };
    case AttributeType.LONG:
      return { name, type, l: attribute.int64(11) };
    case AttributeType.BLOCKS:
      return { name, type, blocks_idx: attribute.ints(12) };
    case AttributeType.LONGS:
      return { name, type, longs: attribute.longs(13) };
    case AttributeType.FLOAT64:
      return { name, type, float64: attribute.float64(14) };
    case AttributeType.FLOAT64S:
      return { name, type, float64s: attribute.doubles(15) };
    default:
      return undefined;
  }
}
