import {
  type Arch,
  type BuildOptions,
  buildJar,
  buildJniLibrary,
  buildLibrary,
  sharedLibraryName,
} from '../../toolchains/index.js';
import { headers, type PackageFile } from './files.js';
import { minimalProgram, minimalSource } from './minimal.js';

export interface LinuxOptions extends BuildOptions {
  readonly platform: 'linux-armv7' | 'linux-armv8' | 'host';
  /** What its programs are compiled for. */
  readonly arch: Arch;
  /** The model's program file. */
  readonly program: Uint8Array;
  /** Also the jar and its native library; needs a JDK. */
  readonly java: boolean;
}

/** A package for Linux on ARM, or for this machine. */
export async function linuxFiles(options: LinuxOptions): Promise<PackageFile[]> {
  const { platform, arch, program, java, ...build } = options;
  const libraries: PackageFile[] = [];
  for (const name of ['libedge_deploy.a', sharedLibraryName('edge_deploy', platform)])
    libraries.push({ path: `lib/${name}`, data: (await buildLibrary({ ...build, platform, name })).bytes });
  if (java) {
    const path = `lib/${sharedLibraryName('paddle_lite_jni', platform)}`;
    libraries.push({ path, data: (await buildJniLibrary({ ...build, platform })).bytes });
    libraries.push({ path: 'java/PaddlePredictor.jar', data: (await buildJar(build)).bytes });
  }
  return [
    { path: 'model.edp', data: program },
    ...libraries,
    ...headers(),
    minimalSource(),
    await minimalProgram('example/minimal', arch, build),
  ];
}
