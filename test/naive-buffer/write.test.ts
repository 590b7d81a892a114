import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { readNaiveBuffer, writeNaiveBuffer } from '../../src/naive-buffer/index.js';
import { type Attribute, AttributeType, type Parameters, type Program, VarKind } from '../../src/paddle/index.js';
import { programOf } from '../support/programs.js';

const A = AttributeType;
const OPTIONS = { optVersion: 'v2.13-rc' };
/** The bytes of the header behind the version's end are whatever was in memory when `opt` ran. */
const COMPARED_FROM = 18;

function written(program: Program, parameters: Parameters = new Map()): Buffer {
  return Buffer.concat([...writeNaiveBuffer(program, parameters, OPTIONS)]);
}

t.test('files of the real opt, read and written again, are the same byte for byte', (t) => {
  const golden = join(packageRoot, 'test', 'golden');
  const zoo = readdirSync(join(golden, 'models'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.nb'))
    .map((file) => join('models', file));
  for (const file of [...zoo, join('nb', 'ppocrv3-cls.int8.nb')]) {
    const original = readFileSync(join(golden, file));
    const { program, parameters } = readNaiveBuffer(original);
    const again = written(program, parameters);
    t.ok(again.subarray(COMPARED_FROM).equals(original.subarray(COMPARED_FROM)), file);
    t.equal(again.subarray(2, COMPARED_FROM).toString('latin1'), 'v2.13-rc'.padEnd(16, '\0'));
  }
  t.ok(zoo.length >= 84, `${zoo.length} files`);
  t.end();
});

const ATTRIBUTES: readonly Attribute[] = [
  { name: 'int', type: A.INT, i: -7 },
  { name: 'float', type: A.FLOAT, f: 0.5 },
  { name: 'string', type: A.STRING, s: Buffer.from([0, 255, 1]) },
  { name: 'ints', type: A.INTS, ints: [1, -2, 2 ** 31 - 1] },
  { name: 'floats', type: A.FLOATS, floats: [1.5, -0.25] },
  { name: 'strings', type: A.STRINGS, strings: [Buffer.from('Größe'), Buffer.from('')] },
  { name: 'boolean', type: A.BOOLEAN, b: true },
  { name: 'booleans', type: A.BOOLEANS, bools: [true, false, true] },
  { name: 'block', type: A.BLOCK, block_idx: 1 },
  { name: 'long', type: A.LONG, l: 2 ** 40 },
  { name: 'blocks', type: A.BLOCKS, blocks_idx: [1, 2] },
  { name: 'longs', type: A.LONGS, longs: [-1, 2 ** 40] },
  { name: 'float64s', type: A.FLOAT64S, float64s: [Math.PI] },
  { name: 'float64', type: A.FLOAT64, float64: Math.E },
  { name: 'empty list', type: A.INTS, ints: [] },
  { name: 'zero', type: A.FLOAT, f: 0 },
];

const comparable = (attribute: Attribute): unknown =>
  attribute.s ? { ...attribute, s: Buffer.from(attribute.s) } : attribute;

const reordered = (attrs: readonly Attribute[]): Attribute[] =>
  [...attrs].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));

t.test('attributes of every type come back, in the order the loader searches', (t) => {
  const program = programOf({ x: { dims: [-1, 3] } }, [{ type: 'relu', inputs: { X: ['x'] }, outputs: {} }], ['x']);
  const names = ['é', 'Z', 'a', 'a/b', 'a.b'].map((name, i) => ({ name, type: A.INT, i }));
  const relu = program.blocks[0]!.ops[1]!;
  relu.attrs = [...ATTRIBUTES, ...names];
  relu.inputs = [
    { parameter: 'Y', arguments: [] },
    { parameter: 'X', arguments: ['x', 'y'] },
  ];
  const back = readNaiveBuffer(written(program)).program.blocks[0]!;
  t.strictSame(back.ops[1]!.attrs.map(comparable), reordered(relu.attrs).map(comparable));
  t.strictSame(
    back.ops[1]!.inputs.map(({ parameter }) => parameter),
    ['X', 'Y'],
  );
  t.strictSame(
    back.vars.map(({ name }) => name),
    program.blocks[0]!.vars.map(({ name }) => name),
    'variables keep their order',
  );
  t.strictSame(back.vars.find(({ name }) => name === 'x')!.type!.lod_tensor!.tensor, {
    data_type: VarKind.FP32,
    dims: [-1, 3],
  });
  t.end();
});

t.test('what the format has no place for is refused by name', (t) => {
  const program = programOf({ x: { dims: [1] } }, [{ type: 'relu', inputs: { X: ['x'] }, outputs: {} }], ['x']);
  program.blocks[0]!.ops[1]!.attrs = [{ name: 'value', type: A.SCALAR }];
  t.throws(() => written(program), { code: 'E_OP', message: /relu: .* 'value' of type 16/ });
  t.end();
});

t.test('long data are passed on, not copied, and equal models give equal bytes', (t) => {
  const data = Float32Array.from({ length: 40_000 }, (_, i) => i);
  const program = programOf({ x: { dims: [1] }, w: { dims: [40_000], data }, b: { dims: [1], data: [1] } }, [], ['x']);
  const record = { dataType: VarKind.FP32, dims: [40_000], data: new Uint8Array(data.buffer) };
  const bias = { dataType: VarKind.FP32, dims: [1], data: new Uint8Array(4) };
  const parameters = new Map([
    ['w', record],
    ['unused', record],
    ['b', bias],
  ]);
  const pieces = [...writeNaiveBuffer(program, parameters, OPTIONS)];
  t.equal(pieces.filter((piece) => piece === record.data).length, 1);
  const back = readNaiveBuffer(Buffer.concat(pieces)).parameters;
  t.strictSame([...back.keys()], ['b', 'w'], 'what the program declares, by name');
  t.ok(Buffer.from(record.data).equals(back.get('w')!.data));
  t.ok(written(program, parameters).equals(Buffer.concat(pieces)));
  t.end();
});
