/** Parameters of meta versions 1 (one list) and 2 (a header, then a record each). */
import type { TensorRecord } from '../paddle/model.js';
import { damaged, Table } from './flatbuffer.js';

export type Records = ReadonlyMap<string, TensorRecord>;

/** Meta version 1: one buffer up to the end of the file. */
export function readCombined(bytes: Uint8Array, base: number): Records {
  return new Map(Table.root(bytes, base).tables(0).map(readParameter));
}

/** Meta version 2. Bytes behind the last record are passed over, as Paddle-Lite does. */
export function readRecords(bytes: Uint8Array, base: number): Records {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const take = (size: number, what: string): number => {
    const start = at;
    if (start + size > bytes.length) {
      throw damaged(`${what} of ${size} bytes ends behind the file`, base + start);
    }
    at += size;
    return start;
  };
  const version = view.getUint16(take(2, 'the parameter version'), true);
  if (version !== 0) throw damaged(`the parameter version is ${version}, not 0`, base);
  take(view.getUint16(take(2, 'a size'), true), 'the meta data');
  const headerSize = view.getUint16(take(2, 'a size'), true);
  const header = take(headerSize, 'the header');
  if (headerSize < 2) throw damaged(`the header has ${headerSize} bytes`, base + header);
  const count = view.getUint16(header, true);
  const records = new Map<string, TensorRecord>();
  for (let i = 0; i < count; i++) {
    const start = take(8, `the record of parameter ${i + 1} of ${count}`);
    const [total, offset] = [view.getUint32(start, true), view.getUint32(start + 4, true)];
    if (offset < 4 || offset > total)
      throw damaged(`the record of parameter ${i + 1} begins at ${offset} of ${total}`, base + start);
    take(offset - 4, 'a record');
    const body = take(total - offset, `the record of parameter ${i + 1} of ${count}`);
    records.set(...readParameter(Table.root(bytes.subarray(body, body + total - offset), base + body)));
  }
  return records;
}

function readParameter(record: Table): [string, TensorRecord] {
  const name = record.text(1);
  const tensor = record.table(3);
  if (!tensor || record.uint8(2) !== 1) throw damaged(`the parameter '${name}' is no dense tensor`, 0);
  return [name, checked(name, { dataType: tensor.int32(3), dims: tensor.longs(2), data: tensor.bytes(4) })];
}

const ELEMENT_BYTES: Readonly<Record<number, number>> = { 0: 1, 1: 2, 2: 4, 3: 8, 4: 2, 5: 4, 6: 8, 20: 1, 21: 1 };

/** A tensor whose data fills its shape. */
export function checked(name: string, record: TensorRecord): TensorRecord {
  const elements = record.dims.reduce((product, size) => product * size, 1);
  const bytes = elements * (ELEMENT_BYTES[record.dataType] ?? Number.NaN);
  if (record.dims.every((size) => size >= 0) && bytes === record.data.length) return record;
  throw damaged(
    `the parameter '${name}' of shape [${record.dims}] and type ${record.dataType} holds ${record.data.length} bytes`,
    0,
  );
}
