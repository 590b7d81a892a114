import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { compile } from '../../src/compile.js';
import {
  AttributeType,
  importProgram,
  joinParameters,
  readProgram,
  splitParameters,
  VarKind,
} from '../../src/paddle/index.js';
import { GOLDEN } from '../support/models.js';
import {
  float,
  floats,
  importing,
  int,
  ints,
  long,
  op,
  type TestOp,
  type TestVariable,
  text,
} from '../support/programs.js';
import { refuses } from '../support/refusals.js';

const OPTIONS = { architecture: 'aarch64', path: 'neon', precision: 'fp32', l2: 512 * 1024 } as const;

/** A program that makes y from x. */
const x = (...dims: number[]): Record<string, TestVariable> => ({ x: { dims } });
const from =
  (type: string, slot = 'X', out = 'Out') =>
  (attributes: TestOp['attributes']) =>
    op(type, { [slot]: ['x'] }, { [out]: ['y'] }, attributes);
const refusing = (message: string | RegExp, work: () => unknown) => ({ message, work });

t.test('NaN and infinity: every such weight is named, with how many and where, in each precision', async (t) => {
  const bytes = readFileSync(join(GOLDEN, 'fashion-lenet-1.8/combined/__params__'));
  const program = readProgram(readFileSync(join(GOLDEN, 'fashion-lenet-1.8/combined/__model__')));
  const parameters = splitParameters(program, new Uint8Array(bytes));
  const damage = (name: string, values: Record<number, number>) => {
    const { data } = parameters.get(name)!;
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    for (const [index, value] of Object.entries(values)) view.setFloat32(4 * Number(index), value, true);
  };
  damage('conv2d_1.w_0', { 17: Number.NaN, 18: Number.POSITIVE_INFINITY, 40: Number.NaN });
  damage('fc_1.b_0', { 2: Number.NEGATIVE_INFINITY });
  const damaged = splitParameters(program, joinParameters(parameters));
  const error = await refuses(
    t,
    () => importProgram('lenet', program, damaged),
    'E_WEIGHTS',
    /'conv2d_1\.w_0' holds NaN \(element 17; 3 of \d+ values are not finite\)/,
    /'fc_1\.b_0' holds -Infinity \(element 2; 1 of 10 values is not finite\)/,
  );
  t.match(error.hint, /diverged/);
  t.strictSame(error.details, { parameters: ['conv2d_1.w_0', 'fc_1.b_0'] });
});

t.test('a weight that nothing reads may hold anything', async (t) => {
  const variables = { ...x(2), unused: { dims: [1], data: [Number.NaN] } };
  t.ok(importing(variables, [from('relu')({})])());
});

t.test('values of another type than an op computes with', async (t) => {
  const weights: TestVariable = { dims: [1, 1, 1, 1], data: [1] };
  const conv = (types: { x?: number; w?: number; b?: number }) =>
    importing(
      {
        x: { dims: [1, 1, 2, 2], dataType: types.x },
        w: { ...weights, dataType: types.w },
        b: { dims: [1], data: [1], dataType: types.b },
      } as Record<string, TestVariable>,
      [op('conv2d', { Input: ['x'], Filter: ['w'], Bias: ['b'] }, { Output: ['y'] })],
    );
  t.ok(conv({})());
  await refuses(t, conv({ x: VarKind.UINT8 }), 'E_OP', /computes in f32, not u8/);
  await refuses(t, conv({ x: VarKind.INT64 }), 'E_OP', /computes in f32, not i64/);
  await refuses(t, conv({ w: VarKind.INT32 }), 'E_OP', "has weights of the element type i32 in 'Filter'");
  await refuses(t, conv({ w: VarKind.FP64 }), 'E_OP', "has weights of the element type f64 in 'Filter'");
  await refuses(t, conv({ b: VarKind.INT32 }), 'E_OP', /computes in f32, not i32/);
  const whole = { x: { dims: [1, 2, 2, 2], dataType: VarKind.INT32 } };
  for (const one of [
    from('softmax')({}),
    from('relu')({}),
    from('pool2d')({ ksize: ints(1, 1), pooling_type: text('max') }),
    from('nearest_interp')({ out_h: int(4), out_w: int(4) }),
    from('layer_norm', 'X', 'Y')({}),
    from('reduce_sum')({}),
    from('arg_max')({ axis: long(0) }),
    from('pad2d')({ paddings: ints(1, 1, 1, 1) }),
    op('prelu', { X: ['x'], Alpha: ['x'] }, { Out: ['y'] }),
    op('matmul', { X: ['x'], Y: ['x'] }, { Out: ['y'] }),
  ]) {
    const error = await refuses(t, importing(whole, [one]), 'E_OP', /i32/);
    t.ok(error.message.startsWith(`${one.type} (op 1`), 'Paddle’s op is named');
  }
});

t.test('a few bytes of a program do not make a large constant', async (t) => {
  const filled = (dims: number[], type: number = VarKind.FP32) =>
    importing({}, [
      op('fill_constant', {}, { Out: ['y'] }, { shape: ints(...dims), dtype: int(type), value: float(1) }),
    ]);
  const before = process.memoryUsage().arrayBuffers;
  for (const dims of [
    [2 ** 24 + 1],
    [2 ** 31 - 1],
    [65536, 65536],
    [2 ** 30, 2 ** 30, 2 ** 30],
    [-1, -1],
    [-(2 ** 31)],
  ]) {
    await refuses(t, filled(dims), 'E_OP', /fill_constant .*(larger than 64 MiB|impossible shape)/);
  }
  await refuses(t, filled([2 ** 23 + 1], VarKind.INT64), 'E_OP', 'larger than 64 MiB');
  const one: Record<string, TestVariable> = { one: { dims: [1], dataType: VarKind.INT64, data: [7] } };
  const repeated = (times: number) =>
    importing(one, [op('tile', { X: ['one'] }, { Out: ['y'] }, { repeat_times: ints(times) })]);
  await refuses(t, repeated(2 ** 31 - 1), 'E_SHAPE', 'more than 2^28 elements');
  t.equal(repeated(2 ** 28)().nodes[0]!.op, 'tile', 'left to the program, not computed');
  t.equal(repeated(1000)().constants.get('y')!.data.length, 1000, 'shape arithmetic is');
  t.ok(process.memoryUsage().arrayBuffers - before < 2 ** 20, 'nothing large was allocated');
});

t.test('impossible attributes', async (t) => {
  const ids = { ...x(2, 3), i: { dims: [1], dataType: VarKind.INT64, data: [1] } } as Record<string, TestVariable>;
  const cases = [
    refusing('impossible', importing(x(2, 3), [from('reshape2')({ shape: ints(-2, -3) })])),
    refusing('cannot give', importing(x(2, 3), [from('reshape2')({ shape: ints(-1, -1) })])),
    refusing('cannot give', importing(x(2, 3), [from('reshape2')({ shape: ints(2 ** 31 - 1, -1) })])),
    refusing(
      'cuts an axis twice',
      importing(x(4), [from('slice', 'Input')({ axes: ints(0, 0), starts: ints(1, 1), ends: ints(3, 3) })]),
    ),
    refusing('parts for 1 outputs', importing(x(2 ** 28), [from('split')({ num: int(2 ** 28), axis: int(0) })])),
    refusing(
      'outside rank',
      importing(x(2), [from('fill_constant_batch_size_like', 'Input')({ shape: ints(1), output_dim_idx: int(5) })]),
    ),
    refusing(
      'outside rank',
      importing(x(2), [from('fill_constant_batch_size_like', 'Input')({ shape: ints(1), input_dim_idx: int(5) })]),
    ),
    refusing(
      'no integer',
      importing({}, [
        op('assign_value', {}, { Out: ['y'] }, { shape: ints(1), dtype: int(3), int64_values: floats(1.5) }),
      ]),
    ),
    refusing(
      'no integer',
      importing({}, [
        op('assign_value', {}, { Out: ['y'] }, { shape: ints(1), dtype: int(3), values: floats(Infinity) }),
      ]),
    ),
    refusing(
      'no integer',
      importing({}, [
        op('fill_constant', {}, { Out: ['y'] }, { shape: ints(1), dtype: int(3), value: float(Infinity) }),
      ]),
    ),
    refusing(
      'which is no number',
      importing({}, [op('fill_constant', {}, { Out: ['y'] }, { shape: ints(1), str_value: text('x') })]),
    ),
    refusing('outside rank', importing(x(2, 3), [from('softmax')({ axis: int(2) })])),
    refusing(
      "'strides'",
      importing({ x: { dims: [1, 1, 2, 2] }, w: { dims: [1, 1, 1, 1], data: [1] } }, [
        op('conv2d', { Input: ['x'], Filter: ['w'] }, { Output: ['y'] }, { strides: ints(0, 1) }),
      ]),
    ),
    refusing('is not an integer', importing(x(2, 3), [from('softmax')({ axis: float(0.5) })])),
    refusing(
      'is not a string',
      importing(x(1, 1, 2, 2), [from('pool2d')({ pooling_type: int(1), ksize: ints(1, 1) })]),
    ),
    refusing("no attribute 'ksize'", importing(x(1, 1, 2, 2), [from('pool2d')({ pooling_type: text('max') })])),
    refusing("no input 'X'", importing(x(2), [op('relu', { Y: ['x'] }, { Out: ['y'] })])),
    refusing("no output 'Out'", importing(x(2), [op('relu', { X: ['x'] }, { Y: ['y'] })])),
    refusing(
      'integers',
      importing({ ...ids, i: { dims: [1], data: [0.5] } }, [
        op('reshape2', { X: ['x'], Shape: ['i'] }, { Out: ['y'] }),
      ]),
    ),
    refusing('at compile time', importing(x(2), [op('reshape2', { X: ['x'], Shape: ['x'] }, { Out: ['y'] })])),
  ];
  for (const { message, work } of cases) {
    const code = message === 'impossible' ? 'E_SHAPE' : 'E_OP';
    await refuses(t, work, code, message);
  }
});

t.test('sizes beyond the 32 bits of a record', async (t) => {
  const longs = (...values: number[]) => ({ type: AttributeType.LONGS, longs: values });
  const conv = (attributes: TestOp['attributes']) =>
    importing({ x: { dims: [1, 1, 2, 2] }, w: { dims: [1, 1, 1, 1], data: [1] } }, [
      op('conv2d', { Input: ['x'], Filter: ['w'] }, { Output: ['y'] }, attributes),
    ]);
  const far = { strides: ints(2 ** 31 - 1, 2 ** 31 - 1) };
  t.ok(compile(conv(far)(), OPTIONS).program.length > 0, 'the largest');
  await refuses(t, conv({ strides: longs(2 ** 31, 1) }), 'E_OP', "in 'strides', not [2147483648,1]");
  await refuses(t, conv({ dilations: longs(1, 2 ** 40) }), 'E_OP', "in 'dilations'");
  await refuses(t, conv({ ...far, paddings: longs(2 ** 32, 0) }), 'E_OP', 'unusable padding [4294967296,0]');
  const padded = importing(x(1, 1, 2, 2), [from('pad2d')({ paddings: ints(2 ** 31 - 1, 2 ** 31 - 1, 0, 0) })]);
  await refuses(t, padded, 'E_SHAPE', 'more than 2^28 elements');
});

t.test('an op may write a variable again, also its own input', async (t) => {
  const graph = importing(x(2), [from('relu')({}), op('tanh', { X: ['y'] }, { Out: ['y'] })])();
  t.strictSame(
    graph.nodes.map(({ op: name }) => name),
    ['unary', 'unary'],
  );
  t.equal(graph.outputs[0], graph.nodes[1]!.outputs[0]);
});
