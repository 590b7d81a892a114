/** Boards as data. */
export { CONFIG_FILE, type Config, findConfig, readConfig } from './config.js';
export { loadTargets, resolveTargets } from './load.js';
export { type Target, targetSchema } from './target.js';
