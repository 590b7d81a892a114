import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { type Path, TILES } from '../../src/steps/ledger.js';
import { type Arch, buildProgram } from '../../toolchains/index.js';
import { buildSanitized } from '../support/sanitized.js';

t.setTimeout(5 * 60 * 1000);

interface Cpu {
  readonly name: string;
  readonly build: Arch;
  readonly architecture: keyof typeof TILES;
  readonly command: readonly string[];
  readonly paths: readonly Path[];
}

const qemuArm = (cpu: string): Cpu => ({
  name: cpu,
  build: 'armv7',
  architecture: 'arm',
  command: ['qemu-arm', '-cpu', cpu],
  paths: ['ref', 'neon'],
});

const qemuAarch64 = (cpu: string, ...more: Path[]): Cpu => ({
  name: cpu,
  build: 'armv8',
  architecture: 'aarch64',
  command: ['qemu-aarch64', '-cpu', cpu],
  paths: ['ref', 'neon', ...more],
});

const CPUS: readonly Cpu[] = [
  qemuArm('cortex-a7'),
  qemuArm('cortex-a8'),
  qemuArm('cortex-a15'),
  qemuAarch64('cortex-a53'),
  qemuAarch64('cortex-a72'),
  qemuAarch64('cortex-a76', 'dotprod'),
  qemuAarch64('max,sve=off,sme=off', 'dotprod', 'i8mm'),
];

/** Cases of one path by the kr of its integer tile: every depth up to kr + 1 has cases of its own. */
const CASES: Readonly<Record<number, number>> = { 4: 4965, 8: 5061, 16: 5349 };

const sources = readdirSync(join(packageRoot, 'test/kernels'))
  .filter((file) => file.endsWith('.c'))
  .map((file) => join('test/kernels', file));

async function buildCheck(arch: Arch): Promise<string> {
  const program = await buildProgram({
    arch,
    name: 'kernel-check',
    sources: sources.map((file) => join(packageRoot, file)),
    cflags: ['-Wall', '-Wextra', '-Werror'],
  });
  return program.path;
}

interface Run {
  readonly exit: number | string;
  readonly stdout: string;
}

function run(command: readonly string[]): Promise<Run> {
  const [file = '', ...args] = command;
  return new Promise((resolve) => {
    execFile(file, args, { maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      resolve({ exit: error ? (error.signal ?? error.code ?? stderr) : 0, stdout });
    });
  });
}

/** Every case passed, to the end; and each path has its tile and its number of cases. */
function judge(t: Test, { exit, stdout }: Run, architecture: keyof typeof TILES, paths: readonly Path[]): void {
  const lines = stdout.split('\n');
  const passed = lines.filter((line) => line.startsWith('ok '));
  t.strictSame(
    lines.filter((line) => line.startsWith('not ok ')),
    [],
    'no case fails',
  );
  t.equal(exit, 0, 'exit status');
  t.ok(lines.includes(`1..${passed.length}`), 'ran to its end');
  t.strictSame(
    lines.filter((line) => line.startsWith('# ')),
    paths.map((path) => {
      const { f32, s8 } = TILES[architecture][path]!;
      const tiles = [f32, s8].map(({ mr, nr, kr }) => `${mr} ${nr} ${kr}`);
      return `# ${path}: f32 ${tiles[0]}, s8 ${tiles[1]}, ${CASES[s8.kr]} cases`;
    }),
    'paths, their tiles and numbers of cases',
  );
}

t.test('on this machine (ASan, UBSan)', async (t) => {
  judge(t, await run([await buildSanitized(sources, join(t.testdir({}), 'check'))]), 'x86_64', ['ref']);
});

t.test('on this machine', async (t) => {
  judge(t, await run([await buildCheck('host')]), 'x86_64', ['ref']);
});

t.test('emulated', async (t) => {
  const programs: Partial<Record<Arch, string>> = {
    armv7: await buildCheck('armv7'),
    armv8: await buildCheck('armv8'),
  };
  const runs = await Promise.all(CPUS.map(({ build, command }) => run([...command, programs[build]!])));
  CPUS.forEach((cpu, i) => {
    t.test(cpu.name, (t) => {
      judge(t, runs[i]!, cpu.architecture, cpu.paths);
      t.end();
    });
  });
});

t.test('a CPU without the instructions dies when it is made to run them', async (t) => {
  const program = await buildCheck('armv8');
  t.equal((await run(['qemu-aarch64', '-cpu', 'cortex-a53', program, 'dotprod'])).exit, 'SIGILL');
  t.equal((await run(['qemu-aarch64', '-cpu', 'cortex-a76', program, 'i8mm'])).exit, 'SIGILL');
});
