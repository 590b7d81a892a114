import { crc32 } from 'node:zlib';
import t from 'tap';
import { channelsAlong, columnsFrom, oneChannel } from '../../src/ir/channels.js';
import { measurePiece, quantizePiece, quantizeTensor, restorePiece } from '../../src/ir/quantization.js';
import { ScaleSearch } from '../../src/ir/scale-search.js';
import { ErrorMeasure, measureError } from '../../src/ir/weight-report.js';

const whole = (bits: 8 | 16) => ({ bits, mode: 'abs_max', axis: 0 }) as const;
const perChannel = (bits: 8 | 16, axis: number) => ({ bits, mode: 'channel_wise_abs_max', axis }) as const;

const bitsOf = (values: Float32Array) =>
  Array.from(new Uint32Array(values.buffer), (word) => word.toString(16).padStart(8, '0'));
const crcOf = (values: Int8Array | Int16Array) => crc32(new Uint8Array(values.buffer)).toString(16).padStart(8, '0');

t.test('by hand', async (t) => {
  const quantize = (values: number[], bits: 8 | 16) => {
    const { data, scales } = quantizeTensor('w', Float32Array.from(values), [values.length], whole(bits));
    return [...bitsOf(scales), ...data];
  };
  t.strictSame(quantize([0.1, -0.2, 0.35, 1], 8), ['3c010204', 13, -25, 44, 127]);
  t.strictSame(quantize([0.1, -0.2, 0.35, 1], 16), ['38000100', 3277, -6553, 11468, 32767]);
  const ties = [-3, 2.9999, 0.011811024, 0.035433071];
  t.strictSame(quantize(ties, 8), ['3cc18306', -127, 127, 0, 2], 'ties go to the even neighbour');
  t.strictSame(quantize(ties, 16), ['38c00180', -32767, 32766, 129, 387]);
  t.strictSame(quantize([0, 0, 0, 0], 8), ['00000000', 0, 0, 0, 0]);
  t.strictSame(quantize([1e-45, 0, 0, 0], 8), ['00000000', 0, 0, 0, 0], 'a scale that underflows');
  t.strictSame(quantize([1e-40, -5e-41, 2e-42, 0], 8).slice(1), [127, -63, 3, 0], 'a subnormal scale');
});

t.test('20,000 generated values, whole and by channel, against Paddle 2.6.2', async (t) => {
  const values = Float32Array.from({ length: 20000 }, (_, i) => {
    const x = Math.fround((((i * 7919) % 10007) - 5003) / 5003);
    return Math.fround(x * x) * x;
  });
  t.equal(crc32(new Uint8Array(values.buffer)).toString(16), 'daa65fc0');
  const of = (count: number, shape: number[], rule: Parameters<typeof quantizeTensor>[3]) => {
    const { data, scales } = quantizeTensor('w', values.subarray(0, count), shape, rule);
    return [...bitsOf(scales), crcOf(data)];
  };
  t.strictSame(of(20000, [20000], whole(8)), ['3c010204', 'da31d8a6']);
  t.strictSame(of(20000, [20000], whole(16)), ['38000100', '6a85a07d']);
  const clipped = (bits: 8 | 16, thresholdRate: number) => of(20000, [20000], { ...whole(bits), thresholdRate });
  for (const rate of [1e-11, 1e-4, 1e-6]) t.strictSame(clipped(8, rate), ['3c010204', 'da31d8a6'], `rate ${rate}`);
  t.strictSame(clipped(8, 1e-2), ['3bfa8885', 'bb552c7d']);
  t.strictSame(clipped(16, 1e-2), ['37f89565', '62628dd0']);
  t.strictSame(clipped(8, 1e-3), ['3c00b95c', '2fa567c7']);
  t.strictSame(clipped(16, 1e-3), ['37ff71d1', '0aa8d531']);
  const conv8 = ['3c010204', '3bf66f5c', '3bd93659', '3beb0f87', '93dc5419'];
  const conv16 = ['38000100', '37f48466', '37d7859b', '37e93b3a', 'dd111925'];
  t.strictSame(of(60, [4, 3, 5], perChannel(8, 0)), conv8);
  t.strictSame(of(60, [4, 3, 5], perChannel(16, 0)), conv16);
  const mul8 = ['3c010204', '3acc59e9', '3b7b157e', '3beb0f87', '3bf66f5c', '19b94c0f'];
  const mul16 = ['38000100', '36cac2cb', '37792145', '37e93b3a', '37f48466', '8e0d8139'];
  t.strictSame(of(60, [12, 5], perChannel(8, 1)), mul8);
  t.strictSame(of(60, [12, 5], perChannel(16, 1)), mul16);
});

t.test('test models multiply by the unrounded scale', async (t) => {
  const values = Float32Array.of(0.1, -0.2, 0.35, 1);
  const search = new ScaleSearch('w', oneChannel([4]), whole(8));
  for (const pass of search.passes()) pass(values, 0);
  const [scales, integers] = [search.result(), new Int8Array(4)];
  quantizePiece(values, 0, scales, integers);
  const [real, error] = [new Float32Array(4), new ErrorMeasure()];
  restorePiece(integers, 0, scales, real);
  measurePiece(values, integers, 0, scales, error);
  t.strictSame([...integers], [13, -25, 44, 127]);
  t.equal(bitsOf(real)[0], '3dd1a347');
  t.equal(bitsOf(Float32Array.of(13 * scales.stored[0]!))[0], '3dd1a346', 'not the stored one');
  t.strictSame(error.result(), measureError(values, real));
});

/** The same tensor whole and cut into pieces of every length up to 13. */
t.test('pieces give what the whole gives', async (t) => {
  const shape = [4, 3, 5];
  const values = Float32Array.from({ length: 60 }, (_, i) => Math.sin(i * 1.7) * (1 + (i % 7)));
  const rules = { bits: 8, mode: 'channel_wise_abs_max' } as const;
  const layouts = [
    oneChannel(shape),
    ...[0, 1, 2].map((axis) => channelsAlong(shape, axis)),
    ...[2, 4].map((groups) => channelsAlong(shape, 1, groups)),
    columnsFrom(shape, 1),
    columnsFrom(shape, 2),
  ];
  for (const channels of layouts) {
    // Channel by channel, as the definition has it.
    const { inner, period, slicesPerGroup } = channels;
    const channelOf = (i: number) => {
      const slice = Math.floor(i / inner);
      return Math.floor(slice / slicesPerGroup) * period + (slice % period);
    };
    const maxima = new Float64Array(channels.count);
    values.forEach((value, i) => {
      maxima[channelOf(i)] = Math.max(maxima[channelOf(i)]!, Math.abs(value));
    });
    for (let length = 1; length <= 13; length++) {
      const search = new ScaleSearch('w', channels, rules);
      for (const pass of search.passes()) {
        for (let start = 0; start < 60; start += length) pass(values.subarray(start, start + length), start);
      }
      const scales = search.result();
      t.strictSame(
        scales.exact,
        maxima.map((maximum) => maximum / 127),
        `${JSON.stringify(channels)}, ${length}`,
      );
      const integers = new Int8Array(60);
      for (let start = 0; start < 60; start += length) {
        quantizePiece(values.subarray(start, start + length), start, scales, integers.subarray(start));
      }
      const expected = values.map((value, i) => value / scales.stored[channelOf(i)]!);
      t.ok(
        integers.every((q, i) => Math.abs(q - expected[i]!) <= 0.5),
        `integers of ${JSON.stringify(channels)}`,
      );
    }
  }
});

t.test('not finite: counted over all pieces, the first is named', async (t) => {
  const values = new Float32Array(30).fill(1);
  for (const i of [7, 8, 29]) values[i] = i === 8 ? -Infinity : Number.NaN;
  for (const length of [30, 10, 7]) {
    const search = new ScaleSearch('w', oneChannel([30]), whole(8));
    const run = () => {
      for (const pass of search.passes()) {
        for (let start = 0; start < 30; start += length) pass(values.subarray(start, start + length), start);
      }
    };
    t.throws(run, { code: 'E_WEIGHTS', message: /'w' hold NaN \(element 7; 3 of 30 values are not finite\)/ });
  }
});

t.test('the threshold is the same in pieces', async (t) => {
  const values = Float32Array.from({ length: 5000 }, (_, i) => Math.sin(i) ** 5);
  const rule = { ...whole(8), thresholdRate: 0.01 };
  const { scales } = quantizeTensor('w', values, [5000], rule);
  const search = new ScaleSearch('w', oneChannel([5000]), rule);
  for (const pass of search.passes()) {
    for (let start = 0; start < 5000; start += 999) pass(values.subarray(start, start + 999), start);
  }
  t.strictSame(search.result().stored, scales);
});
