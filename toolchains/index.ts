/** Compilers as data, driven by npm packages alone: Zig through zig-build. Java needs a JDK. */
export {
  type BuildOptions,
  type BuiltFile,
  buildProgram,
  buildRunner,
  type ProgramOptions,
} from './build.js';
export { buildJar, compileJava, findJdk, type Jdk } from './jdk.js';
export { buildJniLibrary, buildLibrary, type LibraryOptions, sharedLibraryName } from './library.js';
export { filesUnder, jniSources, librarySources } from './sources.js';
export { ARCHES, type Arch, loadToolchain, PLATFORMS, type Platform } from './toolchain.js';
export { type ZipEntry, zipFiles } from './zip.js';
