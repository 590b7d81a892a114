import { resolve } from 'node:path';
import envPaths from 'env-paths';

/** Where builds and stand-in devices keep their files: EDGE_DEPLOY_CACHE, or the platform's cache folder for us. */
export function cacheFolder(): string {
  const chosen = process.env.EDGE_DEPLOY_CACHE;
  return chosen ? resolve(chosen) : envPaths('edge-deploy', { suffix: '' }).cache;
}
