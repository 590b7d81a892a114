import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { compileAsIs } from '../../support/compile-as-is.js';
import { Maker } from '../../support/maker.js';
import { RUNNERS, startRunner } from '../../support/run-program.js';

/** The first build for an architecture compiles its C library as well. */
t.setTimeout(10 * 60 * 1000);

const [host, armv7] = RUNNERS as [(typeof RUNNERS)[0], (typeof RUNNERS)[0]];

/** Three plans of x0 + x1, for x0 of 2, 3 and 700 values; the sum is called `binary2`. */
const SUMS = [2, 3, 700].map((size) => {
  const make = new Maker('sum');
  return make.finish([make.op('binary', [make.x(1, size), make.x(1, 1)], { kind: 'add' })]);
});

function floats(...values: number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

t.test('the plan is the one of the inputs’ shapes; an unknown shape is told which ones are known', async (t) => {
  const folder = t.testdir({});
  const [file, input, bias, output] = [join(folder, 'p'), join(folder, 'x'), join(folder, 'b'), join(folder, 'y')];
  for (const runner of [host, armv7]) {
    await writeFile(file, compileAsIs(SUMS, runner));
    await writeFile(input, floats(1, 2, 3));
    await writeFile(bias, floats(10));
    const bound = ['--input', `x0=${input}`, '--input', `x1=${bias}`, '--output', `binary2=${output}`];
    const found = await startRunner(runner, [file, '--shape', 'x0=1x3', ...bound, '--samples', '1']);
    t.equal(found.exitCode, 0, JSON.stringify(found.events.at(-1)));
    t.match(found.events[1], { event: 'load', plan: 1, plans: 3, steps: 1 });
    t.match(found.events[2], { event: 'input', name: 'x0', shape: [1, 3] });
    t.same(await readFile(output), Buffer.from(floats(11, 12, 13)));
    const first = await startRunner(runner, [file, '--info']);
    t.match(first.events[1], { plan: 0 }, 'without a shape, the first');
    t.match((await startRunner(runner, [file, '--shape', 'x1=1x1', '--info'])).events[1], { plan: 0 });
    t.match((await startRunner(runner, [file, '--shape', 'x1=1x1', '--shape', 'x0=1x700', '--info'])).events[1], {
      plan: 2,
    });
  }
  const refusals: readonly (readonly [string[], number, string, RegExp | string])[] = [
    [
      ['--shape', 'x0=1x4', '--shape', 'x1=1x1'],
      6,
      'SHAPE',
      'there is no plan for x0 1x4, x1 1x1; the program takes: x0 1x2, x1 1x1; x0 1x3, x1 1x1; x0 1x700, x1 1x1',
    ],
    [['--shape', 'x0=1x03'], 6, 'SHAPE', /no plan for x0 1x03;/],
    [['--shape', 'x=0=1x3'], 2, 'USAGE', /no input 'x=0'/],
    [['--shape', 'z=1x3'], 2, 'USAGE', /no input 'z'/],
    [['--shape', 'x0'], 2, 'USAGE', /'x0' is not NAME=1x3x48x192/],
    [['--shape', 'x0=1x2', '--shape', 'x0=1x3'], 2, 'USAGE', /'x0' stands twice/],
    [['--shape', 'x0=1x2', '--input', `x0=${input}`], 6, 'INPUT', /holds 12 bytes.*takes 8/],
  ];
  await writeFile(file, compileAsIs(SUMS, host));
  for (const [args, code, status, message] of refusals) {
    const { exitCode, events } = await startRunner(host, [file, ...args]);
    t.equal(exitCode, code, args.join(' '));
    t.match(events.at(-1), { event: 'error', status, message }, args.join(' '));
  }
});

t.test('a list of known shapes that is too long is cut, not the program', async (t) => {
  const file = join(t.testdir({}), 'p');
  const many = Array.from({ length: 200 }, (_, i) => {
    const make = new Maker('line');
    return make.finish([make.op('unary', [make.x(1, 1000 + i)], { activation: { kind: 'exp', a: 0, b: 0, c: 0 } })]);
  });
  await writeFile(file, compileAsIs(many, host));
  const { exitCode, events } = await startRunner(host, [file, '--shape', 'x0=1x1']);
  t.equal(exitCode, 6);
  t.match(events.at(-1), { event: 'error', status: 'SHAPE', message: /takes: x0 1x1000; x0 1x1001; / });
  t.match((await startRunner(host, [file, '--shape', 'x0=1x1199', '--info'])).events[1], { plan: 199, plans: 200 });
});
