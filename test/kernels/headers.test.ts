/** Public headers stand in programs that are compiled more strictly than ours: each alone, without a warning. */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { packageRoot } from '../../src/base/package-root.js';

t.setTimeout(5 * 60 * 1000);

const include = join(packageRoot, 'kernels/include');
const headers = readdirSync(include, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(h|hpp)$/.test(name));
const STRICT = '-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wundef -Werror -fsyntax-only'.split(
  ' ',
);

async function compiles(compiler: string, header: string, flags: readonly string[]): Promise<string> {
  const args = [...STRICT, ...flags, `-I${include}`, '-include', header, '/dev/null'];
  return promisify(execFile)(compiler, args).then(
    ({ stderr }) => stderr,
    (error: { stderr: string }) => error.stderr,
  );
}

for (const header of headers) {
  t.test(header, async (t) => {
    for (const flags of [['-std=c++11'], ['-std=c++20'], ['-std=c++11', '-fno-exceptions', '-fno-rtti']])
      t.equal(await compiles('g++', header, ['-xc++', ...flags]), '', flags.join(' '));
    if (!['edge_deploy.h', join('edge_deploy', 'power_mode.h')].includes(header)) return;
    for (const std of ['c99', 'c17'])
      t.equal(await compiles('gcc', header, ['-xc', `-std=${std}`, '-Wstrict-prototypes']), '', std);
  });
}
