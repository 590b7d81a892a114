/** Power modes: which cores they choose on machines that are folders of files, and what this machine's kernel makes of them. */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { compile } from '../../src/compile.js';
import { loadModel } from '../../src/load.js';
import { GOLDEN } from '../support/models.js';
import { RUNNERS } from '../support/run-program.js';
import { buildSanitized } from '../support/sanitized.js';

t.setTimeout(5 * 60 * 1000);

const run = promisify(execFile);
const [HIGH, LOW, FULL, NO_BIND, RAND_HIGH, RAND_LOW] = [0, 1, 2, 3, 4, 5];

interface Machine {
  readonly present: string;
  /** By default all. */
  readonly online?: string;
  /** File by file, what each core says: `cpufreq/cpuinfo_max_freq`, `cpu_capacity`. */
  readonly speeds?: Readonly<Record<string, readonly (number | string | undefined)[]>>;
}

/** A folder in which /sys/devices/system/cpu is that of the machine. */
function root(folder: string, { present, online = present, speeds = {} }: Machine): string {
  const write = (name: string, text: string) => {
    const path = join(folder, 'sys/devices/system/cpu', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  write('present', `${present}\n`);
  write('online', `${online}\n`);
  for (const [file, values] of Object.entries(speeds)) {
    for (const [core, value] of values.entries()) if (value !== undefined) write(`cpu${core}/${file}`, `${value}\n`);
  }
  return folder;
}

const FREQUENCY = 'cpufreq/cpuinfo_max_freq';
const PHONE: Machine = {
  present: '0-7',
  speeds: { [FREQUENCY]: [1785600, 1785600, 1785600, 1785600, 2419200, 2419200, 2419200, 2841600] },
};

/** [mode, threads, calls] and what comes of it: mode, threads, cores. */
type Case = readonly [asked: readonly (number | undefined)[], granted: string];

const MACHINES: readonly (readonly [string, Machine, readonly Case[]])[] = [
  [
    'a phone of 4 + 3 + 1 cores',
    PHONE,
    [
      [[HIGH, 1, 0], '0 1: 7'],
      [[HIGH, 2, 0], '0 2: 6 7'],
      [[HIGH, 8, 0], '0 4: 4 5 6 7'],
      [[LOW, 1, 0], '1 1: 0'],
      [[LOW, 5, 0], '1 4: 0 1 2 3'],
      [[FULL, 8, 0], '2 8: 0 1 2 3 4 5 6 7'],
      [[FULL, 5, 0], '2 5: 0 4 5 6 7'],
      [[FULL, 9, 0], '2 8: 0 1 2 3 4 5 6 7'],
      [[NO_BIND, 3, 0], '3 3:'],
      [[NO_BIND, 99, 0], '3 8:'],
      [[RAND_HIGH, 1, 9], '4 1: 4'],
      [[RAND_HIGH, 1, 10], '4 1: 5'],
      [[RAND_HIGH, 2, 30], '4 2: 4 7'],
      [[RAND_HIGH, 1, 49], '4 1: 4'],
      [[RAND_LOW, 2, 25], '5 2: 2 3'],
      [[RAND_LOW, 7, 25], '5 4: 0 1 2 3'],
      [[HIGH, 0, 0], '0 1: 7'],
      [[6, 2, 0], '3 2:'],
      [[-1, 2, 0], '3 2:'],
    ],
  ],
  [
    'little cores with the higher clock, which have the smaller capacity',
    {
      present: '0-3',
      speeds: { cpu_capacity: [1024, 1024, 430, 430], [FREQUENCY]: [1800000, 1800000, 1908000, 1908000] },
    },
    [
      [[HIGH, 4, 0], '0 2: 0 1'],
      [[LOW, 4, 0], '1 2: 2 3'],
    ],
  ],
  [
    'capacities that tell nothing apart',
    {
      present: '0-3',
      speeds: { cpu_capacity: [1024, 1024, 1024, 1024], [FREQUENCY]: [1400000, 1400000, 1800000, 1800000] },
    },
    [[[LOW, 1, 0], '1 1: 0']],
  ],
  [
    'a Raspberry Pi',
    { present: '0-3', speeds: { [FREQUENCY]: [1500000, 1500000, 1500000, 1500000] } },
    [
      [[HIGH, 1, 0], '0 1: 3'],
      [[HIGH, 4, 0], '0 4: 0 1 2 3'],
      [[LOW, 2, 0], '0 2: 2 3'],
      [[RAND_LOW, 1, 0], '0 1: 3'],
      [[RAND_HIGH, 1, 30], '4 1: 3'],
    ],
  ],
  ['cores that tell no speed', { present: '0-1' }, [[[HIGH, 1, 0], '0 1: 1']]],
  [
    'a core that is offline',
    { ...PHONE, online: '0-3,5-7' },
    [
      [[HIGH, 2, 0], '3 2:'],
      [[FULL, 8, 0], '3 7:'],
    ],
  ],
  [
    'a core that tells no speed where others do',
    { present: '0-2', speeds: { [FREQUENCY]: [1000000, undefined, 2000000] } },
    [[[HIGH, 2, 0], '3 2:']],
  ],
  [
    'words where a number should be',
    { present: '0-1', speeds: { [FREQUENCY]: ['<unknown>', 2000000] } },
    [[[LOW, 1, 0], '3 1:']],
  ],
  ['more cores than a mask has', { present: '0-4294967295' }, [[[HIGH, 2, 0], '0 2: 254 255']]],
  ['no list of cores', { present: 'none' }, [[[HIGH, 6, 0], '3 6:']]],
];

t.test('the cores of a mode, in C99 and C++11', async (t) => {
  const source = join(packageRoot, 'test/kernels/power-mode/choose.c');
  const flags = [
    '-Wall',
    '-Wextra',
    '-Wshadow',
    '-Wconversion',
    '-pedantic',
    '-Werror',
    '-fsanitize=address,undefined',
  ];
  const include = `-I${join(packageRoot, 'kernels/include')}`;
  const folder = t.testdir({});
  for (const [compiler, language] of [
    ['gcc', ['-std=c99', '-x', 'c']],
    ['g++', ['-std=c++11', '-x', 'c++']],
  ] as const) {
    const program = join(folder, compiler);
    await run(compiler, [...language, ...flags, include, source, '-o', program]);
    for (const [i, [name, machine, cases]] of MACHINES.entries()) {
      const args = cases.flatMap(([asked]) => asked.map(String));
      const { stdout } = await run(program, [root(join(folder, String(i)), machine), ...args]);
      t.same(
        stdout.trim().split('\n'),
        cases.map(([, granted]) => granted),
        `${compiler}: ${name}`,
      );
    }
    const { stdout } = await run(program, [join(folder, 'nowhere'), '0', '3', '0']);
    t.equal(stdout, '3 3:\n', `${compiler}: no /sys`);
  }
});

t.test('predictors run where their power mode says', async (t) => {
  const folder = t.testdir({});
  const model = join(folder, 'model.edp');
  const graph = await loadModel(join(GOLDEN, 'fashion-mobilenet-2.6'));
  const { architecture, path } = RUNNERS[0]!;
  writeFileSync(model, compile(graph, { architecture, path, precision: 'fp32', l2: 512 * 1024 }).program);
  const program = await buildSanitized('test/kernels/power-mode/affinity.cpp', join(folder, 'affinity'));
  const { stdout } = await run(program, [model]).catch((error: { stdout: string }) => error);
  t.equal(stdout, '0 wrong\n');
});
