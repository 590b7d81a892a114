import { readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { filesUnder } from '../../toolchains/index.js';
import { packageRoot } from '../base/package-root.js';

/** A file of a package, before any is written. */
export interface PackageFile {
  /** Where it stands in the package, with `/` between folders. */
  readonly path: string;
  readonly data: Uint8Array | string;
  /** A program: written with the executable bit. */
  readonly executable?: boolean;
}

/** What a package is made for. */
export const PACKAGE_PLATFORMS = ['linux-armv7', 'linux-armv8', 'android', 'ios', 'host'] as const;
export type PackagePlatform = (typeof PACKAGE_PLATFORMS)[number];

/**
 * Every file of a folder of ours, in the folder `to` ('': the package itself), in the order of their names; not what systems
 * and builds leave there, which begins with a dot.
 */
export function filesOf(folder: string, to: string): PackageFile[] {
  const from = join(packageRoot, folder);
  return filesUnder(from, '')
    .map((file) => ({ names: relative(from, file).split(sep), file }))
    .filter(({ names }) => !names.some((name) => name.startsWith('.')))
    .map(({ names, file }) => ({ path: [to, ...names].filter(Boolean).join('/'), data: readFileSync(file) }));
}

/** The folder of headers that a file stands in, at whatever depth: `include/`; undefined for other files. */
export function headersFolder(path: string): string | undefined {
  return /^(?:.*?\/)?(?:include|Headers)\//.exec(path)?.[0];
}

/** The public headers: the C API and the C++ layers over it. */
export function headers(to = 'include'): PackageFile[] {
  return filesOf('kernels/include', to);
}
