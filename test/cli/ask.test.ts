import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { askYesNo } from '../../src/cli/ask.js';

/** Asks with these lines typed; what was shown comes back with the answer. */
async function answer(...typed: string[]) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const asked = askYesNo('Is it?', input, output, new AbortController().signal);
  for (const line of typed) input.write(line);
  input.end();
  const said = await asked;
  return { said, shown: String(output.read()) };
}

t.test('yes and no, in any case, among blanks', async (t) => {
  t.same(await answer('yes\n'), { said: true, shown: 'Is it? (yes/no) ' });
  t.same((await answer('no\n')).said, false);
  t.equal((await answer('  YES \n')).said, true);
  t.equal((await answer('No\r\n')).said, false);
  t.equal((await answer('ye', 's\n')).said, true, 'in pieces');
});

t.test('anything else is asked again', async (t) => {
  const { said, shown } = await answer('\n', 'y\n', 'sure\n', 'yes\n', 'no\n');
  t.equal(said, true);
  t.equal(shown.match(/Please type 'yes' or 'no'/g)?.length, 3);
});

t.test('the end of the input is a no', async (t) => {
  t.equal((await answer()).said, false);
  t.equal((await answer('perhaps\n')).said, false);
  t.equal((await answer('yes')).said, true, 'a last line without an end still counts');
});

t.test('Ctrl-C interrupts the question', async (t) => {
  const abort = new AbortController();
  const [input, output] = [new PassThrough(), new PassThrough()];
  const asked = askYesNo('Is it?', input, output, abort.signal);
  await sleep(10);
  abort.abort();
  await t.rejects(asked, { code: 'E_INTERRUPTED' });
});
