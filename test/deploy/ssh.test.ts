import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { openSsh } from '../../deploy/ssh.js';
import { deviceConformance, probeFor } from '../support/conformance/index.js';
import { blob, failsWith } from '../support/devices.js';
import { restoring } from '../support/environment.js';
import { withSshConfig } from '../support/ssh-config.js';
import { freePort, makeKey, type Sshd, startSshd } from '../support/sshd.js';

const folder = await mkdtemp(join(tmpdir(), 'edge-deploy-ssh-'));
const [sshd, plain] = await Promise.all([startSshd(), startSshd({ sftp: false })]);
t.afterEach(restoring('PATH'));
t.teardown(async () => {
  await Promise.all([sshd.stop(), plain.stop()]);
  await rm(folder, { recursive: true, force: true });
});

/** A target for a server, with its own port, key and known_hosts. */
const board = (server: Sshd, fields: object = {}) => ({
  type: 'ssh' as const,
  name: 'board',
  arch: 'host' as const,
  host: '127.0.0.1',
  port: server.port,
  user: server.user,
  key: server.keyFile,
  knownHosts: server.knownHostsFile,
  ...fields,
});

for (const [name, server] of [
  ['with SFTP', sshd],
  ['without SFTP', plain],
] as const) {
  await t.test(name, (t) =>
    deviceConformance(t, { arch: 'host', open: (dir) => openSsh(board(server, { dir })), obeysNoexec: true }),
  );
}

t.test('the folder is in the home of the user unless told otherwise', async (t) => {
  const device = await openSsh(board(sshd));
  t.teardown(() => device.close());
  const { folder, transport } = await device.info();
  t.match(folder, /^\/.*\/\.cache\/edge-deploy$/);
  t.equal(transport, 'ssh');
});

t.test('host keys: accept-new writes an unknown one down, never a changed one', async (t) => {
  const knownHosts = join(folder, 'accept');
  process.env.PATH = await withSshConfig(folder, 'StrictHostKeyChecking accept-new');
  await writeFile(knownHosts, '# no line end');
  await (await openSsh(board(sshd, { knownHosts }))).close();
  t.equal(await readFile(knownHosts, 'utf8'), `# no line end\n[127.0.0.1]:${sshd.port} ${sshd.hostKey}\n`);
  await writeFile(knownHosts, `[127.0.0.1]:${sshd.port} ${await makeKey(join(folder, 'another'))}\n`);
  await failsWith(t, openSsh(board(sshd, { knownHosts })), 'E_HOSTKEY_CHANGED', /SHA256:.*accept:1 has SHA256:/);
  await failsWith(t, openSsh(board(sshd, { knownHosts: '/dev/null/x' })), 'E_OUTPUT', /dev\/null/);
  await failsWith(t, openSsh(board(sshd, { knownHosts: folder })), 'E_CONFIG', /cannot be read/);
});

t.test('the server is asked for the key that is on record', async (t) => {
  const rsa = join(folder, 'rsa');
  const key = await makeKey(rsa, '-t', 'rsa');
  const both = await startSshd({ config: [`HostKey ${rsa}`] });
  t.teardown(() => both.stop());
  await writeFile(both.knownHostsFile, `[127.0.0.1]:${both.port} ${key}\n`);
  await (await openSsh(board(both))).close();
  t.pass('known by its RSA key alone');
});

t.test('a HostKeyAlias is what known_hosts is asked for', async (t) => {
  process.env.PATH = await withSshConfig(folder, 'HostKeyAlias lab-board');
  const knownHosts = join(folder, 'alias');
  await writeFile(knownHosts, '');
  const error = await failsWith(
    t,
    openSsh(board(sshd, { knownHosts })),
    'E_HOSTKEY_UNKNOWN',
    /key of lab-board is not known/,
  );
  t.match(error.details, { host: 'lab-board', knownHosts, ask: true });
  await writeFile(knownHosts, `lab-board ${sshd.hostKey}\n`);
  await (await openSsh(board(sshd, { knownHosts }))).close();
});

t.test('authentication: what was tried is told', async (t) => {
  const locked = join(folder, 'locked');
  await makeKey(locked, '-N', 'secret');
  process.env.PATH = await withSshConfig(folder, 'IdentityAgent none');
  await failsWith(t, openSsh(board(sshd, { key: locked })), 'E_AUTH', /locked \(unusable: it has a passphrase/);
  await failsWith(t, openSsh(board(sshd, { key: join(folder, 'none') })), 'E_AUTH', /no key/);
  await appendFile(join(folder, 'garbage'), 'not a key');
  await failsWith(t, openSsh(board(sshd, { key: join(folder, 'garbage') })), 'E_AUTH', /garbage \(unusable/);
  await failsWith(t, openSsh(board(sshd, { user: 'no-such-user-here' })), 'E_AUTH', /refused no-such-user-here/);
});

t.test('hosts that cannot be reached', async (t) => {
  const dead = await freePort();
  const error = await failsWith(t, openSsh(board(sshd, { port: dead })), 'E_UNREACHABLE', /ECONNREFUSED/);
  t.match(error.hint, `ssh -p ${dead} -l ${sshd.user} 127.0.0.1`);
  // A label of more than 63 letters is refused without asking the network.
  await failsWith(t, openSsh(board(sshd, { host: `${'x'.repeat(64)}.invalid` })), 'E_DNS', /x\.invalid is not found/);
});

/** The configuration of a user who reaches the server through itself. */
const jumps = (...lines: string[]) => [
  ...['Host board', '  HostName 127.0.0.1', ...lines.map((line) => `  ${line}`)],
  ...[
    'Host gate gate2',
    '  HostName 127.0.0.1',
    `  Port ${sshd.port}`,
    `  User ${sshd.user}`,
    `  IdentityFile ${sshd.keyFile}`,
  ],
  ...['Host *', `  UserKnownHostsFile ${sshd.knownHostsFile}`, '  IdentityAgent none', '  IdentitiesOnly yes'],
];

t.test('through a jump host, several of them, and a ProxyCommand', async (t) => {
  const probe = await probeFor('host');
  for (const way of ['ProxyJump gate', 'ProxyJump gate,gate2', 'ProxyCommand ssh -W [%h]:%p %r@gate']) {
    process.env.PATH = await withSshConfig(folder, ...jumps(way));
    const before = sshd.log().length;
    const device = await openSsh(board(sshd, { host: 'board', dir: join(folder, 'behind') }));
    const large = blob('large.bin', 400_000);
    const { paths } = await device.put([probe, large]);
    t.match(await device.run(paths.get('probe')!, ['exit', '3']), { exitCode: 3 }, way);
    t.ok((await device.get(paths.get('large.bin')!)).length === 400_000);
    t.match(sshd.log().slice(before), /direct-tcpip/, 'the server was its own jump host');
    await device.close();
    await device.remove([]);
  }
});

t.test('the host behind a jump is verified before authentication', async (t) => {
  const knownHosts = join(folder, 'behind_known_hosts');
  process.env.PATH = await withSshConfig(folder, ...jumps('ProxyJump gate'));
  await writeFile(knownHosts, `[127.0.0.1]:${plain.port} ${await makeKey(join(folder, 'stranger'))}\n`);
  const before = plain.log().length;
  await failsWith(t, openSsh(board(plain, { host: 'board', knownHosts })), 'E_HOSTKEY_CHANGED');
  await writeFile(knownHosts, '');
  await failsWith(t, openSsh(board(plain, { host: 'board', knownHosts })), 'E_HOSTKEY_UNKNOWN');
  t.notMatch(plain.log().slice(before), /userauth-request|Accepted/, 'nothing was proven to it');
});

t.test('a proxy that fails says why', async (t) => {
  const through = async (...lines: string[]) => {
    process.env.PATH = await withSshConfig(folder, ...lines);
    return openSsh(board(sshd, { host: 'board' }));
  };
  const dead = await freePort();
  await failsWith(
    t,
    through(...jumps(`ProxyJump gate:${dead}`)),
    'E_UNREACHABLE',
    /through ssh:\/\/gate:\d+: .*refused/,
  );
  const error = await failsWith(
    t,
    through(...jumps('ProxyCommand echo no route to the lab >&2; false')),
    'E_UNREACHABLE',
    /no route to the lab/,
  );
  t.match(error.hint, /ssh -p \d+ -l \w+ board/);
  await failsWith(t, through(...jumps('ProxyCommand true')), 'E_UNREACHABLE');
  const stranger = jumps('ProxyJump gate').map((line) => line.replace(sshd.knownHostsFile, join(folder, 'nobody')));
  await failsWith(t, through(...stranger), 'E_UNREACHABLE', /Host key verification failed/);
});
