import { join } from 'node:path';
import { execa } from 'execa';
import { EdgeDeployError } from '../src/base/errors.js';
import { packageRoot } from '../src/base/package-root.js';
import { type Compiler, prepareHome } from './zig.js';

/** What zig-build is told of one file to make. */
export interface Target {
  readonly target: string;
  readonly cpu: string;
  readonly type: 'bin' | 'shared';
  readonly std: 'gnu11' | 'c++17';
  readonly output: string;
  readonly sources: readonly string[];
  readonly cflags: readonly string[];
  readonly include: readonly string[];
  readonly libraries: readonly string[];
}

export interface CompileOptions {
  readonly compiler: Compiler;
  /** The cache folder: the compiler's own objects, and the HOME it is found in. */
  readonly cache: string;
  /** For messages. */
  readonly name: string;
  readonly signal?: AbortSignal | undefined;
}

/** One call of zig-build for all targets. Throws E_TOOLCHAIN with the compiler's own words. */
export async function compileTargets(targets: readonly Target[], options: CompileOptions): Promise<void> {
  const { compiler, cache, name, signal } = options;
  const home = await prepareHome(cache, compiler);
  const named = targets.map((target, i) => [targets.length === 1 ? name : `${name} ${i}`, { ...target, mode: 'fast' }]);
  const child = join(packageRoot, 'dist', 'toolchains', 'child.js');
  const command = [child, JSON.stringify(Object.fromEntries(named)), packageRoot];
  report(await execa(process.execPath, command, execution(cache, home, signal)), name);
}

/** An archive of object files, the same bytes from the same objects. `format` is that of the system's linker. */
export async function archive(
  output: string,
  objects: readonly string[],
  format: 'gnu' | 'darwin',
  options: CompileOptions,
): Promise<void> {
  const { compiler, cache, name, signal } = options;
  const command = ['ar', `--format=${format}`, 'rcsD', output, ...objects];
  report(await execa(compiler.path, command, execution(cache, cache, signal)), name);
}

function execution(cache: string, home: string, signal: AbortSignal | undefined) {
  const zig = join(cache, 'zig');
  return {
    env: { HOME: home, USERPROFILE: home, ZIG_GLOBAL_CACHE_DIR: zig, ZIG_LOCAL_CACHE_DIR: zig },
    all: true,
    reject: false,
    ...(signal ? { cancelSignal: signal } : {}),
  } as const;
}

function report(result: { isCanceled: boolean; exitCode?: number; all?: unknown }, name: string): void {
  if (result.isCanceled) throw new EdgeDeployError('E_INTERRUPTED', `the build of ${name} was interrupted`);
  if (result.exitCode === 0) return;
  // What zig-build says of its own doings would hide the rest.
  const lines = String(result.all).split('\n');
  const said = lines.filter((line) => !/^\[[^\]]*\] (checking for|executing) /.test(line)).join('\n');
  throw new EdgeDeployError('E_TOOLCHAIN', `the compiler failed on ${name}:\n${said.trim().slice(-4000)}`, {
    hint: 'If the message names a missing file or no space left, repair that; else report it as a bug.',
  });
}
