import t from 'tap';
import { quantize } from '../../src/ops/quantize.js';

function quantized(scale: number, ...values: number[]): number[] {
  const x = { type: { dtype: 'f32' as const, shape: [values.length] }, data: Float32Array.from(values) };
  const [q] = quantize.evaluate([x], { scale });
  return [...(q!.data as Int8Array)];
}

t.test('halves are rounded away from zero', async (t) => {
  t.same(quantized(1, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5), [1, 2, 3, -1, -2, -3]);
  t.same(quantized(1, Math.fround(0.49999997), Math.fround(-0.49999997)), [0, 0]);
});

t.test('±127 is the limit on both sides, NaN is 0', async (t) => {
  t.same(quantized(0.5, 63.4, 64, 1e38, Infinity, -63.4, -64, -Infinity, Number.NaN), [
    ...[127, 127, 127, 127, -127, -127, -127, 0],
  ]);
});

t.test('values are multiplied by the reciprocal in fp32, as Paddle-Lite does', async (t) => {
  const [scale, x] = [0.00008100000559352338, 0.001417500083334744];
  t.ok(x / scale < 17.5);
  t.same(quantized(scale, x), [18]);
});

t.test('impossible scales are refused', async (t) => {
  const x = { dtype: 'f32' as const, shape: [2] };
  for (const scale of [0, -1, Number.NaN, Infinity, 1e-45, 1e300]) {
    t.throws(() => quantize.infer([x], { scale }), { code: 'E_SHAPE' }, `${scale}`);
  }
  t.throws(() => quantize.infer([{ dtype: 'i32', shape: [2] }], { scale: 1 }), { code: 'E_OP' });
});
