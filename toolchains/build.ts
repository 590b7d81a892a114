import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { execa } from 'execa';
import { cacheFolder } from '../src/base/cache-folder.js';
import { EdgeDeployError } from '../src/base/errors.js';
import { type OnProgress, silent } from '../src/base/events.js';
import { packageRoot } from '../src/base/package-root.js';
import { headersOf } from './headers.js';
import { withLock } from './lock.js';
import { type Arch, loadToolchain } from './toolchain.js';
import { findCompiler, prepareHome } from './zig.js';

export interface BuildOptions {
  readonly arch: Arch;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

export interface ProgramOptions extends BuildOptions {
  /** Name of the program, for messages and its file. */
  readonly name: string;
  /** C or C++ files; not both. The library's own sources are added unless `library` is false. */
  readonly sources: readonly string[];
  readonly library?: boolean;
  /** A shared object instead of a static program. */
  readonly shared?: boolean;
  readonly cflags?: readonly string[];
}

export interface BuiltProgram {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** True when nothing had to be compiled. */
  readonly cached: boolean;
  /** SHA-256 over sources, flags and compiler. */
  readonly hash: string;
  /** Version of Zig. */
  readonly compiler: string;
}

const KERNELS = join(packageRoot, 'kernels');

/** Every C file of the library that runs on a board; `runner/` is a program, `wasm/` runs on the host. */
export function librarySources(): string[] {
  return filesUnder(KERNELS, '.c').filter((file) => !/[\\/]kernels[\\/](runner|wasm)[\\/]/.test(file));
}

/** The program that is pushed to a board. */
export function buildRunner(options: BuildOptions): Promise<BuiltProgram> {
  return buildProgram({ ...options, name: 'runner', sources: filesUnder(join(KERNELS, 'runner'), '.c') });
}

/**
 * Cross-compiles a static program, or finds it in the cache by the hash of everything that goes into it. The library is
 * compiled as C and linked in; a C++ program only needs `#include "edge_deploy.h"`. Throws E_TOOLCHAIN with the
 * compiler's own words.
 */
export async function buildProgram(options: ProgramOptions): Promise<BuiltProgram> {
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
  const hash = createHash('sha256').update(
    JSON.stringify([toolchain, compiler.version, options.cflags ?? [], options.shared ?? false, process.platform]),
  );
  for (const file of [...library, ...filesUnder(KERNELS, '.h'), ...sources, ...headersFor(sources, cflags)])
    hash.update(`${relative(packageRoot, file)}\0`).update(readFileSync(file));
  const key = hash.digest('hex');
  const cache = cacheFolder();
  const folder = join(cache, 'builds', arch);
  const path = join(folder, `${key.slice(0, 16)}-${name}`);
  const finished = (bytes: Uint8Array, cached: boolean): BuiltProgram => ({
    path,
    bytes,
    cached,
    hash: key,
    compiler: compiler.version,
  });
  const found = await readWhole(path);
  if (found) return finished(found, true);

  await mkdir(folder, { recursive: true });
  const home = await prepareHome(cache, compiler);
  return withLock(
    `${path}.lock`,
    async () => {
      const meanwhile = await readWhole(path);
      if (meanwhile) return finished(meanwhile, true);
      const first = !existsSync(join(folder, '.library')) && arch !== 'host';
      onProgress({
        stage: 'build',
        message: `compiling ${name} for ${arch}${first ? ' (the first time also the C library: a minute or two)' : ''}`,
      });
      const temporary = `${path}.${process.pid}.part`;
      const common = {
        target: toolchain.target,
        cpu: toolchain.cpu,
        type: options.shared ? 'shared' : 'bin',
        mode: 'fast',
        include: [join(KERNELS, 'include')],
        libraries: toolchain.libraries ?? [],
      };
      const isCpp = sources.some((source) => /\.(cc|cpp|cxx)$/.test(source));
      try {
        if (isCpp && library.length > 0) {
          // Zig takes one language a call: the library becomes one relocatable object first.
          const object = `${temporary}.o`;
          await zigBuild(
            home,
            cache,
            {
              ...common,
              std: 'gnu11',
              output: object,
              sources: library,
              cflags: ['-r', ...cflags.filter((flag) => flag !== '-s')],
            },
            name,
            signal,
          );
          await zigBuild(
            home,
            cache,
            { ...common, std: 'c++17', output: temporary, sources: [...sources, object], cflags },
            name,
            signal,
          );
          await rm(object, { force: true });
        } else {
          const std = isCpp ? 'c++17' : 'gnu11';
          await zigBuild(
            home,
            cache,
            { ...common, std, output: temporary, sources: [...library, ...sources], cflags },
            name,
            signal,
          );
        }
        const bytes = await readFile(temporary);
        await writeFile(`${path}.sha256`, createHash('sha256').update(bytes).digest('hex'));
        await rename(temporary, path);
        // From now on the C library is there as well.
        await writeFile(join(folder, '.library'), '');
        return finished(bytes, false);
      } finally {
        await rm(temporary, { force: true });
        await rm(`${temporary}.o`, { force: true });
      }
    },
    () => onProgress({ stage: 'build', message: `waiting for another process that builds ${name} for ${arch}` }),
  );
}

/** What the sources include, of the public headers (C++ ones too) and of the folders that flags name. */
export function headersFor(sources: readonly string[], cflags: readonly string[]): string[] {
  const named = cflags.flatMap((flag) => (flag.startsWith('-I') ? [resolve(packageRoot, flag.slice(2))] : []));
  return headersOf(sources, [join(KERNELS, 'include'), ...named]);
}

/** A program in the cache, if it is what was built: a disk that was full or lost power may have left less. */
async function readWhole(path: string): Promise<Uint8Array | undefined> {
  try {
    const [bytes, hash] = await Promise.all([readFile(path), readFile(`${path}.sha256`, 'utf8')]);
    return createHash('sha256').update(bytes).digest('hex') === hash ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** One call of zig-build, with a HOME that holds its compiler and a cache for its objects. */
async function zigBuild(
  home: string,
  cache: string,
  target: object,
  name: string,
  signal?: AbortSignal,
): Promise<void> {
  const child = join(packageRoot, 'dist', 'toolchains', 'child.js');
  const result = await execa(process.execPath, [child, JSON.stringify({ [name]: target }), packageRoot], {
    env: {
      HOME: home,
      USERPROFILE: home,
      ZIG_GLOBAL_CACHE_DIR: join(cache, 'zig'),
      ZIG_LOCAL_CACHE_DIR: join(cache, 'zig'),
    },
    all: true,
    reject: false,
    ...(signal ? { cancelSignal: signal } : {}),
  });
  if (result.isCanceled) throw new EdgeDeployError('E_INTERRUPTED', `the build of ${name} was interrupted`);
  if (result.exitCode === 0) return;
  throw new EdgeDeployError(
    'E_TOOLCHAIN',
    `the compiler failed on ${name}:\n${String(result.all).trim().slice(-4000)}`,
    {
      hint: 'If the message names a missing file or no space left, repair that; else report it as a bug.',
    },
  );
}

function filesUnder(folder: string, suffix: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(suffix))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}
