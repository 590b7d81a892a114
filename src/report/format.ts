const TIME_UNITS = ['ns', 'µs', 'ms', 's'];

/** Figures as people read them: three significant digits, the unit that fits. */
export function formatTime(ns: number): string {
  return scaled(ns, TIME_UNITS);
}

/** A time with its interval, `225.8 µs  [225.7, 226.1]`: the digits that tell the ends apart, all in one unit. */
export function formatInterval({ median, low, high }: { median: number; low: number; high: number }): string {
  const step = stepOf(median, TIME_UNITS.length);
  const scale = 1000 ** step;
  // Two digits of the interval's width, three of the figure at least, never less than a nanosecond.
  const finest = high > low ? 1 - Math.floor(Math.log10((high - low) / scale)) : 0;
  const coarsest = 2 - Math.floor(Math.log10(Math.max(median, 1) / scale));
  const digits = Math.min(Math.max(finest, coarsest, 0), 3 * step);
  const [m, l, h] = [median, low, high].map((ns) => (ns / scale).toFixed(digits));
  return `${m} ${TIME_UNITS[step]}  [${l}, ${h}]`;
}

export function formatBytes(bytes: number): string {
  return scaled(bytes, ['B', 'kB', 'MB']);
}

export function formatCount(count: number): string {
  return scaled(count, ['', 'k', 'M', 'G']);
}

export function formatShare(share: number): string {
  return `${round(share * 100)} %`;
}

/** Units a thousand apart; the unit is chosen after rounding, so that 999,999 is 1 M. */
function scaled(value: number, units: readonly string[]): string {
  const step = stepOf(value, units.length);
  return `${round(value / 1000 ** step)} ${units[step]}`.trimEnd();
}

function stepOf(value: number, units: number): number {
  let step = 0;
  while (step < units - 1 && Number(round(value / 1000 ** step)) >= 1000) step++;
  return step;
}

function round(value: number): string {
  return value >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
