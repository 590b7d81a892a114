import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../src/base/package-root.js';
import { librarySources } from '../../toolchains/index.js';

/**
 * Compiles a C test with the library for this machine, with AddressSanitizer and UBSan. Needs gcc: Zig's compiler comes
 * without AddressSanitizer's runtime. Returns `output`.
 */
export async function buildSanitized(source: string, output: string): Promise<string> {
  const flags = [
    '-std=gnu11',
    '-O1',
    '-g',
    '-Wall',
    '-Wextra',
    '-Werror',
    '-fsanitize=address,undefined',
    '-fno-sanitize-recover=all',
  ];
  await promisify(execFile)('gcc', [...flags, join(packageRoot, source), ...librarySources(), '-lm', '-o', output]);
  return output;
}
