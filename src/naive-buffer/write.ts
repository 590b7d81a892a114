/** Writes `.nb` files of meta version 2 (Paddle-Lite 2.8 and later), byte for byte as its `opt` 2.13 does. */
import { EdgeDeployError } from '../base/errors.js';
import {
  type Parameters,
  PiecewiseRecord,
  type Program,
  parameterNames,
  recordBytes,
  type TensorRecord,
} from '../paddle/model.js';
import { bytes, type DeferredBytes, int32, numbers, packFlatBuffer, table, text, uint8 } from './flatbuffer-writer.js';
import { topologyTable } from './topology-writer.js';

export interface WriteOptions {
  /**
   * The git tag of the `opt` that the file passes for, at most 15 characters. A Paddle-Lite library of another tag warns when it loads
   * the file from a path, and goes on.
   */
  readonly optVersion: string;
}

const META_VERSION = 2;
/** The loader counts parameters in 16 bits. */
const MOST_PARAMETERS = 0xffff;
/** FlatBuffers offsets are signed where the loader verifies them. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * The file in pieces, to be written one after the other; data of parameters are passed on without a copy, so a piece is
 * valid until the next is asked for. Variables and ops keep their order, slots and attributes are sorted by name as the
 * loader demands. Every parameter the program declares is written.
 * Throws E_OP for an attribute that the format has no place for, E_MODEL for sizes beyond it.
 */
export function* writeNaiveBuffer(
  program: Program,
  parameters: Parameters,
  options: WriteOptions,
): Generator<Uint8Array, void, undefined> {
  const topology = packFlatBuffer(topologyTable(program));
  yield header(options.optVersion, byteLength(topology));
  yield* contents(topology);

  const records = parameterNames(program).map((name): [string, TensorRecord] => [name, recordOf(parameters, name)]);
  yield parameterHeader(records);
  for (const [name, record] of records) {
    const pieces = packFlatBuffer(parameterTable(name, record));
    yield recordHeader(byteLength(pieces));
    yield* contents(pieces);
  }
}

function* contents(pieces: Iterable<Uint8Array | DeferredBytes>): Generator<Uint8Array, void, undefined> {
  for (const piece of pieces) {
    if (piece instanceof Uint8Array) yield piece;
    else yield* piece.pieces();
  }
}

function header(optVersion: string, topologyBytes: number): Uint8Array {
  const head = new Uint8Array(26);
  const view = new DataView(head.buffer);
  view.setUint16(0, META_VERSION, true);
  head.set(Buffer.from(optVersion, 'latin1').subarray(0, 15), 2);
  view.setBigUint64(18, BigInt(topologyBytes), true);
  return head;
}

/** u16 version 0 · u16 no meta data · u16 size of the rest · u16 number of parameters · u32 bytes of the largest tensor. */
function parameterHeader(records: readonly (readonly [string, TensorRecord])[]): Uint8Array {
  if (records.length > MOST_PARAMETERS) {
    throw new EdgeDeployError(
      'E_MODEL',
      `the model has ${records.length} parameters, an .nb file holds at most 65535`,
      {
        hint: 'Join parameters, or split the model.',
      },
    );
  }
  const head = new Uint8Array(12);
  const view = new DataView(head.buffer);
  view.setUint16(4, 6, true);
  view.setUint16(6, records.length, true);
  view.setUint32(
    8,
    records.reduce((largest, [, record]) => Math.max(largest, recordBytes(record)), 0),
    true,
  );
  return head;
}

function recordOf(parameters: Parameters, name: string): TensorRecord {
  const record = parameters.get(name);
  if (record === undefined) throw new Error(`the program declares the parameter '${name}', which has no data`);
  const size = recordBytes(record);
  if (size > MOST_BYTES - 4096) {
    throw new EdgeDeployError('E_MODEL', `the parameter '${name}' of ${size} bytes is too large for an .nb file`, {
      hint: 'Split the model, or deploy it with edge-deploy push.',
    });
  }
  return record;
}

/** `ParamDesc` with a `LoDTensorDesc` in its union. */
function parameterTable(name: string, record: TensorRecord) {
  const DENSE = 1;
  const { dataType, dims } = record;
  const data = record instanceof PiecewiseRecord ? { length: record.size, pieces: () => record.pieces() } : record.data;
  return table([
    undefined,
    text(name),
    uint8(DENSE),
    table([undefined, numbers('int64', []), numbers('int64', dims), int32(dataType), bytes(data)]),
  ]);
}

/** u32 bytes behind this field · u32 where among them the buffer begins, right behind this second field. */
function recordHeader(bufferBytes: number): Uint8Array {
  const head = new Uint8Array(8);
  const view = new DataView(head.buffer);
  view.setUint32(0, 4 + bufferBytes, true);
  view.setUint32(4, 4, true);
  return head;
}

function byteLength(pieces: readonly (Uint8Array | DeferredBytes)[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}
