import { mkdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { cacheFolder } from '../src/base/cache-folder.js';
import { silent } from '../src/base/events.js';
import { type BuildOptions, type BuiltFile, hashOf } from './build.js';
import { cachedFile } from './build-cache.js';
import { archive, type CompileOptions, compileTargets, type Target } from './compile.js';
import { filesUnder, jniSources, KERNELS, librarySources, SYSROOT } from './sources.js';
import { loadToolchain, type Platform, type Toolchain } from './toolchain.js';
import { findCompiler } from './zig.js';

export interface LibraryOptions extends BuildOptions {
  readonly platform: Platform;
  /** Name of the file, which a shared library carries in itself: `libedge_deploy.so`. One that ends in `.a` is an archive. */
  readonly name: string;
  /** C files besides the library's own, and what the compiler is told of all of them. */
  readonly sources?: readonly string[];
  readonly cflags?: readonly string[];
}

/** `libNAME.so`, or as a platform calls its shared libraries. */
export function sharedLibraryName(name: string, platform: Platform): string {
  return `lib${name}.${platform === 'host' && process.platform === 'darwin' ? 'dylib' : 'so'}`;
}

/**
 * The natives of PaddlePredictor.jar with the library in them: they need no other file of ours. The library's names are not
 * those of this one: only `Java_*` can be seen.
 */
export function buildJniLibrary(options: BuildOptions & { readonly platform: Platform }): Promise<BuiltFile> {
  // Before 2.34 glibc has threads in a library of their own.
  const threads = loadToolchain(options.platform).system === undefined ? ['-lpthread'] : [];
  return buildLibrary({
    ...options,
    name: sharedLibraryName('paddle_lite_jni', options.platform),
    sources: jniSources(),
    cflags: ['-DED_API=', ...threads],
  });
}

/**
 * A library for programs that are built elsewhere, or the same from the cache. It exports what a header marks for it, and
 * equal sources give equal bytes wherever they are built. Throws E_TOOLCHAIN with the compiler's own words.
 */
export async function buildLibrary(options: LibraryOptions): Promise<BuiltFile> {
  const { platform, name, onProgress = silent, signal } = options;
  const described = loadToolchain(platform);
  const toolchain = { ...described, cflags: [...described.cflags, ...(options.cflags ?? [])] };
  const compiler = findCompiler();
  const sources = [...librarySources(), ...(options.sources ?? [])];
  const system = [...filesUnder(SYSROOT, '.h'), ...filesUnder(SYSROOT, '.c')];
  const hash = hashOf(
    [toolchain, HIDDEN, BIONIC, compiler.version, name, process.platform, process.arch],
    [...sources, ...filesUnder(KERNELS, '.h'), ...(toolchain.system ? system : [])],
  );
  const cache = cacheFolder();
  const path = join(cache, 'builds', platform, `${hash.slice(0, 16)}-${name}`);
  const make = async (temporary: string): Promise<void> => {
    onProgress({ stage: 'build', message: `compiling ${name} for ${platform}` });
    const compile = { compiler, cache, name, signal };
    const work = `${temporary}.objects`;
    await mkdir(work);
    try {
      if (name.endsWith('.a')) await archiveOf(toolchain, sources, temporary, work, compile);
      else await sharedOf(toolchain, sources, temporary, work, compile);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  };
  const made = await cachedFile(path, make, { ...options, what: `${name} for ${platform}` });
  return { path, ...made, hash, compiler: compiler.version };
}

type Make = (
  toolchain: Toolchain,
  sources: readonly string[],
  output: string,
  /** An empty folder for what is made on the way. */
  work: string,
  options: CompileOptions,
) => Promise<void>;

/** Every source becomes an object of its own: a static linker takes what it needs. */
const archiveOf: Make = async (toolchain, sources, output, work, options) => {
  const objects = sources.map((source) => {
    const cflags = [...toolchain.cflags.filter((flag) => !flag.startsWith('-l')), '-fPIC', '-c'];
    const object = join(work, `${basename(dirname(source))}-${basename(source, '.c')}.o`);
    return {
      ...targetOf(toolchain, [source], object),
      type: 'bin' as const,
      libraries: [],
      cflags: [...HIDDEN, ...cflags],
    };
  });
  await compileTargets(objects, options);
  const names = objects.map((object) => object.output);
  await archive(output, names, toolchain.system === 'darwin' ? 'darwin' : 'gnu', options);
};

const sharedOf: Make = async (toolchain, sources, output, work, options) => {
  const cflags = [...HIDDEN, ...toolchain.cflags, '-s'];
  const isElf = toolchain.target !== 'native' || process.platform === 'linux';
  if (isElf) cflags.push(`-Wl,-soname,${options.name}`, '-Wl,--build-id=sha1');
  if (toolchain.system !== 'bionic') {
    await compileTargets([{ ...targetOf(toolchain, sources, output), cflags }], options);
    return;
  }
  const bionic = join(SYSROOT, 'bionic');
  const stubs = ['libc', 'libm'].map((stub) => ({
    ...targetOf(toolchain, [join(bionic, `${stub}.c`)], join(work, `${stub}.so`)),
    cflags: [...toolchain.cflags, '-fno-builtin', '-w', `-Wl,-soname,${stub}.so`],
  }));
  await compileTargets(stubs, options);
  const all = [...sources, join(bionic, 'note.c'), ...stubs.map((stub) => stub.output)];
  await compileTargets([{ ...targetOf(toolchain, all, output), cflags: [...cflags, ...BIONIC] }], options);
};

const HIDDEN = ['-fvisibility=hidden'];

/**
 * Devices with pages of 16 KiB refuse a library whose segments are aligned to less, and protect whole pages. A name that no
 * stub has is an error of the build, not of the device.
 */
const BIONIC = ['-Wl,-z,max-page-size=16384', '-Wl,-z,common-page-size=16384', '-Wl,-z,defs'];

function targetOf(toolchain: Toolchain, sources: readonly string[], output: string): Omit<Target, 'cflags'> {
  return {
    target: toolchain.target,
    cpu: toolchain.cpu,
    type: 'shared',
    std: 'gnu11',
    output,
    sources,
    include: [...systemHeaders(toolchain), join(KERNELS, 'include')],
    libraries: toolchain.libraries ?? [],
  };
}

/** Folders of declarations where the compiler brings none; what is bionic's alone stands before what is everybody's. */
function systemHeaders({ system }: Toolchain): string[] {
  if (system === undefined) return [];
  return [...(system === 'bionic' ? [join(SYSROOT, 'bionic', 'include')] : []), join(SYSROOT, 'include')];
}
