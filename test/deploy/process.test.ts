import t from 'tap';
import { lineSplitter, runProcess } from '../../deploy/process.js';
import { failsWith } from '../support/devices.js';

const sh = (line: string, options = {}) => runProcess('here', 'sh', ['-c', line], options);

t.test('output, its end, and how it ended', async (t) => {
  t.same(await sh('echo out; echo err >&2; exit 3'), { stdout: 'out\n', stderr: 'err\n', exitCode: 3 });
  t.match(await sh('printf "no end"'), { stdout: 'no end', exitCode: 0 });
  for (const [name, number] of [
    ['KILL', 9],
    ['SEGV', 11],
    ['TERM', 15],
  ] as const)
    t.equal((await sh(`kill -${name} $$`)).exitCode, 128 + number, name);
  t.match(await runProcess('here', 'printf', ['%s|', 'a b', '$x', "it's"]), { stdout: "a b|$x|it's|" });
});

t.test('input and environment', async (t) => {
  t.match(await sh('cat; printf %s "$GREETING"', { input: Buffer.from('in '), env: { GREETING: 'hello' } }), {
    stdout: 'in hello',
  });
  t.match(await sh('cat; echo end'), { stdout: 'end\n' }, 'there is none unless given');
});

t.test('a program that does not exist, one that cannot be started', async (t) => {
  await t.rejects(runProcess('here', 'no-such-program-here', []), {
    code: 'E_TOOL_MISSING',
    message: /no-such-program-here/,
  });
  t.match(await runProcess('here', t.testdir(), []), { exitCode: 126, stderr: /EACCES/ });
});

t.test('whole lines, as they come', async (t) => {
  const lines: string[] = [];
  await sh('printf "a\\nb"; sleep 0.1; printf "c\\n\\nd"', { onLine: (line: string) => lines.push(line) });
  t.same(lines, ['a', 'bc', '']);
  const got: string[] = [];
  const feed = lineSplitter((line) => got.push(line));
  for (const piece of ['x', 'y\nz', '\n', '\n', 'open']) feed(piece);
  t.same(got, ['xy', 'z', '']);
  t.doesNotThrow(() => lineSplitter(undefined)('a\n'));
});

t.test('silence and abort end it', async (t) => {
  const started = performance.now();
  await failsWith(t, sh('exec sleep 60', { silenceMs: 200 }), 'E_TIMEOUT', /here/);
  await t.rejects(sh('exec sleep 60', { signal: AbortSignal.timeout(100) }), { code: 'E_INTERRUPTED' });
  await t.rejects(sh('echo never', { signal: AbortSignal.abort() }), { code: 'E_INTERRUPTED' });
  t.ok(performance.now() - started < 20_000, 'at once');
});
