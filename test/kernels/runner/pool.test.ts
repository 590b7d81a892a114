import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { packageRoot } from '../../../src/base/package-root.js';
import { compileAsIs } from '../../support/compile-as-is.js';
import { Maker } from '../../support/maker.js';
import { buildSanitized } from '../../support/sanitized.js';
import { STEP_CASES } from '../step-cases.js';

t.setTimeout(5 * 60 * 1000);

/** Every step that shares its work out, each waiting for the one before. */
function program(): Uint8Array {
  const make = new Maker('shared');
  const window = { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], groups: 1 };
  const a = make.op('conv2d', [make.x(1, 8, 33, 33), make.constant(16, 8, 3, 3)], window);
  const b = make.op('conv2d', [a, make.constant(16, 1, 3, 3)], { ...window, groups: 16 });
  const large = STEP_CASES.filter(({ name }) => /large/.test(name)).map(({ build }) => build(make));
  return compileAsIs(make.finish([b, ...large]), { architecture: 'x86_64', path: 'ref' });
}

t.test('helpers share the work without a data race (ThreadSanitizer)', async (t) => {
  const folder = t.testdir({});
  await writeFile(join(folder, 'p'), program());
  const sources = readdirSync(join(packageRoot, 'kernels/runner')).filter((file) => file.endsWith('.c'));
  const paths = sources.map((file) => join('kernels/runner', file));
  const runner = await buildSanitized(paths, join(folder, 'runner'), 'thread');
  for (const threads of ['2', '5']) {
    const args = [join(folder, 'p'), '--threads', threads, '--min-runs', '3'];
    const { stdout, stderr } = await promisify(execFile)(runner, args);
    t.match(stdout, /"event":"done"/, `${threads} threads`);
    t.equal(stderr, '');
  }
});
