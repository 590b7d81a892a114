/**
 * Paddle-Lite's `.nb` files, written by its `opt`: a Paddle program that Paddle-Lite has optimised, with its parameters.
 *
 *   u16 meta version · char[16] version of opt · u64 size of the topology · topology · parameters
 *
 * Meta versions: 0 (2.3 to 2.6, `naive.ts`), 1 and 2 (2.7 and later, FlatBuffers). Little-endian, no alignment.
 */
import { EdgeDeployError } from '../base/errors.js';
import type { Program } from '../paddle/index.js';
import { damaged, Table } from './flatbuffer.js';
import { readNaiveParameters, readNaiveTopology } from './naive.js';
import { type Records, readCombined, readRecords } from './parameters.js';
import { readTopology } from './topology.js';

export { type WriteOptions, writeNaiveBuffer } from './write.js';

export interface NaiveBuffer {
  readonly metaVersion: number;
  /** The git tag of the `opt` that wrote the file. */
  readonly optVersion: string;
  readonly program: Program;
  readonly parameters: Records;
}

const HEADER_BYTES = 26;

/** Reads a whole file; tensors are views of it. Throws E_MODEL, saying at which byte, for anything else. */
export function readNaiveBuffer(bytes: Uint8Array): NaiveBuffer {
  if (bytes.length < HEADER_BYTES) throw damaged(`it has ${bytes.length} bytes, fewer than its header`, bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const metaVersion = view.getUint16(0, true);
  if (metaVersion > 2) {
    throw new EdgeDeployError('E_MODEL', `the file is no .nb model: its meta version would be ${metaVersion}`, {
      hint: 'Pass a file that Paddle-Lite’s opt wrote, or the original Paddle model.',
    });
  }
  const version = Buffer.from(bytes.subarray(2, 18)).toString('latin1');
  const size = Number(view.getBigUint64(18, true));
  const end = HEADER_BYTES + size;
  if (!(end <= bytes.length)) {
    throw damaged(`its topology of ${size} bytes does not fit the file of ${bytes.length}`, 18);
  }
  // FlatBuffers offsets count from the beginning of their buffer, wherever that stands.
  const [topology, rest] = [bytes.subarray(HEADER_BYTES, end), bytes.subarray(end)];
  const common = { metaVersion, optVersion: version.split('\0')[0]! };
  if (metaVersion === 0) {
    const program = readNaiveTopology(topology, HEADER_BYTES);
    return { ...common, program, parameters: readNaiveParameters(rest, end) };
  }
  const program = readTopology(Table.root(topology, HEADER_BYTES));
  if (program.blocks.length === 0) throw damaged('its program has no block', HEADER_BYTES);
  return { ...common, program, parameters: metaVersion === 1 ? readCombined(rest, end) : readRecords(rest, end) };
}
