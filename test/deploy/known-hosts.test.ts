import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import {
  fingerprint,
  judgeHostKey,
  keyType,
  knownHostName,
  knownKeyTypes,
  writeHostKey,
} from '../../deploy/known-hosts.js';
import { makeKey } from '../support/sshd.js';

const folder = await mkdtemp(join(tmpdir(), 'edge-deploy-known-hosts-'));
t.teardown(() => rm(folder, { recursive: true }));
const run = promisify(execFile);
const [ed, other] = await Promise.all([makeKey(join(folder, 'ed')), makeKey(join(folder, 'other'))]);
const ecdsa = await makeKey(join(folder, 'ecdsa'), '-t', 'ecdsa');
const blob = (line: string) => Buffer.from(line.split(' ')[1]!, 'base64');

/** A known_hosts file with these lines. */
async function known(...lines: string[]): Promise<string> {
  const file = join(folder, 'known_hosts');
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

/** The verdict on the key `ed` of `name`, with these lines on record. */
async function verdict(name: string, ...lines: string[]): Promise<string> {
  return judgeHostKey([await known(...lines)], name, blob(ed)).verdict;
}

t.test('fingerprint and type are those of ssh-keygen', async (t) => {
  for (const [name, line] of [
    ['ed', ed],
    ['ecdsa', ecdsa],
  ] as const) {
    const { stdout } = await run('ssh-keygen', ['-l', '-f', join(folder, `${name}.pub`)]);
    t.equal(fingerprint(blob(line)), stdout.split(' ')[1]);
    t.equal(keyType(blob(line)), line.split(' ')[0]);
  }
  t.equal(keyType(Buffer.alloc(0)), '');
  t.equal(keyType(Buffer.from([255, 255, 255, 255, 65])), 'A', 'a length beyond the end');
});

t.test('the name on record', async (t) => {
  t.equal(knownHostName('board', 22), 'board');
  t.equal(knownHostName('board', 2222), '[board]:2222');
  t.equal(knownHostName('fe80::1', 22), 'fe80::1');
  t.equal(knownHostName('Board.Local', 22), 'board.local', 'as ssh writes it');
});

t.test('plain, with a port, in lists, with comments', async (t) => {
  t.equal(await verdict('board', `board ${ed}`), 'known');
  t.equal(await verdict('board', `board ${ed} root@board # bought in May`), 'known');
  t.equal(await verdict('board', '', '# board', `#board ${ed}`, `  board\t${ed.replace(' ', '\t')}  `), 'known');
  t.equal(await verdict('board', `10.0.0.7,board,other ${ed}`), 'known');
  t.equal(await verdict('board', `BOARD ${ed}`), 'known');
  t.equal(await verdict('board', `board ${ed}\r`), 'known', 'lines that end in CR LF');
  t.equal(await verdict('[board]:2222', `[board]:2222 ${ed}`), 'known');
  t.equal(await verdict('[board]:2222', `board ${ed}`), 'unknown', 'another port is another server');
  t.equal(await verdict('board', `[board]:2222 ${ed}`), 'unknown');
  t.equal(await verdict('board', `boar ${ed}`, `board2 ${ed}`, `xboard ${ed}`), 'unknown');
  t.equal(await verdict('b.c', `bxc ${ed}`, `b+c ${ed}`), 'unknown', 'a dot is a dot');
  t.equal(await verdict('board'), 'unknown');
  t.equal(await verdict('board', 'board', 'board ssh-ed25519', 'garbage', '@', '|1|'), 'unknown', 'damaged lines');
});

t.test('wildcards and negation', async (t) => {
  t.equal(await verdict('a.lab', `*.lab ${ed}`), 'known');
  t.equal(await verdict('ab', `a? ${ed}`), 'known');
  t.equal(await verdict('abc', `a? ${ed}`), 'unknown');
  t.equal(await verdict('[a.lab]:2222', `[*.lab]:2222 ${ed}`), 'known');
  t.equal(await verdict('a.lab', `*.lab,!a.lab ${ed}`), 'unknown');
  t.equal(await verdict('a.lab', `!a.lab,*.lab ${ed}`), 'unknown', 'wherever the negation stands');
  t.equal(await verdict('b.lab', `*.lab,!a.lab ${ed}`), 'known');
  t.equal(await verdict('b.lab', `!a.lab ${ed}`), 'unknown', 'a negation alone matches nobody');
});

t.test('hashed names, as ssh-keygen -H writes them', async (t) => {
  const file = await known(`board ${ed}`, `[board]:2222 ${ed}`, `other ${other}`);
  await run('ssh-keygen', ['-H', '-f', file]);
  t.notMatch(await readFile(file, 'utf8'), 'board');
  t.equal(judgeHostKey([file], 'board', blob(ed)).verdict, 'known');
  t.equal(judgeHostKey([file], '[board]:2222', blob(ed)).verdict, 'known');
  t.equal(judgeHostKey([file], knownHostName('BOARD', 22), blob(ed)).verdict, 'known');
  t.equal(judgeHostKey([file], 'other', blob(ed)).verdict, 'changed');
  t.equal(judgeHostKey([file], 'nobody', blob(ed)).verdict, 'unknown');
});

t.test('the same lines match as for ssh itself', async (t) => {
  const patterns = [
    'board',
    'b*',
    'b?ard',
    '*',
    '*,!board',
    '!b*,*',
    'x,board',
    '[board]:2222',
    '[b*]:22??',
    '*:2222',
    'BOARD',
  ];
  const file = join(folder, 'judge');
  for (const pattern of patterns) {
    await writeFile(file, `${pattern} ${ed}\n`);
    for (const name of ['board', '[board]:2222', 'boards', 'x']) {
      const theirs = await run('ssh-keygen', ['-F', name, '-f', file]).then(
        () => true,
        () => false,
      );
      t.equal(judgeHostKey([file], name, blob(ed)).verdict === 'known', theirs, `${pattern} for ${name}`);
    }
  }
});

t.test('several keys of a host', async (t) => {
  t.equal(await verdict('board', `board ${other}`, `board ${ecdsa}`, `board ${ed}`), 'known');
  const file = await known('# first', `board ${ecdsa}`, `board ${other}`);
  const changed = judgeHostKey([file], 'board', blob(ed));
  t.same(
    changed,
    { verdict: 'changed', at: `${file}:3`, fingerprint: fingerprint(blob(other)) },
    'the key of the same type is shown',
  );
  t.same(knownKeyTypes([file], 'board'), ['ecdsa-sha2-nistp256', 'ssh-ed25519']);
  t.same(knownKeyTypes([file], 'nobody'), []);
  t.equal(await verdict('board', `board ${ecdsa}`), 'changed', 'a key of another type is no stranger’s welcome');
});

t.test('revoked keys, certificate authorities, unknown markers', async (t) => {
  t.equal(await verdict('board', `board ${ed}`, `@revoked board ${ed}`), 'revoked');
  t.equal(await verdict('board', `@revoked * ${ed}`, `board ${ed}`), 'revoked');
  t.equal(await verdict('board', `board ${ed}`, `@revoked board ${other}`), 'known');
  t.equal(await verdict('board', `board ${ed}`, `@revoked other ${ed}`), 'known');
  t.equal(await verdict('board', `@revoked board ${other}`), 'unknown', 'a revoked key does not make the host known');
  t.equal(await verdict('board', `@cert-authority * ${ed}`), 'unknown', 'an authority’s key is no host’s key');
  t.equal(await verdict('board', `@trusted board ${ed}`), 'unknown', 'what a marker of the future means is not known');
  t.same(knownKeyTypes([await known(`@revoked board ${ed}`)], 'board'), []);
});

t.test('several files; missing ones are empty, unreadable ones are an error', async (t) => {
  const file = await known(`board ${ed}`);
  t.equal(judgeHostKey([join(folder, 'none'), file], 'board', blob(ed)).verdict, 'known');
  t.equal(judgeHostKey([join(folder, 'none')], 'board', blob(ed)).verdict, 'unknown');
  t.equal(judgeHostKey([join(file, 'below')], 'board', blob(ed)).verdict, 'unknown');
  await mkdir(join(folder, 'a-folder'));
  t.throws(() => judgeHostKey([join(folder, 'a-folder'), file], 'board', blob(ed)), {
    code: 'E_CONFIG',
    message: /a-folder/,
  });
});

t.test('a key is written down on a line of its own', async (t) => {
  const file = join(folder, 'new', 'folder', 'known_hosts');
  await writeHostKey(file, 'board', blob(ed));
  t.equal(await readFile(file, 'utf8'), `board ${ed}\n`);
  t.equal((await stat(file)).mode & 0o777, 0o600);
  t.equal((await stat(join(folder, 'new', 'folder'))).mode & 0o777, 0o700);
  await writeFile(file, `other ${other}`);
  await writeHostKey(file, '[board]:2222', blob(ed));
  t.equal(await readFile(file, 'utf8'), `other ${other}\n[board]:2222 ${ed}\n`, 'also after a line without an end');
  t.equal(judgeHostKey([file], '[board]:2222', blob(ed)).verdict, 'known');
  await writeHostKey(file, '[board]:2222', blob(ed));
  t.equal((await readFile(file, 'utf8')).split('\n').length, 3, 'once');
  for (const impossible of [join(file, 'below'), '/proc/none/known_hosts'])
    await t.rejects(writeHostKey(impossible, 'board', blob(ed)), { code: 'E_OUTPUT' }, impossible);
});
