import t from 'tap';
import { throughInt8 } from '../../src/ops/dynamic-int8.js';
import { lcgFloats } from '../support/lcg.js';

function through(...values: number[]): number[] {
  return [
    ...(throughInt8({ type: { dtype: 'f32', shape: [values.length] }, data: Float32Array.from(values) })
      .data as Float32Array),
  ];
}

t.test('values come back within half a step, 0 exactly', (t) => {
  for (const offset of [0, 0.9, -3]) {
    const values = [0, ...lcgFloats(1000, 3)].map((x, i) => (i === 0 ? 0 : x + offset));
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const back = through(...values);
    const worst = Math.max(...values.map((value, i) => Math.abs(value - back[i]!)));
    // The zero point is rounded, too, so that one end of the range may lose up to a whole step.
    t.ok(worst <= ((high - low) / 255) * 1.001, `offset ${offset}: ${worst}`);
    t.equal(back[0], 0);
  }
  t.end();
});

t.test('the range always holds 0, and an empty range does no harm', (t) => {
  t.strictSame(through(5, 5), [5, 5]);
  t.strictSame(through(-255, 0), [-255, 0]);
  t.strictSame(through(0, 0), [0, 0]);
  t.end();
});
