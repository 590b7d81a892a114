/** Figures as people read them: three significant digits, the unit that fits. */
export function formatTime(ns: number): string {
  if (ns < 1e3) return `${round(ns)} ns`;
  if (ns < 1e6) return `${round(ns / 1e3)} µs`;
  if (ns < 1e9) return `${round(ns / 1e6)} ms`;
  return `${round(ns / 1e9)} s`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${round(bytes / 1e3)} kB`;
  return `${round(bytes / 1e6)} MB`;
}

export function formatCount(count: number): string {
  if (count < 1e3) return String(count);
  if (count < 1e6) return `${round(count / 1e3)} k`;
  if (count < 1e9) return `${round(count / 1e6)} M`;
  return `${round(count / 1e9)} G`;
}

export function formatShare(share: number): string {
  return `${round(share * 100)} %`;
}

function round(value: number): string {
  return value >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
