/** Compiles kernels/wasm for this machine's Node: the last step of `npm run build`. Takes less than a second. */
import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { cacheFolder } from '../src/base/cache-folder.js';
import { packageRoot } from '../src/base/package-root.js';
import { findCompiler } from './zig.js';

const CFLAGS = ['-O3', '-msimd128', '-nostdlib', '-fno-sanitize=undefined', '-Wall', '-Wextra', '-Werror', '-s'];

const folder = join(packageRoot, 'dist', 'kernels');
mkdirSync(folder, { recursive: true });
const output = join(folder, 'weights.wasm');
const temporary = `${output}.${process.pid}.part`;
const cache = join(cacheFolder(), 'zig');
execaSync(
  findCompiler().path,
  [
    'cc',
    '-target',
    'wasm32-freestanding',
    ...CFLAGS,
    '-Wl,--no-entry',
    '-o',
    temporary,
    join(packageRoot, 'kernels', 'wasm', 'weights.c'),
  ],
  { stdio: 'inherit', env: { ZIG_GLOBAL_CACHE_DIR: cache, ZIG_LOCAL_CACHE_DIR: cache } },
);
renameSync(temporary, output);
