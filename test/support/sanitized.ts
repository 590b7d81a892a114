import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../src/base/package-root.js';
import { librarySources } from '../../toolchains/index.js';

/**
 * Compiles a C program (one file or several) with the library for this machine, with AddressSanitizer and UBSan or other
 * sanitizers of gcc. Needs gcc: Zig's compiler comes without their runtimes. Returns `output`.
 */
export async function buildSanitized(
  sources: string | readonly string[],
  output: string,
  sanitizers = 'address,undefined',
): Promise<string> {
  const flags = [
    '-std=gnu11',
    '-O1',
    '-g',
    '-Wall',
    '-Wextra',
    '-Werror',
    `-fsanitize=${sanitizers}`,
    '-fno-sanitize-recover=all',
  ];
  const files = [sources].flat().map((file) => join(packageRoot, file));
  await promisify(execFile)('gcc', [...flags, ...files, ...librarySources(), '-lm', '-o', output]);
  return output;
}
