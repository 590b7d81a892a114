import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Arch, type BuildOptions, buildProgram } from '../../toolchains/index.js';
import { packageRoot } from '../base/package-root.js';
import type { PackageFile } from './files.js';

/** The smallest program over the library. */
const MINIMAL = join(packageRoot, 'examples', 'minimal', 'minimal.c');

export function minimalSource(): PackageFile {
  return { path: 'example/minimal.c', data: readFileSync(MINIMAL) };
}

/** The same, compiled: static, so that it runs on every Linux, and in Android's shell. */
export async function minimalProgram(path: string, arch: Arch, options: BuildOptions): Promise<PackageFile> {
  const { bytes } = await buildProgram({ ...options, arch, name: 'minimal', sources: [MINIMAL] });
  return { path, data: bytes, executable: true };
}
