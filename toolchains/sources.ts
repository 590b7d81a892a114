import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/base/package-root.js';

export const KERNELS = join(packageRoot, 'kernels');
/** Declarations and stand-ins for C libraries that do not come with the compiler. */
export const SYSROOT = join(packageRoot, 'toolchains', 'sysroot');

/** Every C file of the library that runs on a board; `runner/` is a program, `wasm/` runs on the host, `compat/` uses it. */
export function librarySources(): string[] {
  return filesUnder(KERNELS, '.c').filter((file) => !/[\\/]kernels[\\/](runner|wasm|compat)[\\/]/.test(file));
}

/** The C files of the natives of PaddlePredictor.jar, which are linked with the library into libpaddle_lite_jni. */
export function jniSources(): string[] {
  return filesUnder(join(KERNELS, 'compat', 'jni'), '.c');
}

/** Files below a folder whose names end so, in the order of their names. */
export function filesUnder(folder: string, suffix: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(suffix))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}
