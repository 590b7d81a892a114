import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../src/base/package-root.js';
import { librarySources } from '../../toolchains/index.js';

/**
 * Compiles a C program (one file or several), or a C++ program of one file, with the library for this machine, with
 * AddressSanitizer and UBSan or other sanitizers of gcc. Needs gcc and g++: Zig's compiler comes without their runtimes.
 * Returns `output`.
 */
export async function buildSanitized(
  sources: string | readonly string[],
  output: string,
  sanitizers = 'address,undefined',
): Promise<string> {
  const flags = ['-O1', '-g', '-Wall', '-Wextra', '-Werror', `-fsanitize=${sanitizers}`, '-fno-sanitize-recover=all'];
  const files = [sources].flat().map((file) => join(packageRoot, file));
  const run = promisify(execFile);
  const [c, cpp] = ['-std=gnu11', '-std=c++11'];
  if (!files.some((file) => file.endsWith('.cpp'))) {
    await run('gcc', [c, ...flags, ...files, ...librarySources(), '-lm', '-o', output]);
    return output;
  }
  const library = `${output}.o`;
  await run('gcc', [c, ...flags, '-r', '-nostdlib', ...librarySources(), '-o', library]);
  const include = `-I${join(packageRoot, 'kernels', 'include')}`;
  await run('g++', [cpp, ...flags, include, ...files, library, '-lm', '-pthread', '-o', output]);
  return output;
}
