import t from 'tap';
import { ProgressView } from '../../src/cli/progress.js';

/** A screen that remembers what was written. */
function screen(isTTY: boolean, columns = 80) {
  const written: string[] = [];
  return { isTTY, columns, written, write: (text: string) => void written.push(text), text: () => written.join('') };
}

const sending = (current: number, total = 200_000) => ({
  stage: 'push' as const,
  message: 'sending runner',
  current,
  total,
});
const building = { stage: 'build' as const, message: 'compiling runner' };

t.test('elsewhere than on a terminal: a line an event, of a transfer its beginning', (t) => {
  for (const [to, terminal] of [
    [screen(false), 'xterm'],
    [screen(true), 'dumb'],
  ] as const) {
    const view = new ProgressView(to, terminal);
    view.show(building);
    view.show(building);
    for (const current of [0, 1000, 100_000, 200_000]) view.show(sending(current));
    view.show(sending(0, 0));
    view.line('done');
    t.equal(to.text(), 'compiling runner\nsending runner\nsending runner\ndone\n');
  }
  t.end();
});

t.test('on a terminal: a bar that overwrites itself and ends as a line', (t) => {
  const to = screen(true);
  const view = new ProgressView(to, 'xterm');
  view.show(building);
  view.show(sending(0));
  t.equal(to.written.at(-1), `\rsending runner ${'░'.repeat(20)}  0 % 0 B of 200 kB\x1b[K`);
  view.show(sending(200_000));
  t.same(to.written.slice(-2), ['\r\x1b[K', 'sending runner: 200 kB\n']);
  t.equal(to.text().split('\n').length, 3, 'two lines');
  t.notMatch(to.text(), /\[[\d;]+m/, 'no colour');
  t.end();
});

t.test('the bar shows how far it is', async (t) => {
  const to = screen(true);
  for (const [current, picture] of [
    [50_000, `${'█'.repeat(5)}${'░'.repeat(15)} 25 % 50 kB of 200 kB`],
    [199_999, `${'█'.repeat(19)}░ 99 % 200 kB of 200 kB`],
  ] as const) {
    new ProgressView(to, 'xterm').show(sending(current));
    t.match(to.written.at(-1), picture);
  }
  new ProgressView(to, 'xterm').show({ stage: 'import', message: 'reading conv1_w', current: 3, total: 12 });
  t.match(to.written.at(-1), '3 of 12', 'what is no transfer is counted, not measured');
});

t.test('it is not drawn for every piece', (t) => {
  const to = screen(true);
  const view = new ProgressView(to, 'xterm');
  for (let current = 0; current < 200_000; current += 100) view.show(sending(current));
  t.ok(to.written.length < 200, `${to.written.length} pictures of 2000 pieces`);
  t.end();
});

t.test('it never wraps', (t) => {
  const to = screen(true, 30);
  new ProgressView(to, 'xterm').show(sending(100_000));
  t.equal(to.written[0]!.replace(/^\r/, '').replace('\x1b[K', '').length, 29);
  t.end();
});

t.test('it gives way to lines and comes back', (t) => {
  const to = screen(true);
  const view = new ProgressView(to, 'xterm');
  view.show(sending(0));
  view.line('warning: x');
  t.same(to.written.slice(-2), ['\r\x1b[K', 'warning: x\n']);
  view.clear();
  t.equal(to.written.length, 3, 'nothing is there to take away');
  view.show(sending(100_000));
  t.match(to.written.at(-1), /50 %/);
  view.clear();
  t.equal(to.written.at(-1), '\r\x1b[K');
  t.end();
});
