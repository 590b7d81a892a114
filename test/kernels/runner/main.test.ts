import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { GraphBuilder } from '../../../src/ops/builder.js';
import { buildRunner } from '../../../toolchains/index.js';
import { compileAsIs } from '../../support/compile-as-is.js';
import { Maker } from '../../support/maker.js';
import { RUNNERS, startRunner } from '../../support/run-program.js';

/** The first build for an architecture compiles its C library as well. */
t.setTimeout(10 * 60 * 1000);

const [host, armv7, armv8] = RUNNERS as [(typeof RUNNERS)[0], (typeof RUNNERS)[0], (typeof RUNNERS)[0]];

/** y = 2x + 1 over four values; its tensors are called `x0` and `unary1`. */
function program(runner: Parameters<typeof compileAsIs>[1] = host, size = 4): Uint8Array {
  const make = new Maker('line');
  const y = make.op('unary', [make.x(1, size)], { activation: { kind: 'linear', a: 2, b: 1, c: 0 } });
  return compileAsIs(make.finish([y]), runner);
}

function floats(...values: number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

async function readFloats(path: string): Promise<number[]> {
  const bytes = await readFile(path);
  return [...new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))];
}

t.test('reports every event in order and writes its output through a temporary name', async (t) => {
  const folder = t.testdir({});
  const [file, input, output] = [join(folder, 'p'), join(folder, 'x'), join(folder, 'y')];
  await writeFile(file, program());
  await writeFile(input, floats(0, 1, 2, -3));
  const { exitCode, events } = await startRunner(host, [
    file,
    '--input',
    `x0=${input}`,
    '--output',
    `unary1=${output}`,
    '--warmup-ms',
    '1',
    '--min-runs',
    '1500',
    '--profile',
  ]);
  t.equal(exitCode, 0);
  t.same(
    events.map(({ event }) => event),
    ['cpu', 'load', 'input', 'output', 'warmup', 'samples', 'samples', 'stop', 'step', 'done'],
  );
  t.match(events[1], { path: 'ref', threads: 1, steps: 1 });
  t.match(events[2], { name: 'x0', type: 'f32', shape: [1, 4], bytes: 16 });
  t.match(events[4], { reason: /^(settled|max-time)$/, runs: Number });
  t.ok(Number(events[4]?.ns) < 50_000_000, 'the limit of 1 ms holds');
  t.match(events[7], { reason: 'count', runs: 1500 });
  t.match(events[8], { index: 0, name: 'unary1', step: 'unary', kernel: 'unary' });
  t.ok(Number(events[9]?.peak_rss_bytes) > 100_000);
  t.same(await readFloats(output), [1, 3, 5, -5]);
  t.same(await readdir(folder), ['p', 'x', 'y']);
});

t.test('fills absent inputs from the documented generator', async (t) => {
  const folder = t.testdir({});
  await writeFile(join(folder, 'p'), program());
  await startRunner(host, [join(folder, 'p'), '--output', `unary1=${join(folder, 'y')}`]);
  let state = 1;
  const expected = [0, 1, 2, 3].map(() => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.fround(2 * Math.fround(((state >>> 8) / 2 ** 24) * 2 - 1) + 1);
  });
  t.same(await readFloats(join(folder, 'y')), expected);
});

t.test('runs many samples of one file, each timed', async (t) => {
  const folder = t.testdir({});
  await writeFile(join(folder, 'p'), program());
  await writeFile(join(folder, 'x'), floats(...Array.from({ length: 12 }, (_, i) => i)));
  const args = [
    join(folder, 'p'),
    '--input',
    `x0=${join(folder, 'x')}`,
    '--output',
    `unary1=${join(folder, 'y')}`,
    '--samples',
    '3',
  ];
  const { events } = await startRunner(host, args);
  t.match(
    events.find(({ event }) => event === 'samples'),
    { ns: [Number, Number, Number] },
  );
  t.same(
    await readFloats(join(folder, 'y')),
    Array.from({ length: 12 }, (_, i) => 2 * i + 1),
  );
});

t.test('stops when the interval is narrow enough, or at the time limit', async (t) => {
  const folder = t.testdir({});
  await writeFile(join(folder, 'p'), program());
  const reason = async (...args: string[]) => {
    const { events } = await startRunner(host, [join(folder, 'p'), ...args]);
    return events.find(({ event }) => event === 'stop')?.reason;
  };
  t.equal(await reason('--interval', '100', '--min-runs', '20'), 'interval');
  t.equal(await reason('--interval', '0.000001', '--max-ms', '30', '--min-runs', '1000000'), 'max-time');
});

t.test('every kind of failure has its exit code and says what happened', async (t) => {
  const folder = t.testdir({});
  const good = program();
  const path = (name: string) => join(folder, name);
  await writeFile(path('good'), good);
  await writeFile(path('cut'), good.subarray(0, good.length - 64));
  await writeFile(path('empty'), '');
  await writeFile(path('arm'), program(armv8));
  await writeFile(path('short'), floats(1, 2, 3));
  const stale = good.slice();
  stale[8]! ^= 1;
  await writeFile(path('stale'), stale);
  const expectations: readonly (readonly [string[], number, string, RegExp])[] = [
    [[], 2, 'USAGE', /usage/],
    [[path('good'), '--frobnicate', '1'], 2, 'USAGE', /unknown option '--frobnicate'/],
    [[path('good'), '--threads', 'many'], 2, 'USAGE', /'many' is not a number/],
    [[path('good'), '--input', `z=${path('short')}`], 2, 'USAGE', /no input 'z'/],
    [[path('good'), '--output', 'unary1=a', '--output', 'unary1=b'], 2, 'USAGE', /--output: 'unary1' stands twice/],
    [[path('empty')], 3, 'ED_NOT_A_PROGRAM', /not a program file/],
    [[path('cut')], 3, 'ED_TRUNCATED', /shorter/],
    [[path('stale')], 3, 'ED_WRONG_ABI', /another version/],
    [[path('absent')], 4, 'FILE', /No such file/],
    [[folder], 4, 'FILE', /not a file/],
    [[path('good'), '--output', `unary1=${path('no/such/folder')}`], 4, 'FILE', /cannot write/],
    [[path('arm')], 5, 'ED_WRONG_MACHINE', /another architecture/],
    [[path('good'), '--input', `x0=${path('short')}`], 6, 'INPUT', /holds 12 bytes.*takes 16/],
  ];
  for (const [args, code, status, message] of expectations) {
    const { exitCode, events } = await startRunner(host, args);
    t.equal(exitCode, code, status);
    t.match(events.at(-1), { event: 'error', status, message }, status);
  }
});

t.test('refuses instructions that the CPU lacks', async (t) => {
  const folder = t.testdir({});
  await writeFile(join(folder, 'p'), program({ architecture: 'aarch64', path: 'dotprod' }));
  const { exitCode, events } = await startRunner(armv8, [join(folder, 'p')]);
  t.equal(exitCode, 5);
  t.match(events.at(-1), { event: 'error', status: 'ED_CPU_FEATURE' });
  const newer = { ...armv8, command: ['qemu-aarch64', '-cpu', 'cortex-a76'] };
  t.equal((await startRunner(newer, [join(folder, 'p')])).exitCode, 0);
});

t.test('a program cut anywhere is refused', async (t) => {
  const folder = t.testdir({});
  const whole = program();
  for (let part = 0; part < 16; part++) {
    await writeFile(join(folder, 'p'), whole.subarray(0, Math.floor((whole.length * part) / 16)));
    t.equal((await startRunner(host, [join(folder, 'p')])).exitCode, 3, `${part}/16`);
  }
});

t.test('names of any bytes come out as JSON in UTF-8', async (t) => {
  const file = join(t.testdir({}), 'p');
  const builder = new GraphBuilder('line');
  const placeholder = 'x'.repeat(32);
  const x = builder.input(placeholder, { dtype: 'f32', shape: [1, 4] });
  const activation = { kind: 'exp', a: 0, b: 0, c: 0 };
  const bytes = Buffer.from(
    compileAsIs(builder.finish(builder.add('unary', { inputs: [x], attributes: { activation } })), host),
  );
  const at = bytes.indexOf(placeholder);
  const { path } = await buildRunner({ arch: host.build });
  const bad = '\ufffd';
  const cases: readonly (readonly [string | number[], string])[] = [
    ...['a"b\\', '\t\u001f\u007f', 'é – 漢 𝄞 \ud7ff\ue000'].map((name) => [name, name] as const),
    [[0xff, 0x41], `${bad}A`],
    [[0x80], bad],
    [[0xc3, 0x41], `${bad}A`],
    [[0xc3], bad],
    [[0xc1, 0x80], bad + bad],
    [[0xe0, 0x9f, 0x80], bad + bad + bad],
    [[0xed, 0xa0, 0x80], bad + bad + bad],
    [[0xf0, 0x8f, 0x80, 0x80], bad.repeat(4)],
    [[0xf4, 0x90, 0x80, 0x80], bad.repeat(4)],
    [[0xf5, 0x80, 0x80, 0x80], bad.repeat(4)],
  ];
  for (const [name, expected] of cases) {
    bytes.fill(0, at, at + placeholder.length);
    Buffer.from(name as string).copy(bytes, at);
    await writeFile(file, bytes);
    const { stdout } = await promisify(execFile)(path, [file, '--info'], { encoding: 'buffer' });
    const lines = new TextDecoder('utf-8', { fatal: true }).decode(stdout).split('\n');
    const events = lines
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { event: string; name: string });
    t.equal(events.find(({ event }) => event === 'input')?.name, expected, String(name));
  }
});

t.test('more samples than memory are refused, also where sizes have 32 bits', async (t) => {
  const folder = t.testdir({});
  await writeFile(join(folder, 'p'), program(armv7, 1100));
  const args = [join(folder, 'p'), '--output', `unary1=${join(folder, 'y')}`, '--samples', '1000000'];
  const { exitCode, events } = await startRunner(armv7, args);
  t.equal(exitCode, 3);
  t.match(events.at(-1), { event: 'error', status: 'MEMORY', message: /4400000000 bytes/ });
});

/** Runs the host's runner from a shell that first prepares something; $0 is the runner, $1 the program, $2 the output. */
async function fromShell(folder: string, script: string): Promise<{ code: number; stdout: string }> {
  const { path } = await buildRunner({ arch: host.build });
  await writeFile(join(folder, 'p'), program());
  return new Promise((resolve) => {
    execFile('sh', ['-c', script, path, join(folder, 'p'), join(folder, 'y')], { cwd: folder }, (error, stdout) => {
      resolve({ code: error ? Number(error.code) : 0, stdout });
    });
  });
}

t.test('a full disk leaves the old output and no part of the new', async (t) => {
  const folder = t.testdir({ y: 'old' });
  const { code, stdout } = await fromShell(folder, 'ulimit -f 1; exec "$0" "$1" --output "unary1=$2" --samples 1000');
  t.equal(code, 4);
  t.match(JSON.parse(stdout.trim().split('\n').at(-1)!), { event: 'error', status: 'FILE', message: /File too large/ });
  t.equal(await readFile(join(folder, 'y'), 'utf8'), 'old');
  t.same(await readdir(folder), ['p', 'y']);
});

t.test('ends with its own exit code when nobody reads what it prints', async (t) => {
  const folder = t.testdir({});
  t.equal(
    (await fromShell(folder, 'mkfifo pipe; exec 3<>pipe 4>pipe 3<&-; exec "$0" "$1" >&4')).code,
    4,
    'closed pipe',
  );
  t.equal((await fromShell(folder, 'exec "$0" "$1" >/dev/full')).code, 4, 'full disk');
});
