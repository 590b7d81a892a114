import { type Arch, buildJar, buildJniLibrary, buildLibrary } from '../../toolchains/index.js';
import type { OnProgress } from '../base/events.js';
import { headers, type PackageFile } from './files.js';
import { minimalProgram, minimalSource } from './minimal.js';

export interface LinuxOptions {
  readonly platform: 'linux-armv7' | 'linux-armv8' | 'host';
  /** The model's program file. */
  readonly program: Uint8Array;
  /** Also the jar and its native library; needs a JDK. */
  readonly java: boolean;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}

const ARCH: Readonly<Record<LinuxOptions['platform'], Arch>> = {
  'linux-armv7': 'armv7',
  'linux-armv8': 'armv8',
  host: 'host',
};

/** A package for Linux on ARM, or for this machine. */
export async function linuxFiles(options: LinuxOptions): Promise<PackageFile[]> {
  const { platform, program, java, onProgress, signal } = options;
  const build = { platform, onProgress, signal };
  const suffix = platform === 'host' && process.platform === 'darwin' ? 'dylib' : 'so';
  const libraries: PackageFile[] = [];
  for (const name of ['libedge_deploy.a', `libedge_deploy.${suffix}`])
    libraries.push({ path: `lib/${name}`, data: (await buildLibrary({ ...build, name })).bytes });
  if (java) {
    const path = `lib/libpaddle_lite_jni.${suffix}`;
    libraries.push({ path, data: (await buildJniLibrary(build)).bytes });
    libraries.push({ path: 'java/PaddlePredictor.jar', data: (await buildJar({ onProgress, signal })).bytes });
  }
  return [
    { path: 'model.edp', data: program },
    ...libraries,
    ...headers(),
    minimalSource(),
    await minimalProgram('example/minimal', ARCH[platform], { onProgress, signal }),
  ];
}
