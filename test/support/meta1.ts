/** A file of meta version 2 as one of version 1: the same records as members of one list. */
export function asMeta1(file: Uint8Array): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const end = 26 + Number(view.getBigUint64(18, true));
  const records: Uint8Array[] = [];
  const count = view.getUint16(end + 6, true);
  for (let at = end + 12; records.length < count; at += view.getUint32(at, true) + 4) {
    records.push(file.subarray(at + 8, at + 4 + view.getUint32(at, true)));
  }
  const head = Buffer.alloc(24 + 4 * count);
  head.writeUInt32LE(12, 0); // the root table
  head.writeUInt16LE(6, 4); // its field list: size, table size, field 0
  head.writeUInt16LE(8, 6);
  head.writeUInt16LE(4, 8);
  head.writeInt32LE(8, 12); // back to the field list
  head.writeUInt32LE(4, 16); // field 0: the list behind it
  head.writeUInt32LE(count, 20);
  let base = head.length;
  records.forEach((record, i) => {
    const place = 24 + 4 * i;
    head.writeUInt32LE(base + new DataView(record.buffer, record.byteOffset).getUint32(0, true) - place, place);
    base += record.length;
  });
  const result = Buffer.concat([file.subarray(0, end), head, ...records]);
  result.writeUInt16LE(1, 0);
  return result;
}
