import t from 'tap';
import { formatBytes, formatCount, formatInterval, formatShare, formatTime } from '../../src/report/format.js';

t.test('three digits and the unit that fits', (t) => {
  const cases: readonly (readonly [(value: number) => string, number, string])[] = [
    [formatTime, 0, '0 ns'],
    [formatTime, 999, '999 ns'],
    [formatTime, 1000, '1 µs'],
    [formatTime, 1234, '1.23 µs'],
    [formatTime, 240_400, '240 µs'],
    [formatTime, 999_400, '999 µs'],
    [formatTime, 999_700, '1 ms'],
    [formatTime, 12_345_678, '12.3 ms'],
    [formatTime, 999_999_999, '1 s'],
    [formatTime, 60e9, '60 s'],
    [formatTime, 4000e9, '4000 s'],
    [formatBytes, 0, '0 B'],
    [formatBytes, 999, '999 B'],
    [formatBytes, 1000, '1 kB'],
    [formatBytes, 31_104, '31.1 kB'],
    [formatBytes, 999_999, '1 MB'],
    [formatBytes, 4_250_000, '4.25 MB'],
    [formatBytes, 5e9, '5000 MB'],
    [formatCount, 7, '7'],
    [formatCount, 1500, '1.5 k'],
    [formatCount, 999_999, '1 M'],
    [formatCount, 569e6, '569 M'],
    [formatCount, 1.14e9, '1.14 G'],
    [formatShare, 0, '0 %'],
    [formatShare, 0.1234, '12.3 %'],
    [formatShare, 1, '100 %'],
  ];
  for (const [format, value, text] of cases) t.equal(format(value), text, `${format.name}(${value})`);
  t.end();
});

t.test('an interval shows the digits that tell its ends apart', (t) => {
  const cases: readonly (readonly [number, number, number, string])[] = [
    [225_108, 225_094, 225_124, '225.108 µs  [225.094, 225.124]'],
    [225_108, 220_000, 231_000, '225 µs  [220, 231]'],
    [240_000, 240_000, 240_000, '240 µs  [240, 240]'],
    [2_345_678, 2_300_000, 2_400_000, '2.35 ms  [2.30, 2.40]'],
    [640, 637, 655, '640 ns  [637, 655]'],
    [999_900, 999_000, 1_000_900, '0.9999 ms  [0.9990, 1.0009]'],
    [0, 0, 0, '0 ns  [0, 0]'],
  ];
  for (const [median, low, high, text] of cases) t.equal(formatInterval({ median, low, high }), text);
  t.end();
});
