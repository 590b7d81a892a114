import t from 'tap';
import { DamagedMessage, messageTypes } from '../../src/base/message-type.js';

const SCHEMA = `
syntax = "proto2"; // everything the two schemas hold
package test;

message Outer {
  optional Inner inner = 1;
  repeated Inner inners = 2;
  optional int32 number = 3 [default = -1];
  repeated float floats = 4;
  repeated int64 longs = 5 [packed = true];
  optional bytes bytes = 6;
  optional bool flag = 7 [default = true];
}

message Inner {
  optional string name = 1;
  optional double value = 2;
}
`;

const outer = messageTypes(SCHEMA)('Outer');
const decode = (bytes: Uint8Array) => outer.decode(bytes) as Record<string, unknown>;
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

t.test('absent fields read as their defaults and stay absent', async (t) => {
  const message = decode(Buffer.alloc(0));
  t.equal(message.inner, null);
  t.equal(message.number, -1);
  t.equal(message.flag, true);
  t.strictSame(message.inners, []);
  t.equal((message.bytes as Uint8Array).length, 0);
  t.equal(outer.encode(message).length, 0);
  (message.inners as object[]).push({ name: 'x' });
  t.strictSame(decode(Buffer.alloc(0)).inners, [], 'no two messages share a list');
});

t.test('what was written comes out again, unknown fields behind the known ones', async (t) => {
  const bytes = hex('0a03 0a0161 18 05 25 0000803f 25 00000040 3800');
  t.ok(bytes.equals(outer.encode(decode(bytes))));
  const unknown = hex('c23e 03 616263');
  t.ok(Buffer.concat([bytes, unknown]).equals(outer.encode(decode(Buffer.concat([unknown, bytes])))));
  t.ok(hex('1d 01020304').equals(outer.encode(decode(hex('1d 01020304')))), 'and those of another wire type');
});

t.test('packed and unpacked numbers are the same', async (t) => {
  t.strictSame(decode(hex('2202 0000'.replace('02 0000', '08 0000803f00000040'))).floats, [1, 2]);
  t.strictSame(decode(hex('25 0000803f 25 00000040')).floats, [1, 2]);
  t.strictSame((decode(hex('2a 02 0107')).longs as object[]).map(String), ['1', '7']);
});

t.test('a message that comes in two parts is one', async (t) => {
  const { inner } = decode(hex('0a03 0a0161 0a09 11 000000000000f03f')) as { inner: Record<string, unknown> };
  t.equal(inner.name, 'a');
  t.equal(inner.value, 1);
});

t.test('damage', async (t) => {
  for (const bytes of ['0a05 0a0161', '0a02 0a05 6162636465', '22 03 000000', '2a 02 01ff', '0c', '80', '25 0000']) {
    try {
      decode(hex(bytes));
      t.fail(bytes);
    } catch (error) {
      t.ok(error instanceof DamagedMessage && error.position <= hex(bytes).length, `${bytes}: ${error}`);
    }
  }
});

t.test('a schema of any other kind is refused', (t) => {
  t.throws(
    () => messageTypes('message A {\n  required int32 x = 1;\n}'),
    /not understood in a \.proto file: {3}required/,
  );
  t.end();
});
