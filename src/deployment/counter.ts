import { join } from 'node:path';
import { buildProgram } from '../../toolchains/index.js';
import type { OnProgress } from '../base/events.js';
import { packageRoot } from '../base/package-root.js';

/** Builds the QEMU plugin that counts guest instructions, for this machine. */
export async function buildCounter(onProgress?: OnProgress): Promise<string> {
  const { path } = await buildProgram({
    arch: 'host',
    name: 'insncount.so',
    sources: [join(packageRoot, 'deploy', 'instructions', 'insncount.c')],
    library: false,
    shared: true,
    ...(onProgress ? { onProgress } : {}),
  });
  return path;
}
