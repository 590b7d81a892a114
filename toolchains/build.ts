import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { cacheFolder } from '../src/base/cache-folder.js';
import { EdgeDeployError } from '../src/base/errors.js';
import { type OnProgress, silent } from '../src/base/events.js';
import { packageRoot } from '../src/base/package-root.js';
import { cachedFile } from './build-cache.js';
import { compileTargets, type Target } from './compile.js';
import { headersOf } from './headers.js';
import { filesUnder, KERNELS, librarySources } from './sources.js';
import { type Arch, loadToolchain } from './toolchain.js';
import { findCompiler } from './zig.js';

export interface BuildOptions {
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

export interface ProgramOptions extends BuildOptions {
  readonly arch: Arch;
  /** Name of the program, for messages and its file. */
  readonly name: string;
  /** C or C++ files; not both. The library's own sources are added unless `library` is false. */
  readonly sources: readonly string[];
  readonly library?: boolean;
  /** A shared object instead of a static program. */
  readonly shared?: boolean;
  readonly cflags?: readonly string[];
}

export interface BuiltFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** True when nothing had to be compiled. */
  readonly cached: boolean;
  /** SHA-256 over sources, flags and compiler. */
  readonly hash: string;
  /** Version of Zig. */
  readonly compiler: string;
}

/** The program that is pushed to a board. */
export function buildRunner(options: BuildOptions & { readonly arch: Arch }): Promise<BuiltFile> {
  return buildProgram({ ...options, name: 'runner', sources: filesUnder(join(KERNELS, 'runner'), '.c') });
}

/**
 * Cross-compiles a static program, or finds it in the cache by the hash of everything that goes into it. The library is
 * compiled as C and linked in; a C++ program only needs `#include "edge_deploy.h"`. Throws E_TOOLCHAIN with the
 * compiler's own words.
 */
export async function buildProgram(options: ProgramOptions): Promise<BuiltFile> {
  const { arch, name, onProgress = silent, signal } = options;
  const toolchain = loadToolchain(arch);
  const compiler = findCompiler();
  const library = options.library === false ? [] : librarySources();
  const sources = options.sources.map((source) => resolve(source));
  for (const source of sources) {
    if (!existsSync(source)) {
      throw new EdgeDeployError('E_INPUT', `the source file ${source} does not exist`, { hint: 'Correct its name.' });
    }
  }
  const cflags = [...toolchain.cflags, ...(options.cflags ?? [])];
  const hash = hashOf(
    [toolchain, compiler.version, options.cflags ?? [], options.shared ?? false, process.platform, process.arch],
    [...library, ...filesUnder(KERNELS, '.h'), ...sources, ...headersFor(sources, cflags)],
  );
  const cache = cacheFolder();
  const folder = join(cache, 'builds', arch);
  const path = join(folder, `${hash.slice(0, 16)}-${name}`);
  const marker = join(folder, '.library');

  const make = async (temporary: string): Promise<void> => {
    const first = !existsSync(marker) && arch !== 'host';
    onProgress({
      stage: 'build',
      message: `compiling ${name} for ${arch}${first ? ' (the first time also the C library: a minute or two)' : ''}`,
    });
    const target: Omit<Target, 'std' | 'sources'> = {
      target: toolchain.target,
      cpu: toolchain.cpu,
      type: options.shared ? 'shared' : 'bin',
      output: temporary,
      cflags,
      include: [join(KERNELS, 'include')],
      libraries: toolchain.libraries ?? [],
    };
    const compile = (one: Target) => compileTargets([one], { compiler, cache, name, signal });
    if (!sources.some((source) => /\.(cc|cpp|cxx)$/.test(source))) {
      await compile({ ...target, std: 'gnu11', sources: [...library, ...sources] });
    } else if (library.length === 0) {
      await compile({ ...target, std: 'c++17', sources });
    } else {
      // Zig takes one language a call: the library becomes one relocatable object first.
      const object = `${temporary}.o`;
      const relocatable = ['-r', ...cflags.filter((flag) => flag !== '-s')];
      try {
        await compile({ ...target, std: 'gnu11', output: object, sources: library, cflags: relocatable });
        await compile({ ...target, std: 'c++17', sources: [...sources, object] });
      } finally {
        await rm(object, { force: true });
      }
    }
    // From now on the C library is there as well.
    await writeFile(marker, '');
  };
  const made = await cachedFile(path, make, { ...options, what: `${name} for ${arch}` });
  return { path, ...made, hash, compiler: compiler.version };
}

/** What the sources include, of the public headers (C++ ones too) and of the folders that flags name. */
export function headersFor(sources: readonly string[], cflags: readonly string[]): string[] {
  const named = cflags.flatMap((flag) => (flag.startsWith('-I') ? [resolve(packageRoot, flag.slice(2))] : []));
  return headersOf(sources, [join(KERNELS, 'include'), ...named]);
}

/** SHA-256 over what a build was told and the files that go into it. */
export function hashOf(told: unknown, files: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(told));
  for (const file of files) hash.update(`${relative(packageRoot, file)}\0`).update(readFileSync(file));
  return hash.digest('hex');
}
