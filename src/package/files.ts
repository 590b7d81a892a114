import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
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

/** Every file of a folder of ours, in the order of their names; not what systems and builds leave there, which begins with a dot. */
export function filesOf(folder: string, to: string): PackageFile[] {
  const from = join(packageRoot, folder);
  return readdirSync(from, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (file) =>
        !relative(from, file)
          .split(sep)
          .some((name) => name.startsWith('.')),
    )
    .toSorted()
    .map((file) => ({ path: `${to}/${relative(from, file).split(sep).join('/')}`, data: readFileSync(file) }));
}

/** Whether a file of a package is a header: there are many, and they are small. */
export function isHeader(path: string): boolean {
  return /(^|\/)(include|Headers)\//.test(path);
}

/** The public headers: the C API and the C++ layers over it. */
export function headers(): PackageFile[] {
  return filesOf('kernels/include', 'include');
}
