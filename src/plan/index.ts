import { ALIGNMENT, type Lowered, type Operand, type Step } from '../steps/lowered.js';

/** Byte offsets of every buffer in the arena; a multiple of 64 each. */
export interface Plan {
  readonly offsets: ReadonlyMap<string, number>;
  readonly arenaBytes: number;
}

interface Lifetime {
  readonly name: string;
  readonly bytes: number;
  /** First and last step that touches it; −1 is before the first. */
  first: number;
  last: number;
}

/**
 * Places buffers so that those alive at the same time never overlap: the largest first, each at the lowest offset that
 * fits between the ones already placed. Inputs keep their memory for the whole run and outputs until its end.
 */
export function plan(lowered: Lowered): Plan {
  const lifetimes = findLifetimes(lowered);
  const order = lifetimes.toSorted((a, b) => b.bytes - a.bytes || a.first - b.first);
  const offsets = new Map<string, number>();
  const placed: { lifetime: Lifetime; start: number; end: number }[] = [];
  let arenaBytes = 0;
  for (const lifetime of order) {
    const bytes = Math.ceil(lifetime.bytes / ALIGNMENT) * ALIGNMENT;
    const rivals = placed
      .filter((other) => other.lifetime.first <= lifetime.last && lifetime.first <= other.lifetime.last)
      .toSorted((a, b) => a.start - b.start);
    let start = 0;
    for (const rival of rivals) {
      if (start + bytes <= rival.start) break;
      start = Math.max(start, rival.end);
    }
    placed.push({ lifetime, start, end: start + bytes });
    offsets.set(lifetime.name, start);
    arenaBytes = Math.max(arenaBytes, start + bytes);
  }
  return { offsets, arenaBytes };
}

function findLifetimes({ buffers, steps, inputs, outputs }: Lowered): Lifetime[] {
  const lifetimes = new Map<string, Lifetime>();
  const touch = (operand: Operand, at: number) => {
    if (operand.space !== 'arena') return;
    const lifetime = lifetimes.get(operand.name);
    if (lifetime) lifetime.last = Math.max(lifetime.last, at);
    else lifetimes.set(operand.name, { name: operand.name, bytes: buffers.get(operand.name)!, first: at, last: at });
  };
  for (const { at } of inputs) touch(at, -1);
  steps.forEach((step, index) => {
    for (const operand of operandsOf(step)) touch(operand, index);
  });
  for (const { at } of [...inputs, ...outputs]) touch(at, steps.length);
  return [...lifetimes.values()];
}

export function operandsOf(step: Step): Operand[] {
  return Object.values(step.fields).filter(
    (field): field is Operand => typeof field === 'object' && field !== null && 'space' in field,
  );
}
