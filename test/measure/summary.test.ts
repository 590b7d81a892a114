import t from 'tap';
import { medianInterval, medianOf, quantile, summarize } from '../../src/measure/summary.js';
import { lcg } from '../support/lcg.js';

/** 0, 1 … n − 1: the interval's ends are then the ranks that were chosen. */
const ranks = (n: number) => Array.from({ length: n }, (_, i) => i);

/** Exact probability, in parts of 10⁹, that the order statistics `rank` and n − 1 − `rank` hold the median. */
function coverage(n: number, rank: number): number {
  let [term, tail] = [1n, 0n];
  for (let i = 0; i <= rank; i++) {
    tail += term;
    term = (term * BigInt(n - i)) / BigInt(i + 1);
  }
  return 1e9 - Number((2n * tail * 10n ** 9n) / 2n ** BigInt(n));
}

t.test('the interval of the median covers 95 % by the binomial, and no narrower one does', (t) => {
  for (const n of [...ranks(200).slice(6), 500, 999, 1000]) {
    const [low, high] = medianInterval(ranks(n));
    t.equal(low + high, n - 1, `${n}: symmetric`);
    t.ok(coverage(n, low) >= 0.95e9, `${n}: ${coverage(n, low)}`);
    t.ok(coverage(n, low + 1) < 0.95e9, `${n}: no narrower`);
  }
  for (const n of [1001, 1002, 1500, 2047, 5000, 10_000]) {
    const [low] = medianInterval(ranks(n));
    t.ok(coverage(n, low) >= 0.95e9, `${n}: ${coverage(n, low)}`);
    t.ok(coverage(n, low + 2) < 0.95e9, `${n}: one rank from the narrowest at most`);
  }
  for (const n of [1, 2, 3, 4, 5]) t.same(medianInterval(ranks(n)), [0, n - 1], `${n}: the extremes`);
  t.end();
});

t.test('the interval holds the true median as often as the binomial says, whatever the distribution', (t) => {
  const next = lcg(3);
  const trials = 4000;
  for (const n of [6, 10, 25, 60]) {
    let held = 0;
    for (let trial = 0; trial < trials; trial++) {
      // Exponential: skewed, with median ln 2.
      const samples = Array.from({ length: n }, () => -Math.log((1 - next()) / 2));
      const [low, high] = medianInterval(samples.toSorted((a, b) => a - b));
      if (low <= Math.LN2 && Math.LN2 <= high) held++;
    }
    const expected = coverage(n, medianInterval(ranks(n))[0]) / 1e9;
    const deviation = Math.sqrt((expected * (1 - expected)) / trials);
    t.ok(Math.abs(held / trials - expected) <= 4 * deviation, `${n} samples: ${held / trials} of ${expected}`);
  }
  t.end();
});

t.test('order statistics', (t) => {
  t.equal(medianOf([3]), 3);
  t.equal(medianOf([4, 1, 3, 2]), 2.5);
  t.equal(medianOf([5, 1, 3]), 3);
  const hundred = ranks(100).map((i) => i + 1);
  t.equal(quantile(hundred, 0.95), 95);
  t.equal(quantile(hundred, 0.99), 99);
  t.equal(quantile(hundred, 0), 1);
  t.equal(quantile(hundred, 1), 100);
  t.equal(quantile([7], 0.5), 7);
  t.end();
});

t.test('a summary keeps the samples and their order as they are', (t) => {
  const samples = [30, 10, 20];
  t.match(summarize(samples), { runs: 3, median: 20, low: 10, high: 30, min: 10, max: 30 });
  t.same(samples, [30, 10, 20]);
  t.throws(() => summarize([]), RangeError);
  t.end();
});

t.test('p99 only from 100 samples on', (t) => {
  t.notOk('p99' in summarize(ranks(99)));
  t.equal(summarize(ranks(100)).p99, 98);
  t.end();
});

t.test('outliers are counted, and stay in every figure', (t) => {
  const samples = [...Array.from({ length: 99 }, (_, i) => 1000 + (i % 5)), 9000];
  t.match(summarize(samples), { runs: 100, outliers: 1, max: 9000 });
  t.equal(summarize(Array.from({ length: 20 }, () => 5)).outliers, 0);
  t.end();
});

t.test('the verdict: stable, noisy, drifting', (t) => {
  const level = (n: number, spread: number) => Array.from({ length: n }, (_, i) => 1000 + spread * ((i * 7) % 11));
  t.equal(summarize(level(50, 1)).verdict, 'stable');
  t.equal(summarize(level(50, 30)).verdict, 'noisy');
  t.equal(summarize([1000, 1000, 1000, 1000, 1000]).verdict, 'noisy', 'five samples prove nothing');
  const slower = ranks(60).map((i) => (i < 40 ? 1000 : 1050));
  t.match(summarize(slower), { verdict: 'drifting' });
  t.ok(Math.abs(summarize(slower).drift - 0.05) < 1e-9);
  t.match(summarize(slower.toReversed()), { verdict: 'drifting' });
  t.equal(summarize([0, 0, 0, 0, 0, 0]).drift, 0, 'a clock that stands still');
  t.end();
});
