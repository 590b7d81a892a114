import type { SkippedOp } from '../ir/skipped-op.js';

/** One type of op that is not supported, or not in the form it has here. */
export interface UnsupportedOp {
  readonly op: string;
  /** Every layer of this type. */
  readonly layers: readonly string[];
  /** What is wrong with them, each once; empty when there simply is no such op. */
  readonly problems: readonly string[];
}

/** The unsupported ops by type, in alphabetical order. */
export function unsupportedOps(skipped: readonly SkippedOp[]): UnsupportedOp[] {
  const byType = new Map<string, SkippedOp[]>();
  for (const one of skipped.filter(({ reason }) => reason === 'unsupported')) {
    const type = one.op || '(no type)';
    byType.set(type, [...(byType.get(type) ?? []), one]);
  }
  return [...byType]
    .map(([op, all]) => ({
      op,
      layers: all.map(({ name }) => name),
      problems: [...new Set(all.flatMap(({ problem }) => problem ?? []))],
    }))
    .sort((a, b) => (a.op < b.op ? -1 : 1));
}
