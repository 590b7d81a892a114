import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { openProxy, type ProxySettings, proxyProgram, proxyWords } from '../../deploy/ssh-proxy.js';

const WAY: ProxySettings = {
  host: '10.0.0.7',
  port: 22,
  user: 'pi',
  original: 'board',
  jump: undefined,
  command: undefined,
  passesDescriptor: false,
};

t.test('what is no plain word never reaches the shell of a ProxyCommand', (t) => {
  for (const word of ['a;b', '$(id)', '`id`', "a'b", 'a"b', 'a b', 'a\nb', '-oX', 'a|b', 'a&b', 'a>b', 'a\\b']) {
    for (const settings of [{ host: word }, { user: word }, { original: word }])
      t.throws(() => proxyProgram('pi', { ...WAY, ...settings, command: 'relay %h %r %n' }), {
        code: 'E_CONFIG',
        message: /may not stand/,
      });
    t.ok(proxyProgram('pi', { ...WAY, user: word, command: 'relay %h' }), 'a word that is not used does no harm');
  }
  t.same(proxyProgram('pi', { ...WAY, host: 'fe80::1%eth0', command: 'relay %h' })?.[2], 'exec relay fe80::1%eth0');
  t.throws(() => proxyProgram('pi', { ...WAY, command: 'relay %' }), { code: 'E_CONFIG', message: /token %,/ });
  t.end();
});

t.test('bytes go through both ways', async (t) => {
  const stream = openProxy(['cat']);
  const sent = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 256));
  stream.end(sent);
  const got: Buffer[] = [];
  for await (const chunk of stream) got.push(chunk as Buffer);
  t.ok(Buffer.concat(got).equals(sent));
});

t.test('a program that fails leaves its words in the error', async (t) => {
  const fails = async (...program: string[]) => {
    const stream = openProxy(program);
    stream.resume();
    const [error] = (await once(stream, 'error')) as [Error];
    return proxyWords(error);
  };
  t.equal(await fails('sh', '-c', 'echo no route >&2; echo to the lab >&2; exit 3'), 'no route; to the lab');
  t.match(await fails('sh', '-c', 'exit 3'), /exit code 3/);
  t.match(await fails('no-such-program-here'), /ENOENT/);
  t.equal(proxyWords(new Error('ECONNREFUSED')), undefined, 'other errors are not the proxy’s');
});

t.test('closing the stream ends the program', async (t) => {
  const stream = openProxy(['sh', '-c', 'echo $$; exec sleep 600']);
  stream.on('error', () => {});
  const [line] = (await once(stream, 'data')) as [Buffer];
  const pid = Number(line.toString());
  t.doesNotThrow(() => process.kill(pid, 0), 'it runs');
  stream.destroy();
  const runs = () => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  for (let attempt = 0; attempt < 100 && runs(); attempt++) await sleep(20);
  t.notOk(runs(), 'it is gone');
});
