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
