import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { EdgeDeployError } from '../../src/base/errors.js';
import { restoring } from './environment.js';
import { type Pick, picker } from './mutations.js';

/** Processor time that one damaged model may take. */
const MOST_MILLISECONDS = 2000;

export interface Attack<Seed> {
  readonly cases: number;
  readonly seeds: readonly Seed[];
  /** Reads one seed with some damage, and imports what it read. */
  readonly read: (seed: Seed, pick: Pick) => unknown;
}

/**
 * Reads damaged models: each is read, or refused with an error of ours that is the user's to solve and has a hint. None may
 * take long, throw anything else, or leave a file where a program would put one. Both ways out must be taken often.
 */
export async function attack<Seed>(t: Test, { cases, seeds, read }: Attack<Seed>): Promise<void> {
  const [cwd, restore] = [process.cwd(), restoring('TMPDIR')];
  const empty = mkdtempSync(join(tmpdir(), 'edge-deploy-attack-'));
  process.chdir(empty);
  process.env.TMPDIR = empty;
  const counts = new Map<string, number>();
  const failures: string[] = [];
  let slowest = { milliseconds: 0, seed: -1 };
  try {
    for (let seed = 0; seed < cases; seed++) {
      const start = process.cpuUsage();
      let outcome = 'read';
      try {
        await read(seeds[seed % seeds.length]!, picker(seed));
      } catch (error) {
        if (error instanceof EdgeDeployError && error.exitCode === 3 && error.hint) outcome = error.code;
        else failures.push(`case ${seed}: ${error instanceof Error ? error.stack : error}`);
      }
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      const { user, system } = process.cpuUsage(start);
      if ((user + system) / 1000 > slowest.milliseconds) slowest = { milliseconds: (user + system) / 1000, seed };
    }
    t.strictSame(failures.slice(0, 3), [], `${failures.length} failures`);
    t.ok(slowest.milliseconds < MOST_MILLISECONDS, `the slowest: ${JSON.stringify(slowest)}`);
    t.strictSame(readdirSync(empty), [], 'no file is left');
  } finally {
    process.chdir(cwd);
    restore();
    rmSync(empty, { recursive: true });
  }
  const accepted = counts.get('read') ?? 0;
  t.ok(accepted > cases / 50 && cases - accepted > cases / 10, JSON.stringify([...counts]));
}
