import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Graph } from '../../src/ir/graph.js';
import type { Tensor } from '../../src/ir/tensor.js';
import { allocate } from '../../src/ir/tensor.js';
import type { Path } from '../../src/steps/ledger.js';
import { buildRunner } from '../../toolchains/index.js';

/** A way to run a program file here: natively or under an emulator. */
export interface Runner {
  readonly name: string;
  readonly build: 'host' | 'armv7' | 'armv8';
  readonly architecture: 'x86_64' | 'arm' | 'aarch64';
  readonly path: Path;
  readonly command: readonly string[];
}

export const RUNNERS: readonly Runner[] = [
  { name: 'host', build: 'host', architecture: 'x86_64', path: 'ref', command: [] },
  { name: 'qemu-armv7', build: 'armv7', architecture: 'arm', path: 'neon', command: ['qemu-arm', '-cpu', 'cortex-a7'] },
  {
    name: 'qemu-armv8',
    build: 'armv8',
    architecture: 'aarch64',
    path: 'neon',
    command: ['qemu-aarch64', '-cpu', 'cortex-a53'],
  },
];

export interface ProgramRun {
  readonly events: readonly Event[];
  readonly outputs: ReadonlyMap<string, Tensor>;
}

export type Event = Readonly<Record<string, unknown>>;

/** Starts the runner with these arguments; events are the lines it printed. */
export async function startRunner(
  runner: Runner,
  args: readonly string[],
): Promise<{ exitCode: number; events: Event[] }> {
  const { path } = await buildRunner({ arch: runner.build });
  const [file = '', ...rest] = [...runner.command, path, ...args];
  return new Promise((resolve) => {
    execFile(file, rest, { maxBuffer: 2 ** 26 }, (error, stdout) => {
      const events = stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Event);
      resolve({ exitCode: error ? Number(error.code) : 0, events });
    });
  });
}

/** Runs the runner once on a program and brings back its events and the graph's outputs. */
export async function runProgram(
  runner: Runner,
  program: Uint8Array,
  { graph, inputs, threads = 1 }: { graph: Graph; inputs: ReadonlyMap<string, Tensor>; threads?: number },
): Promise<ProgramRun> {
  const folder = await mkdtemp(join(tmpdir(), 'edge-deploy-'));
  try {
    const args = [join(folder, 'program'), '--threads', String(threads)];
    await writeFile(args[0]!, program);
    for (const [i, name] of graph.inputs.entries()) {
      const { data } = inputs.get(name)!;
      await writeFile(join(folder, `input${i}`), new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      args.push('--input', `${name}=${join(folder, `input${i}`)}`);
    }
    graph.outputs.forEach((name, i) => {
      args.push('--output', `${name}=${join(folder, `output${i}`)}`);
    });
    const { exitCode, events } = await startRunner(runner, args);
    if (exitCode !== 0) throw new Error(`the runner failed: ${JSON.stringify(events.at(-1))}`);
    const outputs = new Map<string, Tensor>();
    for (const [i, name] of graph.outputs.entries()) {
      const type = graph.types.get(name)!;
      const data = allocate(type);
      new Uint8Array(data.buffer).set(await readFile(join(folder, `output${i}`)));
      outputs.set(name, { type, data });
    }
    return { events, outputs };
  } finally {
    await rm(folder, { recursive: true });
  }
}
