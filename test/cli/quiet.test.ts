import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';
import { cli } from '../support/cli.js';

const MODEL = join(packageRoot, 'examples', 'fashion-mnist', 'model');
const cwd = await mkdtemp(join(tmpdir(), 'edge-deploy-quiet-'));
t.teardown(() => rm(cwd, { recursive: true }));

t.test('results go to stdout, progress to stderr, a line an event', async (t) => {
  const { stdout, stderr } = await cli(['run', MODEL, '-t', 'host'], { cwd });
  t.match(stdout, /^\S+ f32\[1,10\]: [-\d., …e]+$/, 'the outputs alone');
  const lines = stderr.split('\n');
  t.match(lines[0], /^reading .*pdmodel$/);
  t.match(lines.at(-1), /^host, int8: [\d.]+ .s$/);
  t.equal(new Set(lines).size, lines.length, 'each once');
  t.notMatch(stderr, /\r|%/, 'no bars');
});

t.test('--quiet leaves results and errors', async (t) => {
  const { stdout, stderr } = await cli(['run', MODEL, '-t', 'host', '-q'], { cwd });
  t.match(stdout, /f32\[1,10\]/);
  t.equal(stderr, '');
  const some = await cli(['push', MODEL, '-t', 'ssh://nobody@127.0.0.1:1,host', '--preset', 'once', '--quiet'], {
    cwd,
  });
  t.equal(some.exitCode, 20);
  t.match(some.stdout, /agreement/, 'the results of the others');
  t.match(
    some.stderr,
    /^Error E_UNREACHABLE: .*ECONNREFUSED[\s\S]*Error E_SOME_TARGETS/,
    'why one failed is no progress',
  );
  t.notMatch(some.stderr, /compiling|asking|running on/);
});
