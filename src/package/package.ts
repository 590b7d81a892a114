import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Arch } from '../../toolchains/index.js';
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
  readonly programs: ReadonlyMap<Arch, Uint8Array>;
  /** Android's package always has it. */
  readonly java: boolean;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}

/** What a platform's program files are compiled for. */
export const ARCHES_OF = {
  'linux-armv7': ['armv7'],
  'linux-armv8': ['armv8'],
  android: ['armv8', 'armv7'],
  ios: ['armv8'],
  host: ['host'],
} as const satisfies Readonly<Record<PackagePlatform, readonly Arch[]>>;

/**
 * The files of a package: libraries, headers, program file, README and a program that runs. Equal inputs give equal bytes
 * with the same compilers. Throws E_TOOLCHAIN where one fails or is missing.
 */
export async function packageFiles(options: PackageOptions): Promise<PackageFile[]> {
  const { platform, model } = options;
  const files = [
    ...(await platformFiles(options)),
    { path: 'LICENSE', data: readFileSync(join(packageRoot, 'LICENSE')) },
  ];
  return withSums([...files, { path: 'README.md', data: readme({ platform, model, version, files }) }]);
}

function platformFiles({ platform, programs, java, onProgress, signal }: PackageOptions): Promise<PackageFile[]> {
  const build = { onProgress, signal };
  const program = (arch: Arch) => programs.get(arch)!;
  if (platform === 'android')
    return androidFiles({
      ...build,
      programs: { 'arm64-v8a': program('armv8'), 'armeabi-v7a': program('armv7') },
    });
  if (platform === 'ios') return iosFiles({ ...build, program: program('armv8') });
  const [arch] = ARCHES_OF[platform];
  return linuxFiles({ ...build, platform, arch, program: program(arch), java });
}
