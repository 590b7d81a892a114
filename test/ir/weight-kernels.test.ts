import t from 'tap';
import { type Channels, channelsAlong, columnsFrom, oneChannel } from '../../src/ir/channels.js';
import { type Rounding, weightKernels } from '../../src/ir/weight-kernels.js';
import { lcgFloats } from '../support/lcg.js';

/** The channel of element i, by the definition in channels.ts. */
function channelOf(i: number, { inner, period, slicesPerGroup }: Channels): number {
  const slice = Math.floor(i / inner);
  return Math.floor(slice / slicesPerGroup) * period + (slice % period);
}

const LAYOUTS: readonly [string, number, Channels][] = [
  ['one channel', 70_001, oneChannel([70_001])],
  ['rows', 37 * 1021, channelsAlong([37, 1021], 0)],
  ['rows of 9', 700 * 9, channelsAlong([700, 1, 3, 3], 0)],
  ['columns', 1021 * 37, channelsAlong([1021, 37], 1)],
  ['rows that are longer than what fits', 3 * 80_000, channelsAlong([3, 80_000], 0)],
  ['more columns than fit', 2 * 70_000, columnsFrom([2, 70_000], 1)],
  ['more rows than fit', 70_000 * 2, channelsAlong([70_000, 2], 0)],
  ['groups', 4 * 6 * 5, channelsAlong([4, 6, 5], 1, 2)],
];

const ROUNDINGS: readonly Rounding[] = ([8, 16] as const).flatMap((bits) =>
  (['even', 'away'] as const).flatMap((ties) => [
    { bits, ties, limit: Infinity },
    { bits, ties, limit: Math.fround(0.4) },
  ]),
);

function roundEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

function reference(weight: number, scale: number, { bits, ties, limit }: Rounding): number {
  if (scale === 0) return 0;
  const quotient = Math.fround(Math.min(Math.max(weight, -limit), limit) / scale);
  const range = 2 ** (bits - 1) - 1;
  if (ties === 'even') return roundEven(quotient);
  return Math.sign(quotient) * Math.min(range, Math.floor(Math.abs(quotient) + 0.5));
}

t.test('as the formulas say, for every layout, whole and in pieces', async (t) => {
  for (const [name, count, channels] of LAYOUTS) {
    const values = lcgFloats(count, count);
    // Halves, zeros and signs of zero among them.
    for (let i = 0; i < count; i += 11) values[i] = ((i % 7) - 3) / 64;
    values[1] = -0;
    const factors = lcgFloats(channels.count, 3);
    for (const pieces of [1, 3]) {
      const length = Math.ceil(count / pieces);
      const starts = Array.from({ length: pieces }, (_, i) => i * length);
      const piece = (start: number) => values.subarray(start, start + length);
      for (const factor of [undefined, factors]) {
        const product = (i: number) =>
          factor === undefined ? values[i]! : Math.fround(values[i]! * factor[channelOf(i, channels)]!);
        const maxima = new Float32Array(channels.count);
        for (const start of starts) weightKernels().maxima(piece(start), start, channels, maxima, factor);
        const expected = new Float32Array(channels.count);
        for (let i = 0; i < count; i++) {
          const channel = channelOf(i, channels);
          expected[channel] = Math.max(expected[channel]!, Math.abs(product(i)));
        }
        t.ok(Buffer.from(maxima.buffer).equals(Buffer.from(expected.buffer)), `${name}: maxima in ${pieces}`);
        for (const rounding of ROUNDINGS) {
          const range = 2 ** (rounding.bits - 1) - 1;
          const scales = maxima.map((maximum, channel) => (channel % 5 === 4 ? 0 : maximum / range));
          const integers = rounding.bits === 8 ? new Int8Array(count) : new Int16Array(count);
          for (const start of starts) {
            const into = integers.subarray(start, start + length);
            weightKernels().quantize(piece(start), start, channels, scales, rounding, into, factor);
          }
          const wrong = integers.findIndex(
            (q, i) => q !== (reference(product(i), scales[channelOf(i, channels)]!, rounding) | 0),
          );
          t.equal(wrong, -1, `${name}: ${JSON.stringify(rounding)} in ${pieces}, the first wrong one is at ${wrong}`);
        }
      }
    }
  }
});

t.test('products', async (t) => {
  for (const [name, count, channels] of LAYOUTS) {
    const values = lcgFloats(count, 1);
    const factors = lcgFloats(channels.count, 2);
    const into = new Float32Array(count);
    weightKernels().multiply(values, 0, channels, factors, into);
    const expected = values.map((value, i) => value * factors[channelOf(i, channels)]!);
    t.ok(Buffer.from(into.buffer).equals(Buffer.from(expected.buffer)), name);
  }
});

t.test('errors', async (t) => {
  for (const [name, count, channels] of LAYOUTS) {
    const values = lcgFloats(count, 5);
    const exact = Float64Array.from({ length: channels.count }, (_, i) => (i + 1) / 12_700);
    const integers = Int8Array.from({ length: count }, (_, i) => (i % 255) - 127);
    let [max, sum] = [0, 0];
    for (let i = 0; i < count; i++) {
      const error = Math.abs(values[i]! - Math.fround(integers[i]! * exact[channelOf(i, channels)]!));
      max = Math.max(max, error);
      sum += error * error;
    }
    const found = weightKernels().measure(values, integers, 0, channels, exact);
    t.equal(found.max, max, `${name}: the largest`);
    t.ok(Math.abs(found.sum - sum) <= sum * 1e-12, `${name}: ${found.sum}, by the definition ${sum}`);
  }
});

t.test('NaN is the largest of all, then infinity', async (t) => {
  for (const shape of [
    [4, 8],
    [8, 4],
  ] as const) {
    for (const axis of [0, 1]) {
      const maxima = new Float32Array(shape[axis]!);
      const values = new Float32Array(32).fill(1);
      values[9] = Number.NEGATIVE_INFINITY;
      values[18] = Number.NaN;
      const channels = channelsAlong(shape, axis);
      weightKernels().maxima(values, 0, channels, maxima);
      t.equal(maxima.filter(Number.isNaN).length, 1);
      t.ok(Number.isNaN(maxima[channelOf(18, channels)]));
      t.ok(maxima[channelOf(9, channels)] === Infinity || Number.isNaN(maxima[channelOf(9, channels)]));
    }
  }
});

t.test('a subnormal scale: what does not fit is clamped, or wraps as in NumPy', async (t) => {
  // max / 127 rounds down to the smallest subnormal, of which the maximum is 190.
  const smallest = 2 ** -149;
  const values = Float32Array.of(190 * smallest, -190 * smallest, smallest);
  const quantize = (ties: 'even' | 'away') => {
    const into = new Int8Array(3);
    const rounding = { bits: 8, ties, limit: Infinity } as const;
    weightKernels().quantize(values, 0, oneChannel([3]), Float32Array.of(smallest), rounding, into);
    return [...into];
  };
  t.strictSame(quantize('away'), [127, -127, 1]);
  t.strictSame(quantize('even'), [190 - 256, 256 - 190, 1]);
});
