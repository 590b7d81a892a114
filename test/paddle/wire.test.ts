import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { readProgram, writeProgram } from '../../src/paddle/index.js';
import { readModel } from '../../src/paddle/read.js';
import { GOLDEN } from '../support/models.js';
import { op, programOf } from '../support/programs.js';
import { refuses } from '../support/refusals.js';

const golden = join(packageRoot, 'test/golden');
const programs = readdirSync(golden, { recursive: true, encoding: 'utf8' })
  .filter((file) => /(__model__|\.pdmodel)$/.test(file))
  .map((file) => join(golden, file));

t.test('every program is written again byte for byte', async (t) => {
  t.ok(programs.length > 120, `${programs.length} programs`);
  for (const file of programs) {
    const bytes = readFileSync(file);
    t.ok(bytes.equals(writeProgram(readProgram(bytes))), file);
  }
});

t.test('fields of later versions of Paddle survive', async (t) => {
  const bytes = Buffer.concat([
    writeProgram(programOf({ x: { dims: [1] } }, [op('relu', { X: ['x'] }, { Out: ['y'] })], ['y'])),
    Buffer.from('da3e03616263', 'hex'), // field 1003, a string
  ]);
  t.ok(bytes.equals(writeProgram(readProgram(bytes))));
});

t.test('messages may be absent where Paddle always writes them', async (t) => {
  // One block with a variable that has only a name, and one whose type has nothing in it.
  const bytes = Buffer.from('0a0d' + '1a03' + '0a0178' + '1a06' + '0a0179' + '120018', 'hex');
  await refuses(t, () => readProgram(bytes), 'E_MODEL', /at byte/);
  const whole = Buffer.from('0a0c' + '1a03' + '0a0178' + '1a05' + '0a0179' + '1200', 'hex');
  const [x, y] = readProgram(whole).blocks[0]!.vars;
  t.equal(x!.type, null);
  t.equal(y!.type!.lod_tensor, null);
});

t.test('what is no program is named, with the byte that says so', async (t) => {
  const cases: [string, string | Buffer, RegExp][] = [
    ['empty', '', /^m\.pdmodel is empty: expected a Paddle program/],
    ['text', 'Not a model\n', /^m\.pdmodel is not a Paddle program, or it is damaged: no Program message at byte \d+/],
    ['zeros', Buffer.alloc(64), /no Program message at byte/],
    ['ones', Buffer.alloc(64, 0xff), /no Program message at byte/],
    ['a length beyond the end', Buffer.from('0affffffff07', 'hex'), /at byte 6 \(index out of range/],
    ['a varint without end', Buffer.alloc(20, 0x80), /at byte/],
    ['a block of the wrong wire type', Buffer.from('0d01020304', 'hex'), /it has no block/],
    ['groups in groups', Buffer.alloc(100_000, 0x0b), /no Program message/],
    ['nothing but a version', Buffer.from('22020801', 'hex'), /holds no Paddle program: it has no block/],
    [
      'a parameter file',
      readFileSync(join(GOLDEN, 'fashion-mobilenet-2.6/inference.pdiparams')),
      /no Program message at byte/,
    ],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), /at byte/],
    ['other JSON', '{"name":"edge-deploy"}', /^m\.pdmodel is no Paddle 3 program, or it is damaged \(base_code/],
    ['half of JSON', '{"base_code":{"magic":"pir"', /^m\.pdmodel is no Paddle 3 program, or it is damaged \(.*JSON/],
  ];
  for (const [what, bytes, message] of cases) {
    t.comment(what);
    await refuses(t, () => readProgram(Buffer.from(bytes), 'm.pdmodel'), 'E_MODEL', message);
  }
});

t.test('a program that cannot be read is an error of ours', async (t) => {
  const program = join(t.testdir({ 'm.pdmodel': {} }), 'm.pdmodel');
  const source = { name: 'm', program, parameters: { kind: 'combined', file: 'none' } } as const;
  await refuses(t, () => readModel(source), 'E_MODEL_NOT_FOUND', `the program ${program} cannot be read: EISDIR`);
});
