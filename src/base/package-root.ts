import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds our package.json, kernels/, targets/ …: the same whether we run from a checkout or installed. */
export const packageRoot: string = (() => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'kernels', 'include', 'edge_deploy.h'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('edge-deploy is not installed completely: its kernels folder is missing');
    folder = parent;
  }
  return folder;
})();
