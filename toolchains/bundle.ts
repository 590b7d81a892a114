/**
 * Joins the command line's modules into a few files, the second step of `npm run build`: Node takes a fifth of a second to
 * find and link a hundred small ones, which is longer than most commands run.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { packageRoot } from '../src/base/package-root.js';

/** They stay where npm puts them, but for the one that nearly every command needs. */
const libraries = Object.keys(
  (JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { dependencies: object }).dependencies,
);

const folder = join(packageRoot, 'dist', 'cli');
rmSync(folder, { recursive: true, force: true });
await build({
  entryPoints: [join(packageRoot, 'dist', 'src', 'cli', 'main.js')],
  outdir: folder,
  bundle: true,
  // What a command does not need is not read.
  splitting: true,
  external: libraries.filter((name) => name !== 'protobufjs'),
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  logLevel: 'warning',
});
