import t from 'tap';
import type { DType } from '../../src/ir/tensor.js';
import { GraphBuilder } from '../../src/ops/builder.js';
import { refuses } from '../support/refusals.js';

const type = (dtype: DType, ...shape: number[]) => ({ dtype, shape });

t.test('no tensor has a shape that is impossible, or more than 2^28 elements', async (t) => {
  const make =
    (...shape: number[]) =>
    () =>
      new GraphBuilder('g').input('x', type('f32', ...shape));
  t.equal(make(2 ** 28)(), 'x');
  t.equal(make(2 ** 30, 0)(), 'x');
  for (const shape of [[-1, -1], [1.5], [Number.NaN], [Infinity], [2 ** 53]]) {
    await refuses(t, make(...shape), 'E_SHAPE', `'x' would have the shape [${shape}], which is impossible`);
  }
  for (const shape of [[2 ** 28 + 1], [2 ** 14, 2 ** 15], new Array<number>(40).fill(2 ** 30)]) {
    await refuses(t, make(...shape), 'E_SHAPE', 'more than 2^28 elements');
  }
});

t.test('all constants together fit into a program file', async (t) => {
  const builder = new GraphBuilder('g');
  // Only the types are looked at: a view of 1 GiB takes no memory here.
  const data = new Float32Array();
  builder.constant('a', { type: type('f32', 2 ** 28 - 1), data });
  builder.constant('b', { type: type('f32', 2 ** 28), data });
  await refuses(t, () => builder.constant('c', { type: type('f32', 1), data }), 'E_MODEL', "'c'", 'more than 2 GiB');
});

t.test('integer ops on constants are computed at once, unless they are large', async (t) => {
  const builder = new GraphBuilder('g');
  builder.constant('i', { type: type('i64', 1), data: BigInt64Array.of(3n) });
  const tiled = (count: number) => {
    builder.add('tile', { inputs: ['i'], outputs: [`t${count}`], attributes: { repeats: [count] } });
    return builder.constantOf(`t${count}`)?.data.length;
  };
  t.equal(tiled(2 ** 20), 2 ** 20);
  t.equal(tiled(2 ** 20 + 1), undefined);
  await refuses(t, () => tiled(2 ** 29), 'E_SHAPE', 'more than 2^28 elements');
});

t.test('names are made once and before use', async (t) => {
  const builder = new GraphBuilder('g');
  builder.input('x', type('f32', 1));
  await refuses(t, () => builder.input('x', type('f32', 1)), 'E_MODEL', "'x' is made twice");
  await refuses(
    t,
    () => builder.add('identity', { inputs: ['y'], attributes: {} }),
    'E_MODEL',
    'before anything makes it',
  );
});
