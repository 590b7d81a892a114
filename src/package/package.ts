import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OnProgress } from '../base/events.js';
import { packageRoot } from '../base/package-root.js';
import { version } from '../base/version.js';
import { androidFiles } from './android.js';
import type { PackageFile, PackagePlatform } from './files.js';
import { iosFiles } from './ios.js';
import { linuxFiles } from './linux.js';
import { type PackagedModel, readme } from './readme.js';
import { withSums } from './write.js';

export interface PackageOptions {
  readonly platform: PackagePlatform;
  /** For the README. */
  readonly model: PackagedModel;
  /** Program files, for the architectures of ARCHES_OF. */
  readonly programs: ReadonlyMap<PackageArch, Uint8Array>;
  /** Android's package always has it. */
  readonly java: boolean;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}

export type PackageArch = 'armv7' | 'armv8' | 'host';

/** What a platform's program files are compiled for. */
export const ARCHES_OF: Readonly<Record<PackagePlatform, readonly PackageArch[]>> = {
  'linux-armv7': ['armv7'],
  'linux-armv8': ['armv8'],
  android: ['armv8', 'armv7'],
  ios: ['armv8'],
  host: ['host'],
};

/**
 * The files of a package: libraries, headers, program file, README and a program that runs. Equal inputs give equal bytes
 * with the same compilers. Throws E_TOOLCHAIN where one fails or is missing.
 */
export async function packageFiles(options: PackageOptions): Promise<PackageFile[]> {
  const { platform, model, programs, java, onProgress, signal } = options;
  const build = { onProgress, signal };
  const program = (arch: PackageArch) => programs.get(arch)!;
  const made =
    platform === 'android'
      ? await androidFiles({
          ...build,
          programs: { 'arm64-v8a': program('armv8'), 'armeabi-v7a': program('armv7') },
        })
      : platform === 'ios'
        ? await iosFiles({ ...build, program: program('armv8') })
        : await linuxFiles({ ...build, platform, program: program(ARCHES_OF[platform][0]!), java });
  const files = [...made, { path: 'LICENSE', data: readFileSync(join(packageRoot, 'LICENSE')) }];
  return withSums([...files, { path: 'README.md', data: readme({ platform, model, version, files }) }]);
}
