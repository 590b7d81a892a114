/** Compilers as data, driven by npm packages alone: Zig through zig-build. Java needs a JDK. */
export {
  type BuildOptions,
  type BuiltProgram,
  buildProgram,
  buildRunner,
  JNI_CFLAGS,
  jniSources,
  librarySources,
  type ProgramOptions,
} from './build.js';
export { buildJar, compileJava, findJdk, type JavaOptions, type Jdk } from './jdk.js';
export { ARCHES, type Arch, loadToolchain } from './toolchain.js';
