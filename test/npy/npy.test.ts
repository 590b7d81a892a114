import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import type { Tensor } from '../../src/ir/tensor.js';
import { readNpy, viewAs, writeNpy } from '../../src/npy/index.js';

/** Files that NumPy wrote: `test/golden/npy/SOURCE.txt`. */
const numpy = (name: string) => readFileSync(join(packageRoot, 'test', 'golden', 'npy', `${name}.npy`));

/** Bytes of a file with this header; `version` 2 and 3 have a longer length field. */
function file(header: string, data: Uint8Array = Buffer.alloc(0), version = 1): Buffer {
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  length.writeUIntLE(header.length, 0, length.length);
  return Buffer.concat([
    Buffer.from([0x93]),
    Buffer.from('NUMPY'),
    Buffer.from([version, 0]),
    length,
    Buffer.from(header),
    data,
  ]);
}

function refuses(t: Test, bytes: Uint8Array, message: RegExp): void {
  t.throws(() => readNpy(bytes, 'x.npy'), { code: 'E_INPUT', message });
}

const INTEGERS = [-3, -2, -1, 0, 1, 2];
const VALUES: Readonly<Record<string, readonly [Tensor['type'], readonly number[]]>> = {
  f32: [{ dtype: 'f32', shape: [2, 3] }, INTEGERS.map((x) => x * 1.5)],
  f64: [{ dtype: 'f64', shape: [2, 3] }, INTEGERS.map((x) => x * 1.5)],
  i8: [{ dtype: 'i8', shape: [2, 3] }, INTEGERS],
  i16: [{ dtype: 'i16', shape: [2, 3] }, INTEGERS],
  i32: [{ dtype: 'i32', shape: [2, 3] }, INTEGERS],
  i64: [{ dtype: 'i64', shape: [2, 3] }, INTEGERS],
  u8: [{ dtype: 'u8', shape: [2, 3] }, [0, 1, 2, 3, 4, 5]],
  bool: [{ dtype: 'bool', shape: [2, 3] }, [1, 0, 1, 0, 0, 1]],
  scalar: [{ dtype: 'f32', shape: [] }, [2.5]],
  vector: [{ dtype: 'f32', shape: [4] }, [0, 1, 2, 3]],
  empty: [{ dtype: 'f32', shape: [0, 3] }, []],
};

t.test('reads what NumPy writes, and writes the same bytes', (t) => {
  for (const [name, [type, values]] of Object.entries(VALUES)) {
    const bytes = numpy(name);
    const tensor = readNpy(bytes, name);
    t.same(tensor.type, type, name);
    t.same(Array.from(tensor.data as Iterable<number | bigint>, Number), values, `${name}: values`);
    t.same(Buffer.from(writeNpy(tensor)), bytes, `${name}: written again`);
  }
  t.end();
});

t.test('reads format versions 2 and 3', (t) => {
  for (const name of ['v2', 'v3']) {
    const { type, data } = readNpy(numpy(name), name);
    t.same(type, { dtype: 'f32', shape: [2, 3] });
    t.same([...data], [0, 1, 2, 3, 4, 5]);
  }
  refuses(t, file("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", Buffer.alloc(4), 4), /version 4/);
  t.end();
});

t.test('the bytes may stand anywhere in memory', (t) => {
  const bytes = numpy('f64');
  for (let offset = 0; offset < 9; offset++) {
    const moved = Buffer.concat([Buffer.alloc(offset), bytes]).subarray(offset);
    t.same(
      [...readNpy(moved, 'moved').data],
      INTEGERS.map((x) => x * 1.5),
      `at offset ${offset}`,
    );
    const raw = moved.subarray(128);
    t.same(
      [...viewAs('f64', raw)],
      INTEGERS.map((x) => x * 1.5),
      `view at offset ${offset}`,
    );
  }
  const source = numpy('f32');
  const { data } = readNpy(source, 'f32');
  source.fill(0);
  t.equal(data[0], -4.5, 'the tensor is a copy');
  t.end();
});

t.test('what NumPy can write and a model cannot take is refused, with a way out', (t) => {
  refuses(t, numpy('fortran'), /Fortran order.*ascontiguousarray/);
  refuses(t, numpy('big-endian'), /big-endian.*newbyteorder/);
  refuses(t, numpy('f16'), /element type <f2/);
  refuses(t, numpy('text'), /element type <U2/);
  refuses(t, numpy('structured'), /without an element type/);
  t.end();
});

t.test('a file that is cut short, at every byte', (t) => {
  const bytes = numpy('f32');
  for (let length = 0; length < bytes.length; length++)
    t.throws(
      () => readNpy(bytes.subarray(0, length), 'cut.npy'),
      { code: 'E_INPUT', message: /cut\.npy/ },
      `${length} bytes`,
    );
  refuses(t, Buffer.concat([bytes, Buffer.alloc(1)]), /should hold 24 bytes.*holds 25/);
  t.end();
});

t.test('a hostile header is refused, not obeyed', (t) => {
  const shaped = (shape: string) =>
    file(`{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }`, Buffer.alloc(4));
  for (const shape of [
    '(-1,)',
    '(1.5,)',
    '(nan,)',
    "('a',)",
    '(1,,1e999)',
    '(9007199254740993,)',
    '(4294967296, 4294967296)',
    '(65536, 65536)',
  ])
    refuses(t, shaped(shape), /unusable shape|should hold/);
  refuses(t, shaped('4'), /without a shape/);
  refuses(t, file("{'fortran_order': False, 'shape': (1,), }", Buffer.alloc(4)), /without an element type/);
  refuses(t, file("{'descr': '<f4', 'shape': (1,), }", Buffer.alloc(4)), /without an order/);
  refuses(t, file('', Buffer.alloc(4)), /without an element type/);
  refuses(
    t,
    file("{'descr': '__proto__', 'fortran_order': False, 'shape': (1,), }", Buffer.alloc(4)),
    /element type __proto__/,
  );
  const long = file("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", Buffer.alloc(4), 2);
  long.writeUInt32LE(0xffffffff, 8);
  refuses(t, long, /cut short inside its header/);
  refuses(t, Buffer.from('PK\x03\x04 this is an .npz archive, not one array'), /not a \.npy file/);
  t.end();
});
