import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { cli } from '../support/cli.js';
import { withSshConfig } from '../support/ssh-config.js';
import { startSshd } from '../support/sshd.js';
import { onTerminal } from '../support/terminal.js';

/** An unknown host key: asked about on a terminal, refused elsewhere. */
const MODEL = join(packageRoot, 'examples', 'fashion-mnist', 'model');
const folder = await mkdtemp(join(tmpdir(), 'edge-deploy-ask-'));
const [sshd, other] = await Promise.all([startSshd(), startSshd()]);
const PATH = await withSshConfig(folder, 'IdentityAgent none');
t.teardown(async () => {
  await Promise.all([sshd.stop(), other.stop()]);
  await rm(folder, { recursive: true, force: true });
});

/** A project with two boards whose keys are not on record. */
async function project() {
  const cwd = await mkdtemp(join(folder, 'project-'));
  const knownHosts = join(cwd, 'known_hosts');
  const board = (server: typeof sshd, dir: string) => ({
    type: 'ssh',
    host: '127.0.0.1',
    port: server.port,
    user: server.user,
    key: server.keyFile,
    knownHosts,
    arch: 'host',
    dir: join(cwd, dir),
  });
  const targets = { one: board(sshd, 'one'), two: board(other, 'two') };
  await writeFile(join(cwd, 'edge-deploy.yaml'), JSON.stringify({ version: 1, targets }));
  const known = () => readFile(knownHosts, 'utf8').catch(() => '');
  return { cwd, env: { PATH }, known };
}

const QUESTION = /Is that the board's own\? \(yes\/no\) /;

t.test('yes: the key is written down, and the command goes on', async (t) => {
  const { cwd, env, known } = await project();
  const answers = [
    [QUESTION, 'of course\n'],
    [/Please type 'yes' or 'no': /, 'yes\n'],
  ] as const;
  const before = sshd.log().length;
  const { exitCode, screen } = await onTerminal(['push', MODEL, '-t', 'one', '--preset', 'once'], answers, {
    cwd,
    env,
  });
  t.equal(exitCode, 0, screen);
  t.match(screen, /one: the host key of \[127\.0\.0\.1\]:\d+ is not known[\s\S]*SHA256:/);
  t.match(screen, /agreement/, 'the push itself');
  t.equal(await known(), `[127.0.0.1]:${sshd.port} ${sshd.hostKey}\n`);
  t.equal(
    sshd
      .log()
      .slice(before)
      .match(/Accepted publickey/g)?.length,
    1,
    'nothing was proven before the answer',
  );
  const second = await onTerminal(['targets', 'probe', 'one'], [[QUESTION, 'no\n']], { cwd, env });
  t.equal(second.exitCode, 0);
  t.notMatch(second.screen, QUESTION, 'it is known now');
});

t.test('no: refused, and nothing is written or sent', async (t) => {
  const { cwd, env, known } = await project();
  const before = sshd.log().length;
  const { exitCode, screen } = await onTerminal(['targets', 'probe', 'one'], [[QUESTION, 'no\n']], { cwd, env });
  t.equal(exitCode, 6);
  t.match(screen, /E_HOSTKEY_UNKNOWN/);
  t.equal(await known(), '');
  t.notMatch(sshd.log().slice(before), /userauth-request|Accepted/);
});

t.test('nobody is asked with --no-input or --json, where ssh says no, or without a terminal', async (t) => {
  const { cwd, env, known } = await project();
  const probe = ['targets', 'probe', 'one'];
  const strict = { PATH: await withSshConfig(join(folder, 'strict'), 'StrictHostKeyChecking yes') };
  for (const result of [
    await onTerminal([...probe, '--no-input'], [[QUESTION, 'yes\n']], { cwd, env }),
    await onTerminal([...probe, '--json'], [[QUESTION, 'yes\n']], { cwd, env }),
    await onTerminal(probe, [[QUESTION, 'yes\n']], { cwd, env: strict }),
  ]) {
    t.equal(result.exitCode, 6);
    t.match(result.screen, /E_HOSTKEY_UNKNOWN/);
    t.notMatch(result.screen, QUESTION);
  }
  t.match(await cli(probe, { cwd, env }), { exitCode: 6, stderr: /targets trust one/ });
  t.equal(await known(), '');
});

t.test('Ctrl-C at the question', async (t) => {
  const { cwd, env, known } = await project();
  const { exitCode, screen } = await onTerminal(['targets', 'probe', 'one'], [[QUESTION, '\x03']], { cwd, env });
  t.equal(exitCode, 130);
  t.match(screen, /E_INTERRUPTED/);
  t.equal(await known(), '');
});

t.test('a sweep over two unknown boards asks about one after the other', async (t) => {
  const { cwd, env, known } = await project();
  const args = ['bench', MODEL, '-t', 'one,two', '--precision', 'int8', '--preset', 'once'];
  const answers = [
    [QUESTION, 'yes\n'],
    [QUESTION, 'no\n'],
  ] as const;
  const { exitCode, screen } = await onTerminal(args, answers, { cwd, env });
  t.equal(exitCode, 20, screen);
  t.match(screen, /1 of 2 targets failed/);
  t.equal((await known()).trim().split('\n').length, 1);
  const { results, failures } = JSON.parse(await readFile(join(cwd, 'bench.json'), 'utf8'));
  t.equal(results.length, 1);
  t.match(failures, [{ error: { code: 'E_HOSTKEY_UNKNOWN' } }]);
});

t.test('a transfer is a bar on a terminal, and gone with --quiet', async (t) => {
  const cwd = await mkdtemp(join(folder, 'bar-'));
  await writeFile(
    join(cwd, 'edge-deploy.yaml'),
    `version: 1\ntargets:\n  board: { type: host, dir: ${join(cwd, 'device')} }\n`,
  );
  const push = ['push', MODEL, '--preset', 'once'];
  const shown = await onTerminal(push, [], { cwd });
  t.equal(shown.exitCode, 0);
  t.match(shown.screen, /\rsending runner [█░]{20} +\d+ % /);
  t.match(shown.screen, /sending runner: \d+ kB\r\n/);
  t.notMatch(shown.screen, /\[[\d;]+m/, 'no colours, with or without --no-color');
  await rm(join(cwd, 'device'), { recursive: true });
  const quiet = await onTerminal([...push, '--quiet', '--no-color'], [], { cwd });
  t.equal(quiet.exitCode, 0);
  t.notMatch(quiet.screen, /sending|running on/);
  t.notOk(quiet.screen.includes('\x1b'), 'plain text');
  t.match(quiet.screen, /^board /, 'the result alone');
  t.ok((await readdir(join(cwd, 'device'))).length > 0);
});
