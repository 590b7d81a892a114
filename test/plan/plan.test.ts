import t from 'tap';
import { operandsOf, plan } from '../../src/plan/index.js';
import type { Lowered, Operand, Step } from '../../src/steps/lowered.js';
import { lcg } from '../support/lcg.js';

const at = (name: string): Operand => ({ space: 'arena', name, offset: 0 });

function step(reads: readonly string[], write: string): Step {
  const fields = { y: at(write), ...Object.fromEntries(reads.map((name, i) => [`x${i}`, at(name)])) };
  return { step: 'copy', name: write, fields, writes: ['y'], macs: 0 };
}

function lowered(sizes: Readonly<Record<string, number>>, inputs: string[], outputs: string[], steps: Step[]): Lowered {
  const io = (name: string) => ({ name, dtype: 'i8' as const, shape: [sizes[name]!], at: at(name) });
  return {
    ...{ architecture: 'x86_64', path: 'ref', constants: new Map(), steps },
    inputs: inputs.map(io),
    outputs: outputs.map(io),
    buffers: new Map(Object.entries(sizes)),
  };
}

/** A program of 40 steps, each reading up to three earlier values. */
function randomProgram(seed: number): Lowered {
  const next = lcg(seed);
  const below = (limit: number) => Math.floor(((next() + 1) / 2) * limit);
  const sizes: Record<string, number> = { in0: 1 + below(5000), in1: 1 + below(5000) };
  const steps = Array.from({ length: 40 }, (_, i) => {
    const known = Object.keys(sizes);
    const reads = Array.from({ length: 1 + below(3) }, () => known[below(known.length)]!);
    sizes[`v${i}`] = 1 + below(i % 3 === 0 ? 20_000 : 700);
    return step(reads, `v${i}`);
  });
  return lowered(sizes, ['in0', 'in1'], ['v39', `v${below(39)}`], steps);
}

/** Steps at which a buffer's bytes matter: from its first to its last mention; inputs always, outputs to the end. */
function alive({ steps, inputs, outputs }: Lowered, name: string): [number, number] {
  const mentions = steps.flatMap((one, i) => (operandsOf(one).some((operand) => operand.name === name) ? [i] : []));
  if (inputs.some((io) => io.name === name)) return [-1, steps.length];
  return [mentions[0]!, outputs.some((io) => io.name === name) ? steps.length : mentions.at(-1)!];
}

t.test('buffers alive together never overlap', async (t) => {
  for (let seed = 1; seed <= 50; seed++) {
    const program = randomProgram(seed);
    const { offsets, arenaBytes } = plan(program);
    const names = [...program.buffers.keys()];
    const clashes = names.flatMap((a, i) =>
      names.slice(i + 1).filter((b) => {
        const [[aFirst, aLast], [bFirst, bLast]] = [alive(program, a), alive(program, b)];
        const [aStart, bStart] = [offsets.get(a)!, offsets.get(b)!];
        const together = aFirst <= bLast && bFirst <= aLast;
        return together && aStart < bStart + program.buffers.get(b)! && bStart < aStart + program.buffers.get(a)!;
      }),
    );
    const misplaced = names.filter(
      (name) => offsets.get(name)! % 64 !== 0 || offsets.get(name)! + program.buffers.get(name)! > arenaBytes,
    );
    if (clashes.length > 0 || misplaced.length > 0 || arenaBytes % 64 !== 0)
      t.fail(`seed ${seed}: ${clashes} ${misplaced}`);
  }
  t.pass('50 programs');
});

t.test('memory is used again', async (t) => {
  const sizes = { x: 64, a: 6400, b: 640, c: 6400, y: 64 };
  const chain = lowered(sizes, ['x'], ['y'], [step(['x'], 'a'), step(['a'], 'b'), step(['b'], 'c'), step(['c'], 'y')]);
  const { offsets, arenaBytes } = plan(chain);
  t.equal(offsets.get('a'), offsets.get('c'), 'a is dead when c is made');
  t.equal(arenaBytes, 6400 + 640 + 64, 'x, y and one of the large ones at a time; y where b was');
});

t.test('equal programs get equal plans', async (t) => {
  t.same(plan(randomProgram(5)), plan(randomProgram(5)));
});

t.test('inputs keep their memory for the next run', async (t) => {
  const sizes = { x: 128, a: 128, y: 128 };
  const { offsets } = plan(lowered(sizes, ['x'], ['y'], [step(['x'], 'a'), step(['a'], 'y')]));
  t.equal(new Set(offsets.values()).size, 3);
});
