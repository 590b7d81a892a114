/** Figures as people read them: three significant digits, the unit that fits. */
export function formatTime(ns: number): string {
  return scaled(ns, ['ns', 'µs', 'ms', 's']);
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
  let step = 0;
  while (step < units.length - 1 && Number(round(value / 1000 ** step)) >= 1000) step++;
  return `${round(value / 1000 ** step)} ${units[step]}`.trimEnd();
}

function round(value: number): string {
  return value >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
