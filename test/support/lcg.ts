/** The generator behind the golden inputs: s = s·1664525 + 1013904223 mod 2^32; x = (s >> 8) / 2^24 · 2 − 1, row-major. */
export function lcg(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state >>> 8) / 2 ** 24) * 2 - 1;
  };
}

export function lcgFloats(count: number, seed: number): Float32Array {
  const next = lcg(seed);
  return Float32Array.from({ length: count }, next);
}
