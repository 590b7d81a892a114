import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { sshSettings } from '../../deploy/ssh-config.js';
import { failsWith } from '../support/devices.js';
import { restoring } from '../support/environment.js';
import { withSshConfig } from '../support/ssh-config.js';

const folder = await mkdtemp(join(tmpdir(), 'edge-deploy-ssh-config-'));
t.afterEach(restoring('PATH', 'SSH_AUTH_SOCK', 'SHELL'));
t.teardown(() => rm(folder, { recursive: true }));

interface Fields {
  readonly user?: string;
  readonly port?: number;
  readonly key?: string;
  readonly knownHosts?: string;
}

/** The settings for `board` with these fields of the target, under this ssh configuration. */
async function settings(fields: Fields, ...lines: string[]) {
  process.env.PATH = await withSshConfig(folder, ...lines);
  return sshSettings({ type: 'ssh', name: 'pi', arch: 'armv8', host: 'board', ...fields });
}

const BOARD = ['Host board', '  HostName 10.0.0.7', '  Port 2222', '  User pi', '  IdentityFile ~/.ssh/pi'];

t.test('aliases, users, ports and keys come from the user’s configuration', async (t) => {
  t.match(await settings({}, ...BOARD), {
    host: '10.0.0.7',
    port: 2222,
    user: 'pi',
    keys: [join(userInfo().homedir, '.ssh', 'pi')],
    knownAs: '[10.0.0.7]:2222',
    unknownKey: 'ask',
    proxy: undefined,
    command: 'ssh board',
  });
  t.match(await settings({}), { host: 'board', port: 22, user: userInfo().username, knownAs: 'board' });
});

t.test('the target’s own fields win', async (t) => {
  const fields = { user: 'root', port: 22, key: '~/key', knownHosts: '~/known' };
  t.match(await settings(fields, ...BOARD), {
    host: '10.0.0.7',
    port: 22,
    user: 'root',
    keys: [join(userInfo().homedir, 'key')],
    knownHosts: [join(userInfo().homedir, 'known')],
    newKnownHosts: join(userInfo().homedir, 'known'),
    knownAs: '10.0.0.7',
    command: 'ssh -p 22 -l root board',
  });
});

t.test('known hosts: those of the user take new keys, those of the machine do not', async (t) => {
  const lines = ['UserKnownHostsFile ~/a /b', 'GlobalKnownHostsFile /c'];
  t.match(await settings({}, ...lines), {
    knownHosts: [join(userInfo().homedir, 'a'), '/b', '/c'],
    newKnownHosts: join(userInfo().homedir, 'a'),
  });
  const none = await settings({}, 'UserKnownHostsFile none', 'GlobalKnownHostsFile /c');
  t.same(none.knownHosts, ['/c']);
  t.equal(none.newKnownHosts, undefined);
  t.equal((await settings({}, 'HostKeyAlias Lab-Board', 'Port 2222')).knownAs, 'lab-board', 'an alias has no port');
});

t.test('what happens to an unknown key; there is no way to accept every key', async (t) => {
  for (const [value, unknownKey] of [
    ['ask', 'ask'],
    ['accept-new', 'accept'],
    ['yes', 'refuse'],
    ['no', 'ask'],
    ['off', 'ask'],
  ] as const)
    t.equal((await settings({}, `StrictHostKeyChecking ${value}`)).unknownKey, unknownKey, value);
});

t.test('the agent', async (t) => {
  process.env.SSH_AUTH_SOCK = '/run/agent';
  t.equal((await settings({})).agent, '/run/agent');
  t.equal((await settings({}, 'IdentityAgent none')).agent, undefined);
  t.equal((await settings({}, 'IdentityAgent SSH_AUTH_SOCK')).agent, '/run/agent');
  t.equal((await settings({}, 'IdentityAgent ~/other')).agent, join(userInfo().homedir, 'other'));
});

t.test('a ProxyJump is the user’s own ssh with -W', async (t) => {
  const proxy = async (...lines: string[]) => (await settings({}, ...BOARD, ...lines)).proxy;
  const start = ['ssh', '-o', 'BatchMode=yes'];
  t.same(await proxy('ProxyJump gate'), [...start, '-W', '[10.0.0.7]:2222', 'ssh://gate']);
  t.same(await proxy('ProxyJump me@gate:2200'), [...start, '-W', '[10.0.0.7]:2222', 'ssh://me@gate:2200']);
  t.same(await proxy('ProxyJump ssh://me@gate:2200'), [...start, '-W', '[10.0.0.7]:2222', 'ssh://me@gate:2200']);
  t.same(await proxy('ProxyJump a,b:22,c'), [...start, '-J', 'a,b:22', '-W', '[10.0.0.7]:2222', 'ssh://c']);
  t.equal(await proxy('ProxyJump none'), undefined);
});

t.test('a ProxyCommand gets host, port and user', async (t) => {
  process.env.SHELL = '/bin/dash';
  const command = async (line: string, fields: Fields = {}) =>
    (await settings(fields, ...BOARD, `ProxyCommand ${line}`)).proxy;
  t.same(await command('nc -X 5 %h %p'), ['/bin/dash', '-c', 'exec nc -X 5 10.0.0.7 2222']);
  t.same(await command('relay %r@%n 100%% "a b"'), ['/bin/dash', '-c', 'exec relay pi@board 100% "a b"']);
  t.equal(await command('none'), undefined);
  await failsWith(t, command('nc %h %z'), 'E_CONFIG', /%z/);
  await failsWith(t, settings({}, 'ProxyCommand nc %h %p', 'ProxyUseFdpass yes'), 'E_CONFIG', /ProxyUseFdpass/);
});

t.test('a configuration that ssh refuses is reported in its words', async (t) => {
  await failsWith(t, settings({}, 'Prot 22'), 'E_CONFIG', /Bad configuration option: prot/);
});

t.test('without an ssh client the usual places hold', async (t) => {
  process.env.PATH = join(folder, 'nothing');
  t.match(await sshSettings({ type: 'ssh', name: 'pi', arch: 'armv8', host: 'Board', port: 2222 }), {
    host: 'Board',
    port: 2222,
    user: userInfo().username,
    knownAs: '[board]:2222',
    newKnownHosts: join(userInfo().homedir, '.ssh', 'known_hosts'),
    unknownKey: 'ask',
  });
});

t.test('a configuration that takes forever to read', async (t) => {
  process.env.PATH = await withSshConfig(folder, 'Match exec "sleep 60"', '  User pi');
  const target = { type: 'ssh', name: 'pi', arch: 'armv8', host: 'board' } as const;
  await failsWith(t, sshSettings(target, { silenceMs: 300 }), 'E_CONFIG', /0.3 s/);
  const signal = AbortSignal.timeout(300);
  await t.rejects(sshSettings(target, { signal }), { code: 'E_INTERRUPTED' });
});
