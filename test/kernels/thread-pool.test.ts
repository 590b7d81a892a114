/** Helper threads of the C++ layer, where the system refuses some. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';

t.setTimeout(5 * 60 * 1000);

t.test('a pool makes do with the threads that it gets', async (t) => {
  const program = join(t.testdir({}), 'refused');
  const source = join(packageRoot, 'test/kernels/thread-pool/refused.cpp');
  const include = `-I${join(packageRoot, 'kernels/include')}`;
  // Not our own compiler's static C library: its stacks are small.
  await promisify(execFile)('g++', [
    '-std=c++11',
    '-O1',
    '-Wall',
    '-Werror',
    include,
    source,
    '-o',
    program,
    '-pthread',
  ]);
  const { stdout } = await promisify(execFile)(program);
  t.ok(Number(stdout) > 1 && Number(stdout) < 64, `${stdout.trim()} threads`);
});
