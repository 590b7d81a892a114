import t from 'tap';
import { readTensorRecord, recordData, VarKind, writeTensorRecord } from '../../src/paddle/index.js';
import { recordOf } from '../support/programs.js';
import { refuses } from '../support/refusals.js';

const PLACE = { file: 'dir/model.pdiparams', name: 'w' };

/** float32 [2, 3], as the specification spells it, and its data. */
const HEADER = Buffer.from('000000000000000000000000000000000600000008051002' + '1003', 'hex');
const EXAMPLE = Buffer.concat([HEADER, new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer)]);

function changed(offset: number, hex: string, source: Buffer = EXAMPLE): Buffer {
  const bytes = Buffer.from(source);
  Buffer.from(hex, 'hex').copy(bytes, offset);
  return bytes;
}

/** A record whose header is exactly these bytes, and which has `data` behind it. */
function withDesc(desc: Uint8Array, data = new Uint8Array(24)): Buffer {
  const size = Buffer.alloc(4);
  size.writeInt32LE(desc.length);
  return Buffer.concat([new Uint8Array(16), size, desc, data]);
}

/** A varint of any value, as protobuf writes int64. */
function varint(value: bigint): number[] {
  const bytes: number[] = [];
  for (let rest = BigInt.asUintN(64, value); ; rest >>= 7n) {
    if (rest < 128n) return [...bytes, Number(rest)];
    bytes.push(Number(rest & 127n) | 128);
  }
}

const desc = (type: number, ...dims: bigint[]) =>
  Uint8Array.from([0x08, type, ...dims.flatMap((dim) => [0x10, ...varint(dim)])]);

const read = (bytes: Uint8Array, offset = 0) => readTensorRecord(bytes, offset, PLACE);

t.test('a record of the specification, read and written', async (t) => {
  const { record, end } = read(EXAMPLE);
  t.strictSame(
    { ...record, data: Buffer.from(record.data).toString('hex') },
    {
      dataType: VarKind.FP32,
      dims: [2, 3],
      data: EXAMPLE.subarray(HEADER.length).toString('hex'),
    },
  );
  t.equal(end, EXAMPLE.length);
  t.ok(EXAMPLE.equals(writeTensorRecord(record)));
});

t.test('packed dimensions, LoD levels and unknown fields are read too', async (t) => {
  const packed = withDesc(Uint8Array.of(0x08, 0x05, 0x12, 0x02, 0x02, 0x03));
  t.strictSame(read(packed).record.dims, [2, 3]);
  const lod = Buffer.concat([
    Buffer.alloc(4),
    Buffer.from('01000000000000001000000000000000', 'hex'),
    Buffer.alloc(16),
  ]);
  const withLod = Buffer.concat([lod, EXAMPLE.subarray(12)]);
  t.strictSame(read(withLod).record.dims, [2, 3]);
  t.equal(read(withLod).end, withLod.length);
  t.strictSame(read(withDesc(Uint8Array.of(...desc(5, 6n), 0x7a, 0x01, 0xff))).record.dims, [6]);
});

t.test('data is a view into the file: the bytes always, the elements where their alignment allows', async (t) => {
  for (const [shift, dataType, aligned] of [
    [2, VarKind.FP32, true],
    [0, VarKind.FP32, false],
    [1, VarKind.FP32, false],
    [1, VarKind.INT8, true],
    [1, VarKind.BOOL, true],
    [0, VarKind.INT16, true],
    [1, VarKind.INT16, false],
    [6, VarKind.INT64, true],
  ] as const) {
    const written = writeTensorRecord(recordOf({ dims: [2, 3], dataType, data: [1, 0, 1, 1, 0, 1] }));
    const file = new Uint8Array(new ArrayBuffer(shift + written.length));
    file.set(written, shift);
    const { record } = read(file, shift);
    t.equal(record.data.buffer, file.buffer, 'the bytes are no copy');
    const elements = recordData(record);
    const isView = elements.buffer === file.buffer;
    t.equal(isView, aligned, `element type ${dataType} at byte ${record.data.byteOffset}`);
    t.strictSame(Array.from(elements as ArrayLike<number | bigint>, Number), [1, 0, 1, 1, 0, 1]);
  }
});

t.test('half precision becomes fp32, subnormals and infinities included', async (t) => {
  const bits = [0x3c00, 0xc000, 0x0001, 0x03ff, 0x7bff, 0x7c00, 0xfc00, 0x7e00, 0x8000];
  const values = recordData(recordOf({ dims: [9], dataType: VarKind.FP16, data: bits }));
  t.strictSame([...values], [1, -2, 2 ** -24, 1023 * 2 ** -24, 65504, Infinity, -Infinity, Number.NaN, -0]);
});

t.test('cut anywhere, a record says where and what it wanted', async (t) => {
  const wanted = [
    [0, 'version needs 4 bytes at byte 0'],
    [4, 'number of LoD levels needs 8 bytes at byte 4'],
    [12, 'version needs 4 bytes at byte 12'],
    [16, 'header size needs 4 bytes at byte 16'],
    [20, 'header needs 6 bytes at byte 20'],
    [26, 'data, 6 elements of shape [2,3], needs 24 bytes at byte 26'],
  ] as const;
  for (let length = 0; length < EXAMPLE.length; length++) {
    const part = wanted.findLast(([start]) => start <= length)![1];
    const message = `dir/model.pdiparams ends inside the parameter 'w': its ${part}, the file has ${length}`;
    await refuses(t, () => read(EXAMPLE.subarray(0, length)), 'E_MODEL', message);
  }
});

t.test('hostile sizes are refused before anything is taken or made', async (t) => {
  const before = process.memoryUsage().arrayBuffers;
  const cases: [string, Uint8Array, RegExp][] = [
    ['outer version', changed(0, '01000000'), /damaged at byte 0, in the parameter 'w': it has version 1/],
    ['tensor version', changed(12, 'ffffffff'), /damaged at byte 12, .*version 4294967295/],
    ['2^64 − 1 LoD levels', changed(4, 'ffffffffffffffff'), /byte 4, .*18446744073709551615 LoD levels/],
    ['17 LoD levels', changed(4, '1100000000000000'), /17 LoD levels/],
    [
      'LoD of 2^63 bytes',
      changed(4, '01000000000000000000000000000080'),
      /LoD needs 9223372036854776000 bytes at byte 20/,
    ],
    ['negative header', changed(16, 'ffffffff'), /byte 16, .*a header of -1 bytes/],
    ['header of 2 GiB', changed(16, 'ffffff7f'), /header needs 2147483647 bytes at byte 20/],
    [
      'header that is no message',
      changed(20, '0fffffffffff'),
      /damaged at byte 20, in the header of 'w': no TensorDesc/,
    ],
    ['header cut inside a varint', withDesc(Uint8Array.of(0x08, 0x05, 0x10, 0xff)), /no TensorDesc message at byte/],
    ['negative dimension', withDesc(desc(5, 2n, -3n)), /the impossible shape \[2,-3\]/],
    ['two negative dimensions', withDesc(desc(5, -2n, -3n)), /the impossible shape \[-2,-3\]/],
    ['2^63', withDesc(desc(5, 2n ** 63n)), /the impossible shape/],
    ['2^62', withDesc(desc(5, 2n ** 62n)), /the impossible shape/],
    ['2^31', withDesc(desc(5, 2n ** 31n)), /the impossible shape/],
    ['2^31 − 1', withDesc(desc(5, 2n ** 31n - 1n)), /data, 2147483647 elements .* needs 8589934588 bytes at byte 28/],
    ['2^32 elements: a product of 0 in 32 bits', withDesc(desc(5, 65536n, 65536n)), /needs 17179869184 bytes/],
    [
      '2^64 elements: a product of 0 in 64 bits',
      withDesc(desc(5, ...Array<bigint>(4).fill(65536n))),
      /needs 7378697629483\d+ bytes/,
    ],
    ['more than a double holds', withDesc(desc(5, ...Array<bigint>(40).fill(2n ** 30n))), /needs Infinity bytes/],
    ['the same and a 0', withDesc(desc(5, ...Array<bigint>(40).fill(2n ** 30n), 0n)), /ends inside/],
    ['element type 6000', withDesc(Uint8Array.of(0x08, 0xf0, 0x2e, 0x10, 6)), /the element type 6000/],
    ['BF16', withDesc(desc(22, 6n)), /the element type 22, which is unknown or not supported/],
  ];
  for (const [what, bytes, message] of cases) {
    t.comment(what);
    await refuses(t, () => read(bytes), 'E_MODEL', 'dir/model.pdiparams', message);
  }
  t.ok(process.memoryUsage().arrayBuffers - before < 2 ** 20, 'nothing was allocated for them');
});

t.test('nothing at all is a tensor without elements, and a scalar has one', async (t) => {
  t.strictSame(read(withDesc(desc(5, 0n, 7n), new Uint8Array())).record.data.length, 0);
  t.strictSame(read(withDesc(desc(5), new Uint8Array(4))).record.data.length, 4);
});
