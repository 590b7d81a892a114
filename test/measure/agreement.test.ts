import t from 'tap';
import { agreement, argMax } from '../../src/measure/agreement.js';

t.test('equal tensors agree fully', (t) => {
  t.match(agreement([1, -2, 3], [1, -2, 3], 3), { maxDifference: 0, relative: 0, sameTop1: 1 });
  t.ok(Math.abs(agreement([1, -2, 3], [1, -2, 3], 3).cosine - 1) < 1e-12);
  t.same(agreement([0, 0], [0, 0], 2), { maxDifference: 0, relative: 0, rms: 0, cosine: 1, sameTop1: 1 });
  t.end();
});

t.test('differences are relative to the largest value of the reference', (t) => {
  const result = agreement([1, 2.5, -4], [1, 2, -4], 3);
  t.equal(result.maxDifference, 0.5);
  t.equal(result.relative, 0.125);
  t.equal(agreement([0.5], [0], 1).relative, 0.5, 'of a reference of zeros: the difference itself');
  t.equal(agreement([1, 0], [0, 1], 2).cosine, 0);
  t.equal(agreement([-1, -1], [1, 1], 2).cosine.toFixed(6), '-1.000000');
  t.end();
});

t.test('the top class is compared row by row', (t) => {
  t.equal(agreement([1, 2, 4, 3], [1, 2, 3, 4], 2).sameTop1, 0.5);
  t.equal(agreement([1, 2, 3, 4], [1, 2, 3, 4], 4).sameTop1, 1);
  t.equal(argMax([0, 5, 5, 9], 0, 3), 1, 'the first of equal ones');
  t.equal(argMax([9, 1, 2], 1, 2), 1, 'counted from the start');
  t.end();
});

t.test('what is not finite never agrees, wherever it stands', (t) => {
  const good = [1, 2, 3, 4];
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    for (let at = 0; at < good.length; at++) {
      const broken = good.with(at, bad);
      for (const [what, actual, reference] of [
        ['output', broken, good],
        ['reference', good, broken],
        ['both', broken, broken],
      ] as const) {
        const { relative, maxDifference } = agreement(actual, reference, 2);
        t.notOk(relative <= 1, `${bad} in the ${what} at ${at}: relative is ${relative}`);
        t.notOk(maxDifference <= 1e9, `${bad} in the ${what} at ${at}: the difference is ${maxDifference}`);
      }
    }
  }
  t.equal(agreement([Number.NaN, 0], [1, 0], 2).sameTop1, 0, 'NaN has no top class');
  t.end();
});

t.test('another number of values never agrees', (t) => {
  t.notOk(agreement([1, 2], [1, 2, 3], 3).relative <= 1, 'too few');
  t.notOk(agreement([1, 2, 3, 4], [1, 2, 3], 3).relative <= 1, 'too many');
  t.end();
});
