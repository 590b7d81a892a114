import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { failsWith, foreignProgram } from '../devices.js';
import type { Workbench } from './workbench.js';

/** Programs, and how they end. */
export function runConformance(t: Test, bench: Workbench): void {
  t.test('arguments arrive as they are, stdout and stderr come back apart', async (t) => {
    const { device, program } = await bench.ready(t);
    const words = [
      '',
      'two words',
      `it's`,
      '"x"',
      '$HOME',
      '$(id)',
      '`id`',
      ';',
      '&&',
      '*',
      '~',
      '\\',
      '\\n',
      'a\nb',
      '-x',
      '#',
      'é↦',
      '!',
      '%s',
      "'",
      "''",
    ];
    const lines: string[] = [];
    const { stdout, stderr, exitCode } = await device.run(program, ['say', ...words], {
      onLine: (line) => lines.push(line),
    });
    t.equal(exitCode, 0);
    const said = stdout.slice(stdout.indexOf('\n') + 1);
    t.equal(said, words.map((word) => `[${word}]\n`).join(''));
    t.match(stderr, /on stderr\n/);
    t.notMatch(stdout, /on stderr/);
    t.equal(`${lines.join('\n')}\n`, stdout);
    t.match(await device.run(program, ['split']), { stdout: /^é$/m }, 'a letter that arrives in two pieces');
  });

  t.test('exit codes the program chose come back, ends it did not choose are errors', async (t) => {
    const { device, program } = await bench.ready(t);
    for (const code of [0, 1, 42, 125]) t.equal((await device.run(program, ['exit', String(code)])).exitCode, code);
    for (const [code, expected] of [
      [126, 'E_WRONG_ARCH'],
      [127, 'E_WRONG_ARCH'],
      [132, 'E_CPU_FEATURE'],
      [134, 'E_CRASH'],
      [137, 'E_KILLED'],
      [139, 'E_CRASH'],
    ] as const)
      await failsWith(t, device.run(program, ['exit', String(code)]), expected);
    for (const [signal, expected] of [
      [4, 'E_CPU_FEATURE'],
      [6, 'E_CRASH'],
      [7, 'E_CRASH'],
      [9, 'E_KILLED'],
      [11, 'E_CRASH'],
      [15, 'E_KILLED'],
    ] as const)
      await failsWith(t, device.run(program, ['signal', String(signal)]), expected, /runner/);
    const foreign = (await device.put([foreignProgram()])).paths.get('foreign')!;
    await failsWith(t, device.run(foreign, []), 'E_WRONG_ARCH', new RegExp(bench.subject.arch));
  });

  t.test('silence ends a run, and the program', async (t) => {
    const { device, program } = await bench.ready(t);
    t.match(
      await device.run(program, ['tick', '6', '250'], { silenceMs: 1000 }),
      { stdout: /tick 5/ },
      'talking is enough',
    );
    const lines: string[] = [];
    const silent = device.run(program, ['sleep', '60000'], { silenceMs: 700, onLine: (line) => lines.push(line) });
    await failsWith(t, silent, 'E_TIMEOUT', /said nothing/);
    await isGone(t, Number(lines[0]));
  });

  t.test('an abort ends a run, and the program', async (t) => {
    const { device, program } = await bench.ready(t);
    const abort = new AbortController();
    const lines: string[] = [];
    const run = device.run(program, ['sleep', '60000'], {
      signal: abort.signal,
      onLine: (line) => {
        lines.push(line);
        abort.abort();
      },
    });
    await t.rejects(run, { code: 'E_INTERRUPTED' });
    await isGone(t, Number(lines[0]));
    await t.rejects(device.run(program, ['exit', '0'], { signal: AbortSignal.abort() }), { code: 'E_INTERRUPTED' });
  });
}
async function isGone(t: Test, pid: number): Promise<void> {
  t.ok(pid > 1, `process ${pid} ran`);
  const runs = () => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  for (let attempt = 0; attempt < 100 && runs(); attempt++) await sleep(50);
  t.notOk(runs(), 'and is gone');
}
