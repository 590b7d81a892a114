import { join } from 'node:path';
import { packageRoot } from '../base/package-root.js';
import type { OnProgress } from '../base/events.js';
import { buildProgram } from '../../toolchains/index.js';

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
